/**
 * How the rows of one session are found among those of all others.
 *
 * An index in the order of the sessions would be written all over: each of a commit's rows would change a page of its
 * own, which costs several times what the row does. So the journal is cut into blocks of as many rows, in the order of
 * the commits, and its index is that of each block by itself: only the newest is written to, and it is small. The
 * table `blocks` says which of them hold rows of a session, and the position of the first of these.
 */
const BLOCK_BITS = 13;

/** The block of a row; `change` is its place among all rows of the journal. */
export function blockOf(change: number): number {
  return Math.floor(change / 2 ** BLOCK_BITS);
}

/** For FROM: the rows of the sessions of `blocks.session`. Without the plus, SQLite does not see that the index fits. */
const ROWS = `blocks CROSS JOIN journal
  ON change >> ${BLOCK_BITS} = +block AND journal.session = blocks.session`;

/** For WHERE, behind a session's: the block in which the position `?2` of the session `?1` lies. */
const BLOCK_OF_POSITION = "(SELECT max(position) FROM blocks WHERE session = ?1 AND position <= ?2)";

/** The last row of a session. */
export const LAST_ROW = `SELECT journal.position, sequence, block FROM ${ROWS}
  WHERE blocks.session = ?1 ORDER BY blocks.position DESC, journal.position DESC LIMIT 1`;

/** One row of a session. */
export const ROW_AT = `SELECT sequence FROM ${ROWS}
  WHERE blocks.session = ?1 AND blocks.position = ${BLOCK_OF_POSITION} AND journal.position = ?2`;

const FROM_POSITION = `FROM ${ROWS}
  WHERE blocks.session = ?1 AND blocks.position >= ${BLOCK_OF_POSITION} AND journal.position >= ?2`;
const IN_ORDER = "ORDER BY blocks.position, journal.position";

/** A session's rows from a position on, ascending; they are read as they are taken. */
export const ROWS_FROM = `SELECT journal.position, sequence, kind, version, data ${FROM_POSITION} ${IN_ORDER}`;

/**
 * The events among them, `?3` at most. The sum, since SQLite plans for the value of a plain parameter: it would prepare the
 * statement anew for each page, which takes as long as reading thirty events.
 */
export const EVENTS_FROM = `SELECT journal.position, sequence, data ${FROM_POSITION} AND kind = 'event' ${IN_ORDER} LIMIT ?3 + 0`;
