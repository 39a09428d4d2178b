import type { Payloads } from "./wire.ts";

/** A run of a message's chunks: one, or several that a replay has folded. */
export type Part = Payloads["EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK"];

/** The index of the first chunk of a run, from 1. */
const firstOf = ({ first_chunk_index, chunk_index }: Part): number => first_chunk_index ?? chunk_index;

/**
 * Adds the next run in the order of the history. One that a replay has folded takes the place of those it stands for; it
 * has the sequence of its last chunk, so it comes behind them all.
 */
export const addPart = (parts: readonly Part[], part: Part): readonly Part[] => [
  ...parts.filter((before) => firstOf(before) < firstOf(part)),
  part,
];
