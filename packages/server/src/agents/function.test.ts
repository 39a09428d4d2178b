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
