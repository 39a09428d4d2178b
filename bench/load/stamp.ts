const MARK = 0x51;
const DIGITS = 16;

/** Calls back with the moment of each stamped piece in a frame, milliseconds by the clock that all processes share. */
export function eachStamp(bytes: Buffer, start: number, end: number, take: (at: number) => void): void {
  for (let at = bytes.indexOf(MARK, start); at !== -1 && at < end; at = bytes.indexOf(MARK, at + 1)) {
    const microseconds = Number.parseInt(bytes.toString("latin1", at + 1, at + 1 + DIGITS), 10);
    // The letter may stand elsewhere too.
    if (!Number.isNaN(microseconds)) take(microseconds / 1_000);
  }
}
