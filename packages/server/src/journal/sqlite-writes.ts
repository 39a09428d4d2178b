import { blockOf, LAST_ROW } from "./blocks.ts";
import type { Rest, Write, Writes } from "./calls.ts";
import type { Connection } from "./database.ts";
import { type HandoffRow, JournalError, type NewSession, type Row, type Snapshot } from "./journal.ts";
import { EMPTY, follow, type Tail } from "./tail.ts";

/** How many sessions' tails are remembered; at 100 bytes each, 5 MB. */
const MAX_TAILS = 50_000;
/** The kind and the id of the record that a probe writes. */
const RESERVE = "reserve";
/**
 * As much as the rows of a full batch (256, of some hundred bytes) and the pages of the indexes that they touch: what
 * needs less room would clear the fault of a full disk that the next commit meets again.
 */
const RESERVE_BYTES = 512 * 1024;

/** Where a session's list ends, and in which block its last row is. */
type Place = Tail & { block: number };

const NOWHERE: Place = { ...EMPTY, block: -1 };

/** The changes within a transaction. Each checks before it writes, so that one that is refused has changed nothing. */
export class SqliteWrites implements Writes {
  readonly #connection: Connection;
  /** Saves a look-up for each append, a fifth of its time. */
  readonly #tails = new Map<number, Place>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  carryOut<K extends keyof Writes>([name, ...values]: [K, ...Parameters<Writes[K]>] | Write): unknown {
    const method: (...values: never[]) => unknown = this[name];
    return method.apply(this, values as never[]);
  }

  /** Something was rolled back: what is remembered may not be so. */
  forget(): void {
    this.#tails.clear();
  }

  create(session: NewSession, rows: readonly Row[], deadline: number): number {
    const tail = rows.length === 0 ? EMPTY : follow(EMPTY, 0, rows);
    if (this.#connection.get("SELECT 1 FROM sessions WHERE id = ?", session.id) !== undefined) {
      throw new JournalError("conflict", `There is a session ${session.id} already.`);
    }
    const { lastInsertRowid: key } = this.#connection.run(
      `INSERT INTO sessions (id, sub, connector, host, resume_hash, created_at, streaming, platform, device_type,
         locale, attributes, context_id, state, deadline, seen_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'awake', ?, ?)`,
      session.id,
      session.sub,
      session.connector,
      session.host,
      session.resumeHash,
      session.createdAt,
      session.streaming ? 1 : 0,
      session.platform,
      session.deviceType,
      session.locale,
      JSON.stringify(session.attributes),
      session.contextId,
      deadline,
      session.createdAt,
    );
    this.#insert(key, NOWHERE, rows, tail);
    return key;
  }

  append(
    session: number,
    after: number,
    rows: readonly Row[],
    endedAt: number | null,
    handoffs: readonly HandoffRow[] = [],
  ): void {
    const last = this.#tail(session);
    const tail = follow(last, after, rows);
    this.#insert(session, last, rows, tail);
    for (const handoff of handoffs) this.#keepHandoff(session, handoff);
    if (endedAt === null) return;
    this.#connection.run("UPDATE sessions SET state = 'ended', ended_at = ? WHERE key = ?", endedAt, session);
  }

  wake(id: string): number | null {
    const found = this.#connection.get("SELECT key, state FROM sessions WHERE id = ?", id);
    if (found === undefined) return null;
    const key = Number(found.key);
    if (found.state === "asleep" || found.state === "owing") {
      this.#connection.run("UPDATE sessions SET state = 'awake' WHERE key = ?", key);
    }
    return key;
  }

  snapshot(session: number, { position, version, data }: Snapshot): void {
    const tail = this.#tail(session);
    if (position > tail.position) {
      throw new JournalError(
        "conflict",
        `A snapshot of position ${position}, but the session ends at ${tail.position}.`,
      );
    }
    this.#connection.run(
      `INSERT INTO snapshots (session, position, version, data) VALUES (?, ?, ?, ?)
       ON CONFLICT (session) DO UPDATE SET
         position = excluded.position, version = excluded.version, data = excluded.data`,
      session,
      position,
      version,
      data,
    );
  }

  sleep(session: number, { snapshot, deadline, seenAt, owes }: Rest): void {
    this.snapshot(session, snapshot);
    this.#connection.run(
      `UPDATE sessions SET deadline = ?, seen_at = ?, state = CASE state WHEN 'ended' THEN 'ended' ELSE ? END
       WHERE key = ?`,
      deadline,
      seenAt,
      owes ? "owing" : "asleep",
      session,
    );
    this.#tails.delete(session);
  }

  recover(deadline: number, seenAfter: number): string[] {
    this.#connection.run("UPDATE sessions SET deadline = ? WHERE state <> 'ended'", deadline);
    // 'awake' sorts before 'owing'.
    const rows = this.#connection.all(
      `SELECT id FROM sessions WHERE state IN ('awake', 'owing') AND (state = 'awake' OR seen_at > ?)
       ORDER BY state, seen_at DESC, key DESC`,
      seenAfter,
    );
    return rows.map(({ id }) => String(id));
  }

  putRecord(kind: string, id: string, data: string): void {
    this.#connection.run(
      `INSERT INTO records (kind, id, data) VALUES (?, ?, ?)
       ON CONFLICT (kind, id) DO UPDATE SET data = excluded.data`,
      kind,
      id,
      data,
    );
  }

  deleteRecord(kind: string, id: string): boolean {
    return this.#connection.run("DELETE FROM records WHERE kind = ? AND id = ?", kind, id).changes > 0;
  }

  reserve(): void {
    this.release();
    this.putRecord(RESERVE, RESERVE, "0".repeat(RESERVE_BYTES));
  }

  release(): void {
    this.deleteRecord(RESERVE, RESERVE);
  }

  #keepHandoff(session: number, { id, provider, queue, stage, requestedAt, data }: HandoffRow): void {
    this.#connection.run(
      `INSERT INTO handoffs (id, session, provider, queue, stage, requested_at, data) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET queue = excluded.queue, stage = excluded.stage, data = excluded.data`,
      id,
      session,
      provider,
      queue,
      stage,
      requestedAt,
      data,
    );
  }

  #insert(session: number, after: Place, rows: readonly Row[], tail: Tail): void {
    let { sequence, block } = after;
    for (const { position, sequence: own, kind, version, data } of rows) {
      sequence = own ?? sequence;
      const { lastInsertRowid: change } = this.#connection.run(
        "INSERT INTO journal (session, position, sequence, kind, version, data) VALUES (?, ?, ?, ?, ?, ?)",
        session,
        position,
        sequence,
        kind,
        version,
        data,
      );
      if (blockOf(change) === block) continue;
      block = blockOf(change);
      this.#connection.run(
        "INSERT INTO blocks (session, position, block) VALUES (?, ?, ?)",
        session,
        position,
        block,
      );
    }
    this.#remember(session, { ...tail, block });
  }

  #tail(session: number): Place {
    const known = this.#tails.get(session);
    if (known !== undefined) return known;
    const row = this.#connection.get(LAST_ROW, session);
    if (row !== undefined) {
      return { position: Number(row.position), sequence: Number(row.sequence), block: Number(row.block) };
    }
    if (this.#connection.get("SELECT 1 FROM sessions WHERE key = ?", session) !== undefined) return NOWHERE;
    throw new JournalError("unknown_session", `There is no session ${session}.`);
  }

  #remember(session: number, tail: Place): void {
    if (this.#tails.size >= MAX_TAILS) this.#tails.clear();
    this.#tails.set(session, tail);
  }
}
