import type { Agent, AgentPart, Turn } from "../agents/agent.ts";
import { modelAgent } from "../agents/model/agent.ts";
import type { ModelAgentOptions } from "../agents/model/options.ts";
import { LONGEST_WAIT_MS } from "../agents/provider/ask-again.ts";
import { ManualClock } from "./manual-clock.ts";

/** An agent that speaks with the model of a test's server. */
export const agentOf = (
  { url }: { url: string },
  options: Partial<ModelAgentOptions> = {},
  clock = new ManualClock(),
) => modelAgent({ model: "test-model", url, ...options }, clock);

/** The parts of one type. */
export const only = <Type extends AgentPart["type"]>(parts: readonly AgentPart[], type: Type) =>
  parts.filter((part): part is Extract<AgentPart, { type: Type }> => part.type === type);

/** An answer whose waits before it asks again are over at once. */
export async function answerOf(
  agent: Agent,
  turn: Turn,
  clock: ManualClock,
): Promise<{ parts: AgentPart[]; error: Error | null }> {
  const parts: AgentPart[] = [];
  const iterator = agent.respond(turn, new AbortController().signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = iterator.next();
      // It waits from the moment in which it is asked for what follows.
      if (parts.at(-1)?.type === "retried" && clock.size > 0) clock.advance(LONGEST_WAIT_MS);
      const { done, value } = await next;
      if (done) return { parts, error: null };
      parts.push(value);
    }
  } catch (error) {
    return { parts, error: error as Error };
  }
}
