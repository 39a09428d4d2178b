import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { asJournalError, journalFault } from "./errors.ts";
import type { JournalError } from "./journal.ts";

const BUSY = 5;

export interface DirectoryLock {
  release(): void;
}

/**
 * Makes the directory where it is missing (for its owner alone), and takes it for this process. The lock is SQLite's
 * on an empty file of its own: the kernel frees it when the process dies, however it dies.
 *
 * @throws JournalError `in_use` while another process has it; `read_only`, `disk_full` or `io_error` where it cannot
 *   be made or written
 */
export function lockDirectory(directory: string): DirectoryLock {
  const about = `The data directory ${directory}`;
  let db: DatabaseSync | null = null;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    db = new DatabaseSync(join(directory, "journal.lock"));
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    db?.close();
    throw isBusy(error) ? journalFault("in_use", about, "its lock is held") : unusable(error, about);
  }
  const held = db;
  return { release: () => held.close() };
}

/** SQLite says only that it cannot open a file in a directory that it may not write to. */
function unusable(error: unknown, about: string): JournalError {
  const isClosedToUs = error instanceof Error && "errcode" in error && error.errcode === 14;
  return isClosedToUs
    ? journalFault("read_only", about, error.message, { cause: error })
    : asJournalError(error, about);
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === BUSY;
}
