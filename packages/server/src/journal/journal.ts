import type { Attributes } from "@parley/protocol";

/**
 * One row of a session's journal. An event's data is its wire text, so that a replay joins strings; an internal
 * fact's data is JSON of our own and never reaches a client.
 */
export interface Row {
  /** 1, 2, 3 … in the session, without gaps, over events and facts. */
  position: number;
  /** 1, 2, 3 … over the events alone; null for a fact. */
  sequence: number | null;
  /** `event`, or the kind of a fact. */
  kind: string;
  /** The form of this kind's data, so that a later release can still read it. */
  version: number;
  data: string;
}

/** A journaled event as a replay reads it. */
export interface StoredEvent {
  sequence: number;
  /** The wire text that was or will be sent. */
  data: string;
}

/** A row in the feed over all sessions. */
export interface Change extends Row {
  /** Ascending over the whole journal; not without gaps. */
  change: number;
  /** The session's id on the wire. */
  session: string;
}

/** What is fixed when a session is created. */
export interface NewSession {
  /** The id on the wire: UUID v4. */
  id: string;
  /** The user: `sub` of the access token that created it. */
  sub: string;
  /** The connector's id (never its token). */
  connector: string;
  /** The host or app id that the access token was minted for. */
  host: string;
  /** SHA-256 of the resume token, hex. */
  resumeHash: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  streaming: boolean;
  platform: string;
  deviceType: string | null;
  locale: string | null;
  attributes: Attributes;
  /** Set where the connector has context keys. */
  contextId: string | null;
}

/** A session as the journal knows it. */
export interface SessionRecord extends NewSession {
  /** The journal's own short name for the session; all calls use it. */
  key: number;
  /** Milliseconds since 1970; null while it lives. */
  endedAt: number | null;
  /**
   * When it is abandoned if nobody shows a sign of life, by the monotonic clock of the process that has the journal.
   * Exact only while it sleeps.
   */
  deadline: number;
  /** When somebody was last seen there, by the same clock. Exact only while it sleeps. */
  seenAt: number;
}

/** A folded state, kept so that coming back folds only what is new. */
export interface Snapshot {
  /** The row up to which it is folded. */
  position: number;
  /** The form of the state. */
  version: number;
  data: string;
}

/** All that is needed to bring a session back into memory. An ended session is read, and stays ended. */
export interface LoadedSession {
  record: SessionRecord;
  snapshot: Snapshot | null;
  /** The rows after the snapshot, ascending. */
  rows: Row[];
}

/** A handoff as it is behind the rows of an append: what is asked for in lists, and the whole as JSON of our own. */
export interface HandoffRow {
  id: string;
  provider: string;
  queue: string | null;
  stage: string;
  /** Milliseconds since 1970. */
  requestedAt: number;
  data: string;
}

/** A handoff as the journal knows it. */
export interface StoredHandoff extends HandoffRow {
  /** The journal's own name for it, ascending. */
  key: number;
  /** The session's id on the wire. */
  session: string;
  /** The session's connector. */
  connector: string;
}

export interface HandoffFilter {
  /** One of these. */
  stages?: readonly string[];
  queue?: string;
  provider?: string;
  connector?: string;
  /** The session's id on the wire. */
  session?: string;
  /** Milliseconds since 1970, inclusive. */
  requestedFrom?: number;
  /** Milliseconds since 1970, exclusive. */
  requestedBefore?: number;
  /** The last handoff of the page before, by its key: the list goes on behind it. */
  beforeKey?: number;
  limit: number;
}

export interface Append {
  session: number;
  /** The position of the row before the first: the store refuses a hole or a fork. */
  after: number;
  /** At least one. */
  rows: readonly Row[];
  /** Set when the rows end the session, milliseconds since 1970. */
  endedAt?: number;
  /** The handoffs that the rows change, as they are behind them: kept in the same commit, by their ids. */
  handoffs?: readonly HandoffRow[];
}

export interface SessionFilter {
  connector?: string;
  status?: "open" | "ended";
  /** Milliseconds since 1970, inclusive. */
  createdFrom?: number;
  /** Milliseconds since 1970, exclusive. */
  createdBefore?: number;
  /** The last session of the page before, by its key: the list goes on behind it. */
  beforeKey?: number;
  limit: number;
}

export interface Page {
  /** Events with a higher sequence. */
  after: number;
  /** At most so many events; at least 1. */
  events: number;
  /** At most so many UTF-8 bytes of data, but at least one event. */
  bytes: number;
}

/** A page of a session's rows, facts too. */
export interface RowPage {
  /** Rows with a higher position. */
  after: number;
  /** At most so many rows; at least 1. */
  rows: number;
  /** At most so many UTF-8 bytes of data, but at least one row. */
  bytes: number;
}

/** Why the journal cannot take anything now, or null when it can. */
export type JournalFault = { code: JournalFaultCode; message: string } | null;

export type JournalFaultCode =
  | "disk_full"
  | "read_only"
  | "locked"
  | "damaged"
  | "newer_version"
  | "in_use"
  | "io_error"
  | "closed";

/** Every rejection of the journal is one of these. */
export class JournalError extends Error {
  override name = "JournalError";
  readonly code: JournalFaultCode | "conflict" | "unknown_session";

  constructor(code: JournalError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The durable log: sessions, each with an append-only list of rows. Everything that resolves has happened on disk;
 * everything rejects with a `JournalError` and then has left nothing half-written: what was rejected is not there, except
 * after an `io_error`, where it may be there whole (the disk or the thread failed before it could say so).
 */
export interface Journal {
  /**
   * Creates a session with its first rows in one commit, awake. An id that is taken is a `conflict`.
   *
   * @returns its key
   */
  create(session: NewSession, rows: readonly Row[], deadline: number): Promise<number>;
  /**
   * Appends rows. Calls for one session are carried out in the order in which they are made; if one fails, those
   * already made after it fail too (with `conflict`), since their place is not there.
   */
  append(append: Append): Promise<void>;

  /** A page of a session's events, ascending; empty where there is no such session. */
  events(session: number, page: Page): Promise<StoredEvent[]>;
  /** A page of a session's rows, ascending, what is for no client's eyes among them; empty where there is no such session. */
  entries(session: number, page: RowPage): Promise<Row[]>;
  /** A session without its rows, for checks before it is loaded. */
  find(id: string): Promise<SessionRecord | null>;
  /**
   * A session with all that folding needs, marked as awake. It has all rows of the appends made before the call.
   *
   * @param snapshotVersion the form of state that the caller can thaw; a snapshot of another is passed over, and the
   *   rows are all there are
   */
  load(id: string, snapshotVersion: number): Promise<LoadedSession | null>;
  /**
   * Keeps a snapshot of a session that stays in memory. One that is ahead of the rows is a `conflict`: an append that it
   * counts on has failed.
   */
  snapshot(session: number, snapshot: Snapshot): Promise<void>;
  /** A session leaves memory. `owes`: it still has work that waits for a start or a socket. Otherwise like `snapshot`. */
  sleep(
    session: number,
    rest: { snapshot: Snapshot; deadline: number; seenAt: number; owes: boolean },
  ): Promise<void>;

  /** Ids of unended sessions that are asleep and whose deadline has passed, longest overdue first. */
  due(now: number, limit: number): Promise<string[]>;
  /**
   * After a start: sets the deadline of every unended session anew, and gives the ids of those that were awake when
   * the process died, and then of those that owe an answer and were last seen after `seenAfter`, each most recent first.
   * When the awake were last seen is not known. They stay awake, and so are not `due`, until they are loaded and sleep.
   */
  recover(deadline: number, seenAfter: number): Promise<string[]>;

  /** Sessions, newest first: by `createdAt`, then by key. */
  list(filter: SessionFilter): Promise<SessionRecord[]>;
  /** A handoff by its id; null where there is none. */
  handoff(id: string): Promise<StoredHandoff | null>;
  /** Handoffs, newest first: by `requestedAt`, then by key. */
  handoffs(filter: HandoffFilter): Promise<StoredHandoff[]>;
  /** How many there are. */
  countHandoffs(filter: Omit<HandoffFilter, "beforeKey" | "limit">): Promise<number>;
  /** The feed over all sessions: committed rows in the order in which they were committed. */
  changes(after: number, limit: number): Promise<Change[]>;

  /** Small records of a kind (operator keys and the like), by id. */
  records(kind: string): Promise<{ id: string; data: string }[]>;
  putRecord(kind: string, id: string, data: string): Promise<void>;
  deleteRecord(kind: string, id: string): Promise<boolean>;

  /** The fault that the last commit met, or null. Cleared by the next commit that succeeds. */
  fault(): JournalFault;
  /**
   * Tries a commit, so that a fault that has passed is noticed.
   *
   * @returns the fault that remains
   */
  probe(): Promise<JournalFault>;
  /** Finishes what is under way, then closes. */
  close(): Promise<void>;
}
