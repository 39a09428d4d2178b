import {
  type Append,
  type Change,
  type HandoffFilter,
  type HandoffRow,
  type Journal,
  JournalError,
  type JournalFault,
  type JournalFaultCode,
  type LoadedSession,
  type NewSession,
  type Page,
  type Row,
  type RowPage,
  type SessionFilter,
  type SessionRecord,
  type Snapshot,
  type StoredEvent,
  type StoredHandoff,
} from "../journal/journal.ts";
import { EMPTY, follow, type Tail } from "../journal/tail.ts";

interface Stored {
  record: SessionRecord;
  state: "awake" | "asleep" | "owing" | "ended";
  tail: Tail;
  rows: Row[];
  snapshot: Snapshot | null;
}

interface Data {
  /** By key, ascending. */
  sessions: Map<number, Stored>;
  changes: Change[];
  records: Map<string, Map<string, string>>;
  /** By id, in the order in which they were requested. */
  handoffs: Map<string, HandoffRow & { session: number }>;
}

interface Write {
  run: () => void;
  reject: (error: JournalError) => void;
}

/**
 * A journal for tests: everything of the contract but the disk. Commits can be made to fail, or be held back, so that
 * a test sees what happens before and after them.
 */
export class MemoryJournal implements Journal {
  readonly #data: Data;
  #writes: Write[] = [];
  #scheduled = false;
  /** How many writes may pass. */
  #open = Number.POSITIVE_INFINITY;
  #failure: { code: JournalFaultCode; times: number } | null = null;
  #fault: JournalFault = null;
  #closed = false;

  constructor(data: Data = { sessions: new Map(), changes: [], records: new Map(), handoffs: new Map() }) {
    this.#data = data;
  }

  /** Lets the next writes (of any kind) fail as a disk would; `times` may be Infinity, until `heal()`. */
  fail(code: JournalFaultCode = "disk_full", times = 1): void {
    this.#failure = { code, times };
  }

  heal(): void {
    this.#failure = null;
  }

  /** From now on, writes wait. Reads see what was committed before. */
  hold(): void {
    this.#open = 0;
  }

  /** Lets so many of the writes that wait (or are still to come) pass, in order; without a count, all from now on. */
  release(count = Number.POSITIVE_INFINITY): void {
    this.#open += count;
    this.#schedule();
  }

  /** How many writes have been made but not carried out. */
  get waiting(): number {
    return this.#writes.length;
  }

  /** All rows of a session that are committed. */
  rows(session: number): Row[] {
    return (this.#data.sessions.get(session)?.rows ?? []).map(copy);
  }

  /**
   * The process dies: what waits is lost and never settles, and this journal takes nothing more.
   *
   * @returns the journal as the next process opens it
   */
  crash(): MemoryJournal {
    this.#writes = [];
    this.#closed = true;
    return new MemoryJournal(structuredClone(this.#data));
  }

  create(session: NewSession, rows: readonly Row[], deadline: number): Promise<number> {
    const given = structuredClone({ ...session });
    const added = rows.map(copy);
    return this.#write(() => {
      if (this.#byId(session.id) !== undefined) {
        throw new JournalError("conflict", `There is a session ${session.id} already.`);
      }
      const tail = rows.length === 0 ? EMPTY : follow(EMPTY, 0, added);
      const key = this.#data.sessions.size + 1;
      const record = { ...given, key, endedAt: null, deadline, seenAt: given.createdAt };
      this.#data.sessions.set(key, { record, state: "awake", tail: EMPTY, rows: [], snapshot: null });
      this.#add(key, added, tail);
      return key;
    });
  }

  append({ session, after, rows, endedAt, handoffs = [] }: Append): Promise<void> {
    const added = rows.map(copy);
    const kept = structuredClone(handoffs);
    return this.#write(() => {
      const stored = this.#stored(session);
      this.#add(session, added, follow(stored.tail, after, added));
      for (const handoff of kept) this.#data.handoffs.set(handoff.id, { ...handoff, session });
      if (endedAt === undefined) return;
      stored.record.endedAt = endedAt;
      stored.state = "ended";
    });
  }

  async events(session: number, page: Page): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    let bytes = 0;
    for (const { sequence, data } of this.#read(this.#data.sessions.get(session)?.rows ?? [])) {
      if (sequence === null || sequence <= page.after) continue;
      bytes += Buffer.byteLength(data);
      if (events.length > 0 && (events.length >= page.events || bytes > page.bytes)) break;
      events.push({ sequence, data });
    }
    return events;
  }

  async entries(session: number, page: RowPage): Promise<Row[]> {
    const entries: Row[] = [];
    let bytes = 0;
    for (const row of this.#read(this.#data.sessions.get(session)?.rows ?? [])) {
      if (row.position <= page.after) continue;
      bytes += Buffer.byteLength(row.data);
      if (entries.length > 0 && (entries.length >= page.rows || bytes > page.bytes)) break;
      entries.push(copy(row));
    }
    return entries;
  }

  async find(id: string): Promise<SessionRecord | null> {
    return structuredClone(this.#read(this.#byId(id))?.record ?? null);
  }

  load(id: string, snapshotVersion: number): Promise<LoadedSession | null> {
    return this.#write(() => {
      const stored = this.#byId(id);
      if (stored === undefined) return null;
      if (stored.state !== "ended") stored.state = "awake";
      const { record, rows } = stored;
      const snapshot = stored.snapshot?.version === snapshotVersion ? stored.snapshot : null;
      return structuredClone({ record, snapshot, rows: rows.slice(snapshot?.position ?? 0) });
    });
  }

  snapshot(session: number, snapshot: Snapshot): Promise<void> {
    const given = { ...snapshot };
    return this.#write(() => this.#keep(this.#stored(session), given));
  }

  sleep(
    session: number,
    rest: { snapshot: Snapshot; deadline: number; seenAt: number; owes: boolean },
  ): Promise<void> {
    const { snapshot, deadline, seenAt, owes } = structuredClone(rest);
    return this.#write(() => {
      const stored = this.#stored(session);
      this.#keep(stored, snapshot);
      if (stored.state !== "ended") stored.state = owes ? "owing" : "asleep";
      Object.assign(stored.record, { deadline, seenAt });
    });
  }

  async due(now: number, limit: number): Promise<string[]> {
    return this.#all()
      .filter(({ state, record }) => (state === "asleep" || state === "owing") && record.deadline <= now)
      .sort((a, b) => a.record.deadline - b.record.deadline || a.record.key - b.record.key)
      .slice(0, limit)
      .map(({ record }) => record.id);
  }

  recover(deadline: number, seenAfter: number): Promise<string[]> {
    return this.#write(() => {
      for (const { state, record } of this.#all()) if (state !== "ended") record.deadline = deadline;
      return this.#all()
        .filter(({ state, record }) => state === "awake" || (state === "owing" && record.seenAt > seenAfter))
        .sort(
          (a, b) =>
            Number(b.state === "awake") - Number(a.state === "awake") ||
            b.record.seenAt - a.record.seenAt ||
            b.record.key - a.record.key,
        )
        .map(({ record }) => record.id);
    });
  }

  async list(filter: SessionFilter): Promise<SessionRecord[]> {
    const {
      connector,
      status,
      createdFrom = 0,
      createdBefore = Number.POSITIVE_INFINITY,
      beforeKey,
    } = filter;
    const newestFirst = this.#all()
      .map(({ record }) => record)
      .sort((a, b) => b.createdAt - a.createdAt || b.key - a.key);
    const start = beforeKey === undefined ? 0 : newestFirst.findIndex(({ key }) => key === beforeKey) + 1;
    if (beforeKey !== undefined && start === 0) return [];
    return newestFirst
      .slice(start)
      .filter((record) => connector === undefined || record.connector === connector)
      .filter((record) => status === undefined || (record.endedAt === null) === (status === "open"))
      .filter((record) => record.createdAt >= createdFrom && record.createdAt < createdBefore)
      .slice(0, filter.limit)
      .map((record) => structuredClone(record));
  }

  async handoff(id: string): Promise<StoredHandoff | null> {
    return this.#storedHandoffs().find((handoff) => handoff.id === id) ?? null;
  }

  async handoffs({ limit, beforeKey, ...filter }: HandoffFilter): Promise<StoredHandoff[]> {
    const found = this.#storedHandoffs(filter).sort((a, b) => b.requestedAt - a.requestedAt || b.key - a.key);
    const start = beforeKey === undefined ? 0 : found.findIndex(({ key }) => key === beforeKey) + 1;
    return beforeKey !== undefined && start === 0 ? [] : found.slice(start, start + limit);
  }

  async countHandoffs(filter: Omit<HandoffFilter, "beforeKey" | "limit">): Promise<number> {
    return this.#storedHandoffs(filter).length;
  }

  async changes(after: number, limit: number): Promise<Change[]> {
    return this.#read(this.#data.changes)
      .slice(after, after + limit)
      .map((change) => ({ ...change }));
  }

  async records(kind: string): Promise<{ id: string; data: string }[]> {
    const records = this.#read(this.#data.records.get(kind)) ?? new Map<string, string>();
    return [...records].map(([id, data]) => ({ id, data })).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  putRecord(kind: string, id: string, data: string): Promise<void> {
    return this.#write(() => {
      const records = this.#data.records.get(kind) ?? new Map<string, string>();
      this.#data.records.set(kind, records.set(id, data));
    });
  }

  deleteRecord(kind: string, id: string): Promise<boolean> {
    return this.#write(() => this.#data.records.get(kind)?.delete(id) ?? false);
  }

  fault(): JournalFault {
    return this.#fault;
  }

  async probe(): Promise<JournalFault> {
    await this.#write(() => undefined).catch(() => undefined);
    return this.#fault;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.release();
    const last = this.#write(() => undefined);
    this.#closed = true;
    await last.catch(() => undefined);
  }

  #write<T>(change: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(closed());
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#writes.push({ run: () => resolve(change()), reject });
    this.#schedule();
    return promise;
  }

  /** Never within the call that wrote: what is not yet committed must be seen as such. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      while (this.#open > 0) {
        const write = this.#writes.shift();
        if (write === undefined) break;
        this.#open -= 1;
        this.#commit(write);
      }
    });
  }

  #commit({ run, reject }: Write): void {
    if (this.#failure !== null) {
      const { code } = this.#failure;
      this.#failure.times -= 1;
      if (this.#failure.times <= 0) this.#failure = null;
      const error = new JournalError(code, `The test's journal fails with ${code}.`);
      this.#fault = { code, message: error.message };
      reject(error);
      return;
    }
    try {
      run();
      this.#fault = null;
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      reject(error);
    }
  }

  #add(session: number, rows: Row[], tail: Tail): void {
    const stored = this.#stored(session);
    stored.rows.push(...rows);
    stored.tail = tail;
    for (const row of rows) {
      this.#data.changes.push({
        ...row,
        change: this.#data.changes.length + 1,
        session: stored.record.id,
      });
    }
  }

  #keep(stored: Stored, snapshot: Snapshot): void {
    if (snapshot.position > stored.tail.position) {
      throw new JournalError(
        "conflict",
        `A snapshot of position ${snapshot.position}, but the session ends at ${stored.tail.position}.`,
      );
    }
    stored.snapshot = snapshot;
  }

  #storedHandoffs(filter: Omit<HandoffFilter, "beforeKey" | "limit"> = {}): StoredHandoff[] {
    const { stages, requestedFrom = 0, requestedBefore = Number.POSITIVE_INFINITY } = filter;
    const isWanted = (handoff: StoredHandoff) =>
      (["queue", "provider", "connector", "session"] as const).every(
        (field) => filter[field] === undefined || filter[field] === handoff[field],
      );
    return [...this.#read(this.#data.handoffs).values()]
      .map(({ session, ...handoff }, index): StoredHandoff => {
        const { id, connector } = this.#stored(session).record;
        return { ...handoff, key: index + 1, session: id, connector };
      })
      .filter(isWanted)
      .filter(({ stage }) => stages === undefined || stages.includes(stage))
      .filter(({ requestedAt: at }) => at >= requestedFrom && at < requestedBefore);
  }

  #stored(key: number): Stored {
    const stored = this.#data.sessions.get(key);
    if (stored === undefined) throw new JournalError("unknown_session", `There is no session ${key}.`);
    return stored;
  }

  #byId(id: string): Stored | undefined {
    return [...this.#data.sessions.values()].find(({ record }) => record.id === id);
  }

  #all(): Stored[] {
    return [...this.#read(this.#data.sessions).values()];
  }

  #read<T>(data: T): T {
    if (this.#closed) throw closed();
    return data;
  }
}

function copy(row: Row): Row {
  return { ...row };
}

function closed(): JournalError {
  return new JournalError("closed", "The journal is closed.");
}
