import type {
  Change,
  HandoffFilter,
  HandoffRow,
  LoadedSession,
  NewSession,
  Page,
  Row,
  RowPage,
  SessionFilter,
  SessionRecord,
  Snapshot,
  StoredHandoff,
} from "./journal.ts";
import type { Packed } from "./packing.ts";
import type { WireError } from "./serve.ts";

/** What a session leaves behind when it falls asleep. */
export interface Rest {
  snapshot: Snapshot;
  /** Milliseconds since 1970. */
  deadline: number;
  /** Milliseconds since 1970. */
  seenAt: number;
  owes: boolean;
}

/** The changes that one commit can hold. They check first and write then, so that a refusal has changed nothing. */
export interface Writes {
  create(session: NewSession, rows: readonly Row[], deadline: number): number;
  append(
    session: number,
    after: number,
    rows: readonly Row[],
    endedAt: number | null,
    handoffs?: readonly HandoffRow[],
  ): void;
  /** Marks an unended session as awake. @returns its key, or null when there is no such session */
  wake(id: string): number | null;
  snapshot(session: number, snapshot: Snapshot): void;
  sleep(session: number, rest: Rest): void;
  recover(deadline: number, seenAfter: number): string[];
  putRecord(kind: string, id: string, data: string): void;
  deleteRecord(kind: string, id: string): boolean;
  /** Writes as much as a large commit, to see whether there is room; `release` takes it back. */
  reserve(): void;
  release(): void;
}

/** A write: its name and its arguments. */
export type Write = { [K in keyof Writes]: [K, ...Parameters<Writes[K]>] }[keyof Writes];

export interface Failure {
  /** Which write of the batch. */
  index: number;
  error: WireError;
}

/** What became of a batch that was committed. */
export interface Committed {
  /** How many rows its commit wrote; zero where it went with a batch before it, which says it for both. */
  rows: number;
  /** What each write returned. */
  values: unknown[];
  /** Those of its writes that were refused, and are not part of it. */
  failures: Failure[];
}

/** What the writer's thread can be asked. */
export interface WriterCalls {
  /** Opens or makes the file, and brings it to this release's schema. */
  open(): void;
  /** Carries out a batch in one commit, with what waits behind it; throws when none of it is kept. */
  commit(batch: Packed): Committed;
  /** Writes what is in the log back into the file, as far as nobody is in the way. */
  checkpoint(): void;
  close(): void;
}

/** A page of events on its way from the reader's thread: two lists are cloned in a third of the time of many objects. */
export interface PackedEvents {
  readonly sequences: readonly number[];
  readonly texts: readonly string[];
}

/** What the reader's thread can be asked. */
export interface ReaderCalls {
  /** Opens the file, which the writer has made. */
  open(): void;
  events(session: number, page: Page): PackedEvents;
  entries(session: number, page: RowPage): Row[];
  find(id: string): SessionRecord | null;
  load(session: number, snapshotVersion: number): LoadedSession | null;
  due(now: number, limit: number): string[];
  list(filter: SessionFilter): SessionRecord[];
  handoff(id: string): StoredHandoff | null;
  handoffs(filter: HandoffFilter): StoredHandoff[];
  countHandoffs(filter: Omit<HandoffFilter, "beforeKey" | "limit">): number;
  changes(after: number, limit: number): Change[];
  records(kind: string): { id: string; data: string }[];
  close(): void;
}
