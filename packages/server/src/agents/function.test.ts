import { expect, it } from "vitest";
import { makeTurn, messagesTurn } from "../testing/turn.ts";
import { agentContract, partsOf } from "./contract.ts";
import { functionAgent } from "./function.ts";
import { pause } from "./pause.ts";

agentContract("a function", (clock) =>
  functionAgent({
    name: "Echo",
    async *respond(turn, signal) {
      if (turn.reason === "greeting") yield "Hello.";
      for (const [i, { text }] of turn.messages.entries()) {
        if (i > 0) yield { type: "message_end" };
        if (text === "fail") throw new Error("no");
        if (text === "wait") await pause(clock, 60_000, signal);
        yield text === "ping" ? "pong" : `You said ${text}.`;
      }
    },
  }),
);

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
