import { isDeepStrictEqual } from "node:util";
import type { Interrupt } from "@ag-ui/core";
import type { Json, Turn } from "../agent.ts";

/** What is kept of a thread between its runs, in the session's memory, which all agents of the session share. */
export interface Thread {
  /** The service's own; undefined before it has sent one. */
  state: unknown;
  /** What the last run waits for: the user's next message answers it. */
  interrupts: readonly Pick<Interrupt, "id">[];
}

/** Two services of one name are one: a reserve goes on where the first has stopped. */
const keyOf = (name: string): string => `ag-ui:${name}`;

type Memory = Turn["memory"];

/** @param name of the agent */
export function readThread(memory: Memory, name: string): Thread {
  const { state, interrupts } = (memory[keyOf(name)] ?? {}) as Partial<Thread>;
  return { state, interrupts: Array.isArray(interrupts) ? interrupts : [] };
}

/** The session's memory with this thread, and with all else that is remembered. */
export function memoryWith(memory: Memory, name: string, { state, interrupts }: Thread): Memory {
  const key = keyOf(name);
  const { [key]: _, ...others } = memory;
  // An empty state is what a run starts with in any case.
  const hasState = state !== undefined && !isDeepStrictEqual(state, {});
  if (!hasState && interrupts.length === 0) return others;
  const thread = {
    ...(hasState && { state: state as Json }),
    ...(interrupts.length > 0 && { interrupts: interrupts.map(({ id }) => ({ id })) }),
  };
  return { ...others, [key]: thread };
}
