import type { Agent, AgentPart } from "../agents/agent.ts";
import { functionAgent } from "../agents/function.ts";
import { pause } from "../agents/pause.ts";
import type { ManualClock } from "./manual-clock.ts";

/** An agent that says these parts, and fails at an error. */
export const says = (name: string, ...parts: (AgentPart | string | Error)[]): Agent =>
  functionAgent({
    name,
    async *respond() {
      for (const part of parts) {
        if (part instanceof Error) throw part;
        yield part;
      }
    },
  });

/** An agent that says nothing, ten thousand times. */
export function endless() {
  let count = 0;
  const agent = functionAgent({
    name: "Ada",
    async *respond() {
      for (; count < 10_000; count += 1) yield "";
    },
  });
  return { agent, yielded: () => count };
}

/** What `agentContract` asks for. */
export const simple = (clock: ManualClock): Agent =>
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
  });
