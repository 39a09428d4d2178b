import { JournalError, type Row } from "./journal.ts";

/** Where a session's list ends. */
export interface Tail {
  position: number;
  /** Of the last event. */
  sequence: number;
}

export const EMPTY: Tail = { position: 0, sequence: 0 };

/**
 * Where the list ends once the rows are in it.
 *
 * @throws JournalError `conflict` when the rows do not follow the tail: the store refuses a hole or a fork
 */
export function follow(tail: Tail, after: number, rows: readonly Row[]): Tail {
  if (after !== tail.position) {
    throw new JournalError(
      "conflict",
      `The rows are meant to follow position ${after}, but the session ends at ${tail.position}.`,
    );
  }
  if (rows.length === 0) throw new JournalError("conflict", "An append holds at least one row.");
  let { position, sequence } = tail;
  for (const row of rows) {
    position += 1;
    if (row.position !== position) {
      throw new JournalError("conflict", `Position ${position} is next, and not ${row.position}.`);
    }
    if ((row.kind === "event") !== (row.sequence !== null)) {
      throw new JournalError(
        "conflict",
        `Position ${position}: events have a sequence, and facts have none.`,
      );
    }
    if (row.sequence === null) continue;
    sequence += 1;
    if (row.sequence !== sequence) {
      throw new JournalError("conflict", `Sequence ${sequence} is next, and not ${row.sequence}.`);
    }
  }
  return { position, sequence };
}
