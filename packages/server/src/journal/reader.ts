import type { SQLInputValue, SQLOutputValue } from "node:sqlite";
import { LIMITS } from "@parley/protocol";
import { EVENTS_FROM, LAST_ROW, ROW_AT, ROWS_FROM } from "./blocks.ts";
import type { PackedEvents, ReaderCalls } from "./calls.ts";
import { Connection, type DatabaseOptions, describe, openForReading } from "./database.ts";
import { asJournalError } from "./errors.ts";
import { HANDOFFS, handoff, handoffCondition, handoffsQuery } from "./handoff-queries.ts";
import type {
  Change,
  HandoffFilter,
  LoadedSession,
  Page,
  Row,
  RowPage,
  SessionFilter,
  SessionRecord,
  StoredHandoff,
} from "./journal.ts";

type Columns = Record<string, SQLOutputValue>;

/** Events that are read at once at most: of the largest there are, 50 MB. */
const EVENTS_AT_ONCE = 64;
/** As many are read of a session of which it is not known how large its events are. */
const FIRST_EVENTS = 4;

/** The connection that reads. It is opened when it is first needed, and anew after a read that failed. */
export class Reader implements ReaderCalls {
  readonly #options: DatabaseOptions;
  readonly #places = new Places();
  #open: Connection | null = null;

  constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  open(): void {
    this.#read(() => undefined);
  }

  events(session: number, { after, events, bytes }: Page): PackedEvents {
    return this.#read((db) => {
      const page = { sequences: [] as number[], texts: [] as string[] };
      const place = this.#places.of(session);
      let next = place?.sequence === after ? place.next : firstAfter(db, session, after);
      let average = place?.average ?? LIMITS.batchBytes / FIRST_EVENTS;
      let size = 0;
      let isFull = false;
      while (!isFull && page.texts.length < events) {
        const fitting = Math.max(1, Math.ceil((bytes - size) / average));
        const limit = Math.min(EVENTS_AT_ONCE, events - page.texts.length, fitting);
        const rows = db.lists(EVENTS_FROM, session, next, limit);
        let read = 0;
        for (const [position, sequence, text] of rows) {
          const data = String(text);
          const length = Buffer.byteLength(data);
          read += length;
          isFull ||= page.texts.length > 0 && size + length > bytes;
          if (isFull) continue;
          size += length;
          page.sequences.push(Number(sequence));
          page.texts.push(data);
          next = Number(position) + 1;
        }
        if (rows.length > 0) average = Math.max(1, read / rows.length);
        if (rows.length < limit) break;
      }
      this.#places.keep(session, { sequence: page.sequences.at(-1) ?? after, next, average });
      return page;
    });
  }

  entries(session: number, { after, rows, bytes }: RowPage): Row[] {
    return this.#read((db) => {
      const page: Row[] = [];
      let size = 0;
      for (const columns of db.iterate(ROWS_FROM, session, after + 1)) {
        const next = row(columns);
        size += Buffer.byteLength(next.data);
        if (page.length > 0 && size > bytes) break;
        page.push(next);
        if (page.length >= rows) break;
      }
      return page;
    });
  }

  find(id: string): SessionRecord | null {
    return this.#read((db) => {
      const found = db.get("SELECT * FROM sessions WHERE id = ?", id);
      return found === undefined ? null : record(found);
    });
  }

  load(session: number, snapshotVersion: number): LoadedSession | null {
    return this.#read((db) => {
      const found = db.get("SELECT * FROM sessions WHERE key = ?", session);
      if (found === undefined) return null;
      const kept = db.get(
        "SELECT position, version, data FROM snapshots WHERE session = ? AND version = ?",
        session,
        snapshotVersion,
      );
      const snapshot =
        kept === undefined
          ? null
          : {
              position: Number(kept.position),
              version: Number(kept.version),
              data: String(kept.data),
            };
      const rows = db.all(ROWS_FROM, session, (snapshot?.position ?? 0) + 1);
      return { record: record(found), snapshot, rows: rows.map(row) };
    });
  }

  due(now: number, limit: number): string[] {
    return this.#read((db) =>
      db
        .all(
          `SELECT id FROM sessions WHERE state IN ('asleep', 'owing') AND deadline <= ?
           ORDER BY deadline, key LIMIT ?`,
          now,
          limit,
        )
        .map(({ id }) => String(id)),
    );
  }

  list(filter: SessionFilter): SessionRecord[] {
    const { sql, values } = listQuery(filter);
    return this.#read((db) => db.all(sql, ...values).map(record));
  }

  handoff(id: string): StoredHandoff | null {
    return this.#read((db) => {
      const found = db.get(`${HANDOFFS} WHERE handoffs.id = ?`, id);
      return found === undefined ? null : handoff(found);
    });
  }

  handoffs(filter: HandoffFilter): StoredHandoff[] {
    const { sql, values } = handoffsQuery(filter);
    return this.#read((db) => db.all(sql, ...values).map(handoff));
  }

  countHandoffs(filter: Omit<HandoffFilter, "beforeKey" | "limit">): number {
    const { condition, values } = handoffCondition(filter);
    const sql = `SELECT count(*) AS count FROM handoffs JOIN sessions ON sessions.key = handoffs.session ${condition}`;
    return this.#read((db) => Number(db.get(sql, ...values)?.count));
  }

  changes(after: number, limit: number): Change[] {
    return this.#read((db) =>
      db
        .all(
          `SELECT change, id, position, sequence, kind, version, data
           FROM journal JOIN sessions ON sessions.key = journal.session
           WHERE change > ? ORDER BY change LIMIT ?`,
          after,
          limit,
        )
        .map((columns) => ({
          change: Number(columns.change),
          session: String(columns.id),
          ...row(columns),
        })),
    );
  }

  records(kind: string): { id: string; data: string }[] {
    return this.#read((db) =>
      db
        .all("SELECT id, data FROM records WHERE kind = ? ORDER BY id", kind)
        .map(({ id, data }) => ({ id: String(id), data: String(data) })),
    );
  }

  close(): void {
    const open = this.#open;
    this.#open = null;
    open?.db.close();
  }

  /** All queries of a call see the same commit. */
  #read<T>(query: (connection: Connection) => T): T {
    try {
      this.#open ??= new Connection(openForReading(this.#options));
      this.#open.db.exec("BEGIN");
      const result = query(this.#open);
      this.#open.db.exec("COMMIT");
      return result;
    } catch (error) {
      this.close();
      throw asJournalError(error, describe(this.#options.file));
    }
  }
}

/** Sessions whose place is remembered; at 100 bytes each, 1 MB. */
const MAX_PLACES = 10_000;

interface Place {
  /** Of the page's last event. */
  sequence: number;
  /** The position behind it. */
  next: number;
  /** Bytes of an event: as many more are read at once as are likely to fit, since what does not was read in vain. */
  average: number;
}

/** Where the last page of a session ended, so that the next begins without a search. Rows never move. */
class Places {
  readonly #places = new Map<number, Place>();

  of(session: number): Place | undefined {
    return this.#places.get(session);
  }

  keep(session: number, place: Place): void {
    if (this.#places.size >= MAX_PLACES) this.#places.clear();
    this.#places.set(session, place);
  }
}

/**
 * The position of the first row whose sequence is higher; one beyond the last where there is none. Bisection by
 * position, since positions and sequences rise together.
 */
function firstAfter(db: Connection, session: number, sequence: number): number {
  const last = db.get(LAST_ROW, session);
  // A sequence is never above its position.
  let low = sequence + 1;
  let high = Number(last?.position ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = db.get(ROW_AT, session, middle);
    if (Number(found?.sequence) > sequence) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Newest first, and from the cursor on in that order; the clock may have been set back between two sessions. */
export function listQuery(filter: SessionFilter): { sql: string; values: SQLInputValue[] } {
  const terms: string[] = [];
  const values: SQLInputValue[] = [];
  const where = (term: string, ...given: SQLInputValue[]) => {
    terms.push(term);
    values.push(...given);
  };
  if (filter.connector !== undefined) where("connector = ?", filter.connector);
  if (filter.status === "open") where("state <> 'ended'");
  if (filter.status === "ended") where("state = 'ended'");
  if (filter.createdFrom !== undefined) where("created_at >= ?", filter.createdFrom);
  if (filter.createdBefore !== undefined) where("created_at < ?", filter.createdBefore);
  if (filter.beforeKey !== undefined) {
    const { beforeKey } = filter;
    where("(created_at, key) < ((SELECT created_at FROM sessions WHERE key = ?), ?)", beforeKey, beforeKey);
  }
  const condition = terms.length === 0 ? "" : `WHERE ${terms.join(" AND ")}`;
  values.push(filter.limit);
  return { sql: `SELECT * FROM sessions ${condition} ORDER BY created_at DESC, key DESC LIMIT ?`, values };
}

function row(columns: Columns): Row {
  const kind = String(columns.kind);
  return {
    position: Number(columns.position),
    sequence: kind === "event" ? Number(columns.sequence) : null,
    kind,
    version: Number(columns.version),
    data: String(columns.data),
  };
}

function record(columns: Columns): SessionRecord {
  return {
    key: Number(columns.key),
    id: String(columns.id),
    sub: String(columns.sub),
    connector: String(columns.connector),
    host: String(columns.host),
    resumeHash: String(columns.resume_hash),
    createdAt: Number(columns.created_at),
    streaming: columns.streaming === 1,
    platform: String(columns.platform),
    deviceType: text(columns.device_type),
    locale: text(columns.locale),
    attributes: JSON.parse(String(columns.attributes)),
    contextId: text(columns.context_id),
    endedAt: columns.ended_at === null ? null : Number(columns.ended_at),
    deadline: Number(columns.deadline),
    seenAt: Number(columns.seen_at),
  };
}

function text(value: SQLOutputValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}
