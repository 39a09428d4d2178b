import type { Payloads } from "./wire.ts";

/** A run of a message's chunks: one, or several that a replay has folded. */
export interface Part {
  /** Indices, from 1. */
  readonly first: number;
  readonly last: number;
  readonly payload: Payloads["EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK"];
  /** When the last of them was said, milliseconds since 1970. */
  readonly at: number;
}

/**
 * Adds a run to those there are, ordered by index. A folded run takes the place of those it stands for, and what is
 * already stood for adds nothing: whichever comes first, the same parts are left.
 */
export function addPart(parts: readonly Part[], part: Part): readonly Part[] {
  if (parts.some(({ first, last }) => first <= part.first && part.last <= last)) return parts;
  const others = parts.filter(({ first, last }) => first < part.first || part.last < last);
  const at = others.findLastIndex(({ first }) => first < part.first) + 1;
  return others.toSpliced(at, 0, part);
}
