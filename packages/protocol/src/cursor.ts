import { LIMITS } from "./limits.ts";

/**
 * Reads the `cursor` of an upgrade [section 2]: the highest sequence the client has seen.
 * `12` and `seq:12` mean 12. Anything else is 0 and `valid: false`, never a refusal: a client that is
 * refused throws its conversation away. An absent cursor is 0 and valid.
 */
export function parseCursor(raw: string | null | undefined): { cursor: number; valid: boolean } {
  if (raw === null || raw === undefined) return { cursor: 0, valid: true };
  const digits = /^(?:seq:)?(\d{1,10})$/.exec(raw)?.[1];
  const cursor = digits === undefined ? Number.NaN : Number(digits);
  return cursor <= LIMITS.maxSequence ? { cursor, valid: true } : { cursor: 0, valid: false };
}
