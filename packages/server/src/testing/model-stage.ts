import type { AgentPart } from "../agents/agent.ts";
import { modelAgent } from "../agents/model/agent.ts";
import type { ModelAgentOptions } from "../agents/model/options.ts";
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

/** Lets an answer's waits pass as they come. */
export async function passingWaits<T>(clock: ManualClock, answer: Promise<T>): Promise<T> {
  let isOver = false;
  const over = answer.finally(() => {
    isOver = true;
  });
  over.catch(() => {});
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    if (clock.size > 0) clock.advance(10_000);
  }
  return await over;
}
