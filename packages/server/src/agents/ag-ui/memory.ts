import { isDeepStrictEqual } from "node:util";
import type { Interrupt } from "@ag-ui/core";
import type { Json, Turn } from "../agent.ts";

/** What is kept of a thread between its runs, in the session's memory. */
export interface Thread {
  /** The service's own; undefined before it has sent one. */
  state: unknown;
  /** What the last run waits for: the user's next message answers it. */
  interrupts: readonly Pick<Interrupt, "id">[];
}

export function readThread({ memory }: Pick<Turn, "memory">): Thread {
  const { state, interrupts } = memory as { state?: unknown; interrupts?: Thread["interrupts"] };
  return { state, interrupts: Array.isArray(interrupts) ? interrupts : [] };
}

export function threadValues({ state, interrupts }: Thread): Record<string, Json> {
  return {
    // An empty state is what a run starts with in any case.
    ...(state !== undefined && !isDeepStrictEqual(state, {}) && { state: state as Json }),
    ...(interrupts.length > 0 && { interrupts: interrupts.map(({ id }) => ({ id })) }),
  };
}
