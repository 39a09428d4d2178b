import type { Payloads } from "./wire.ts";

/** A run of a message's chunks: one, or several that a replay has folded. */
export interface Part {
  /** The index of the first of them, from 1. */
  readonly first: number;
  readonly payload: Payloads["EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK"];
  /** When the last of them was said, milliseconds since 1970. */
  readonly at: number;
}

/**
 * Adds the next run in the order of the history. One that a replay has folded takes the place of those it stands for; it
 * has the sequence of its last chunk, so it comes behind them all.
 */
export const addPart = (parts: readonly Part[], part: Part): readonly Part[] => [
  ...parts.filter(({ first }) => first < part.first),
  part,
];
