import { expect, it } from "vitest";
import { simple } from "../testing/agents.ts";
import { makeTurn, messagesTurn } from "../testing/turn.ts";
import { agentContract, partsOf } from "./contract.ts";
import { functionAgent } from "./function.ts";

agentContract("a function", simple);

it("takes strings for text, and parts as they are", async () => {
  const agent = functionAgent({
    name: "Echo",
    avatarUrl: "https://example.com/echo.png",
    async *respond() {
      yield "Bye";
      yield { type: "end" };
    },
  });
  expect(agent.avatarUrl).toBe("https://example.com/echo.png");
  expect(await partsOf(agent, makeTurn())).toEqual([{ type: "text", text: "Bye" }, { type: "end" }]);
});

it("hands on the turn and the signal, and runs the function's last lines when it is left", async () => {
  const turn = messagesTurn("ping");
  const { signal } = new AbortController();
  const seen: unknown[] = [];
  const agent = functionAgent({
    name: "Echo",
    async *respond(...given) {
      seen.push(...given);
      try {
        yield "One";
        yield "Two";
      } finally {
        seen.push("left");
      }
    },
  });
  for await (const _ of agent.respond(turn, signal)) break;
  expect(seen).toEqual([turn, signal, "left"]);
});

it("fails with its first part where the function throws at once, which those around an agent wait for", async () => {
  const agent = functionAgent({
    name: "Broken",
    respond() {
      throw new Error("no");
    },
  });
  const iterator = agent.respond(makeTurn(), new AbortController().signal)[Symbol.asyncIterator]();
  await expect(iterator.next()).rejects.toThrow("no");
});

it("leaves the function with what it has said and nobody has heard", async () => {
  const agent = functionAgent({ name: "List", respond: () => ["One", "Two", ["Three", null]] });
  const heard: unknown[] = [];
  for await (const part of agent.respond(makeTurn(), new AbortController().signal)) {
    heard.push(part);
    if (heard.length === 2) break;
  }
  expect(heard).toEqual([
    { type: "text", text: "One" },
    { type: "text", text: "Two" },
  ]);
  expect(await partsOf(agent, makeTurn())).toHaveLength(3);
});
