import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { asJournalError, journalFault, primaryCode } from "./errors.ts";

const SQLITE_BUSY = 5;

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
    throw primaryCode(error) === SQLITE_BUSY
      ? journalFault("in_use", about, "its lock is held", { cause: error })
      : asJournalError(error, about);
  }
  const held = db;
  return { release: () => held.close() };
}
