/** The first pause after a failure, milliseconds. It doubles with each further one. */
const FIRST_MS = 1_000;

/** Longest pauses, milliseconds. */
export const LONGEST_MS = {
  /** A user waits. */
  open: 30_000,
  /** Nobody does any more. */
  over: 300_000,
} as const;

/**
 * How long to wait after so many failures in a row: twice as long each time, and at random between the half and the
 * whole of it, so that what failed together does not come back together.
 *
 * @param failures at least 1
 * @param random from 0 to 1
 * @param askedMs what the receiver asked for; heeded up to `longestMs`
 * @returns milliseconds
 */
export function pauseAfter(failures: number, random: number, longestMs: number, askedMs = 0): number {
  const full = Math.min(FIRST_MS * 2 ** (failures - 1), longestMs);
  return Math.max(full * (0.5 + random / 2), Math.min(askedMs, longestMs));
}
