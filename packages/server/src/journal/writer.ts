import type { Committed, Write, WriterCalls } from "./calls.ts";
import { Connection, type DatabaseOptions, describe, openForWriting } from "./database.ts";
import { asJournalError, isFaultOfTheValues } from "./errors.ts";
import { JournalFiles } from "./files.ts";
import { JournalError } from "./journal.ts";
import { migrate } from "./migrations.ts";
import { type Packed, unpack } from "./packing.ts";
import { SqliteWrites } from "./sqlite-writes.ts";

interface Open {
  connection: Connection;
  writes: SqliteWrites;
}

/** A connection that writes. It is opened when it is first needed, and anew after a commit that failed. */
export class Writer implements WriterCalls {
  readonly #options: DatabaseOptions;
  readonly #about: string;
  readonly #files: JournalFiles;
  #open: Open | null = null;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#about = describe(options.file);
    this.#files = new JournalFiles(options.file);
  }

  open(): void {
    this.#opened();
  }

  commit(batch: Packed): Committed {
    return this.commitTogether([batch])[0] as Committed;
  }

  /** Batches that wait behind one another, in one commit. Throws when nothing of any is kept. */
  commitTogether(packed: readonly Packed[]): Committed[] {
    const batches = packed.map(unpack);
    const committed = this.#commit(batches);
    const first = committed[0];
    if (first !== undefined) first.rows = packed.reduce((sum, { rows }) => sum + rows, 0);
    return committed;
  }

  #commit(batches: readonly Write[][]): Committed[] {
    try {
      try {
        return this.#transaction((open) => batches.map((batch) => together(open, batch)));
      } catch (error) {
        if (!isFaultOfTheValues(error)) throw error;
        return this.#transaction((open) => batches.map((batch) => apart(open, batch, this.#about)));
      }
    } catch (error) {
      // Whether the connection is still good is not worth finding out: opening another takes a millisecond.
      this.close();
      throw asJournalError(error, this.#about);
    }
  }

  checkpoint(): void {
    try {
      this.#opened().connection.db.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (error) {
      this.close();
      throw asJournalError(error, this.#about);
    }
  }

  close(): void {
    const open = this.#open;
    this.#open = null;
    if (open === null) return;
    this.#files.closing();
    open.connection.db.close();
  }

  #transaction<T>(carryOut: (open: Open) => T): T {
    this.#files.check();
    const open = this.#opened();
    const { db } = open.connection;
    db.exec("BEGIN IMMEDIATE");
    try {
      const result = carryOut(open);
      db.exec("COMMIT");
      this.#files.check();
      return result;
    } catch (error) {
      open.writes.forget();
      // SQLite has rolled back by itself where the disk was full or failed.
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  }

  #opened(): Open {
    if (this.#open !== null) return this.#open;
    const db = openForWriting(this.#options);
    try {
      migrate(db, this.#about);
    } catch (error) {
      db.close();
      throw asJournalError(error, this.#about);
    }
    const connection = new Connection(db);
    this.#files.check();
    this.#open = { connection, writes: new SqliteWrites(connection) };
    return this.#open;
  }
}

/** Refusals come before a write has changed anything, so the batch goes on without it. */
function together({ writes }: Open, batch: readonly Write[]): Committed {
  const committed: Committed = { rows: 0, values: [], failures: [] };
  for (const [index, write] of batch.entries()) {
    try {
      committed.values.push(writes.carryOut(write));
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      committed.values.push(undefined);
      committed.failures.push({ index, error: { code: error.code, message: error.message } });
    }
  }
  return committed;
}

/** With a savepoint for each write, for batches that hold something which cannot be stored. */
function apart({ connection, writes }: Open, batch: readonly Write[], about: string): Committed {
  const committed: Committed = { rows: 0, values: [], failures: [] };
  for (const [index, write] of batch.entries()) {
    connection.db.exec("SAVEPOINT one");
    try {
      committed.values.push(writes.carryOut(write));
    } catch (error) {
      if (!(error instanceof JournalError) && !isFaultOfTheValues(error)) throw error;
      connection.db.exec("ROLLBACK TO one");
      writes.forget();
      const { code, message } = error instanceof JournalError ? error : unstorable(error, about);
      committed.values.push(undefined);
      committed.failures.push({ index, error: { code, message } });
    }
    connection.db.exec("RELEASE one");
  }
  return committed;
}

function unstorable(error: unknown, about: string): JournalError {
  const detail = error instanceof Error ? error.message : String(error);
  return new JournalError("io_error", `${about} cannot hold a value that it was given: ${detail}.`);
}
