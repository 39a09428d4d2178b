import { statSync } from "node:fs";
import { join } from "node:path";
import { Batcher } from "./batcher.ts";
import type { ReaderCalls, Rest, Write, WriterCalls, Writes } from "./calls.ts";
import { Checkpointer } from "./checkpointer.ts";
import { type DatabaseOptions, describe } from "./database.ts";
import { journalFault } from "./errors.ts";
import {
  type Append,
  type Change,
  type HandoffFilter,
  type Journal,
  JournalError,
  type JournalFault,
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
} from "./journal.ts";
import { type DirectoryLock, lockDirectory } from "./lock.ts";
import { pack } from "./packing.ts";
import { Thread } from "./thread.ts";

export interface SqliteJournalOptions {
  /** Holds the files `journal.db*` and `journal.lock`; made, for its owner alone, when it is missing. */
  directory: string;
  /** What the file may grow to, bytes: beyond it, commits fail with `disk_full`. Default: what the disk holds. */
  maxBytes?: number;
  /** How long a commit waits for another program's lock on the file before it fails with `locked`. Default 5,000 ms. */
  lockTimeout?: number;
}

/**
 * Opens the journal of a data directory, and keeps the directory for this process until the journal is closed.
 *
 * @throws JournalError `in_use`, `newer_version`, `damaged`, `read_only`, `disk_full`, `locked` or `io_error`
 */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<Journal> {
  const { directory, maxBytes = null, lockTimeout = 5_000 } = options;
  const lock = lockDirectory(directory);
  const file = join(directory, "journal.db");
  const database: DatabaseOptions = { file, lockTimeout, maxBytes };
  const writer = new Thread<WriterCalls>(
    "journal's writer",
    new URL("./writer-thread.ts", import.meta.url),
    database,
  );
  const helper = new Thread<WriterCalls>(
    "journal's checkpointer",
    new URL("./writer-thread.ts", import.meta.url),
    database,
  );
  const reader = new Thread<ReaderCalls>(
    "journal's reader",
    new URL("./reader-thread.ts", import.meta.url),
    database,
  );
  try {
    if (lock.hadJournal && statSync(file, { throwIfNoEntry: false })?.size === 0) {
      throw journalFault("damaged", describe(file), "it is empty, and was not");
    }
    reader.begin();
    await writer.call("open");
    await reader.call("open");
    lock.keepsJournal();
  } catch (error) {
    await Promise.all([writer.stop(), helper.stop(), reader.stop()]);
    lock.release();
    throw error;
  }
  return new SqliteJournal({ writer, reader, helper, lock });
}

export interface SqliteJournalParts {
  writer: Pick<Thread<WriterCalls>, "call" | "stop">;
  reader: Pick<Thread<ReaderCalls>, "call" | "stop">;
  /** Writes the log back. */
  helper: Pick<Thread<WriterCalls>, "call" | "stop">;
  lock: DirectoryLock;
}

interface Waiting {
  write: Write;
  resolve: (value: unknown) => void;
  reject: (error: JournalError) => void;
}

/**
 * Writes go through one thread, grouped into commits; reads go through another, which a commit never waits for, and a third
 * writes the log back.
 */
export class SqliteJournal implements Journal {
  readonly #parts: SqliteJournalParts;
  readonly #batcher: Batcher<Waiting>;
  readonly #checkpointer: Checkpointer;
  #fault: JournalFault = null;
  #closing: Promise<void> | null = null;

  constructor(parts: SqliteJournalParts) {
    this.#parts = parts;
    this.#checkpointer = new Checkpointer(parts.helper, parts.writer);
    this.#batcher = new Batcher({ send: (batch) => this.#commit(batch) });
  }

  create(session: NewSession, rows: readonly Row[], deadline: number): Promise<number> {
    return this.#write(["create", session, rows, deadline], rows.length);
  }

  append({ session, after, rows, endedAt: ended, handoffs }: Append): Promise<void> {
    const endedAt = ended ?? null;
    if (handoffs === undefined) return this.#write(["append", session, after, rows, endedAt], rows.length);
    return this.#write(["append", session, after, rows, endedAt, handoffs], rows.length + handoffs.length);
  }

  async events(session: number, page: Page): Promise<StoredEvent[]> {
    const { sequences, texts } = await this.#read("events", session, page);
    return texts.map((data, index) => ({ sequence: sequences[index] as number, data }));
  }

  entries(session: number, page: RowPage): Promise<Row[]> {
    return this.#read("entries", session, page);
  }

  find(id: string): Promise<SessionRecord | null> {
    return this.#read("find", id);
  }

  async load(id: string, snapshotVersion: number): Promise<LoadedSession | null> {
    const key = await this.#write(["wake", id]);
    return key === null ? null : this.#parts.reader.call("load", key, snapshotVersion);
  }

  snapshot(session: number, snapshot: Snapshot): Promise<void> {
    return this.#write(["snapshot", session, snapshot]);
  }

  sleep(session: number, rest: Rest): Promise<void> {
    return this.#write(["sleep", session, rest]);
  }

  due(now: number, limit: number): Promise<string[]> {
    return this.#read("due", now, limit);
  }

  recover(deadline: number, seenAfter: number): Promise<string[]> {
    return this.#write(["recover", deadline, seenAfter]);
  }

  list(filter: SessionFilter): Promise<SessionRecord[]> {
    return this.#read("list", filter);
  }

  handoff(id: string): Promise<StoredHandoff | null> {
    return this.#read("handoff", id);
  }

  handoffs(filter: HandoffFilter): Promise<StoredHandoff[]> {
    return this.#read("handoffs", filter);
  }

  countHandoffs(filter: Omit<HandoffFilter, "beforeKey" | "limit">): Promise<number> {
    return this.#read("countHandoffs", filter);
  }

  changes(after: number, limit: number): Promise<Change[]> {
    return this.#read("changes", after, limit);
  }

  records(kind: string): Promise<{ id: string; data: string }[]> {
    return this.#read("records", kind);
  }

  putRecord(kind: string, id: string, data: string): Promise<void> {
    return this.#write(["putRecord", kind, id, data]);
  }

  deleteRecord(kind: string, id: string): Promise<boolean> {
    return this.#write(["deleteRecord", kind, id]);
  }

  fault(): JournalFault {
    return this.#fault;
  }

  async probe(): Promise<JournalFault> {
    try {
      // In two commits: what one adds and takes away again is never written.
      await this.#write(["reserve"]);
      await this.#write(["release"]);
    } catch (error) {
      // What it failed with is the fault by now; only a closed journal has none.
      if (error instanceof JournalError && error.code === "closed") throw error;
    }
    return this.#fault;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { writer, reader, helper, lock } = this.#parts;
    await this.#batcher.idle();
    try {
      await this.#checkpointer.close();
      // Reads that are under way, those of loads too, have been asked for before this and so are answered before it.
      // The last connection to close writes the log back into the file and removes it, which only the writer can.
      await reader.call("close");
      await writer.call("close");
    } finally {
      await Promise.all([reader.stop(), helper.stop(), writer.stop()]);
      lock.release();
    }
  }

  #write<K extends keyof Writes>(
    write: [K, ...Parameters<Writes[K]>] & Write,
    rows = 1,
  ): Promise<ReturnType<Writes[K]>> {
    if (this.#closing !== null) return Promise.reject(closed());
    return new Promise<unknown>((resolve, reject) => {
      this.#batcher.add({ write, resolve, reject }, rows);
    }) as Promise<ReturnType<Writes[K]>>;
  }

  #read<K extends keyof ReaderCalls>(
    name: K,
    ...values: Parameters<ReaderCalls[K]>
  ): Promise<ReturnType<ReaderCalls[K]>> {
    if (this.#closing !== null) return Promise.reject(closed());
    return this.#parts.reader.call(name, ...values);
  }

  async #commit(batch: Waiting[]): Promise<void> {
    try {
      const packed = pack(batch.map(({ write }) => write));
      const { rows, values, failures } = await this.#parts.writer.call("commit", packed);
      if (rows > 0) this.#checkpointer.committed(rows);
      // Where all were refused there was nothing to commit, which proves nothing.
      if (failures.length < batch.length) this.#fault = null;
      for (const { index, error } of failures) {
        batch[index]?.reject(new JournalError(error.code, error.message));
      }
      for (const [index, value] of values.entries()) batch[index]?.resolve(value);
    } catch (thrown) {
      const error = thrown instanceof JournalError ? thrown : unsendable(thrown);
      if (error.code !== "conflict" && error.code !== "unknown_session") {
        this.#fault = { code: error.code, message: error.message };
      }
      for (const { reject } of batch) reject(error);
    }
  }
}

function closed(): JournalError {
  return new JournalError("closed", "The journal is closed.");
}

function unsendable(error: unknown): JournalError {
  return new JournalError("io_error", `The journal's writer could not be asked: ${error}`, { cause: error });
}
