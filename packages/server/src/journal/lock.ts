import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { asJournalError, journalFault, primaryCode } from "./errors.ts";

const SQLITE_BUSY = 5;

export interface DirectoryLock {
  /** Whether a journal was made in the directory before: an empty file is then no new one, but one that was lost. */
  readonly hadJournal: boolean;
  /** A journal is there from now on. */
  keepsJournal(): void;
  release(): void;
}

/**
 * Makes the directory where it is missing (for its owner alone), and takes it for this process. The lock is SQLite's
 * on a file of its own: the kernel frees it when the process dies, however it dies. Its version is 1 once there is a
 * journal.
 *
 * @throws JournalError `in_use` while another process has it; `read_only`, `disk_full` or `io_error` where it cannot
 *   be made or written
 */
export function lockDirectory(directory: string): DirectoryLock {
  const about = `The data directory ${directory}`;
  let db: DatabaseSync | null = null;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const opened = new DatabaseSync(join(directory, "journal.lock"));
    db = opened;
    // In this mode the lock outlives the transaction.
    opened.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
    const hadJournal = opened.prepare("PRAGMA user_version").get()?.user_version === 1;
    return {
      hadJournal,
      keepsJournal() {
        try {
          if (!hadJournal) opened.exec("PRAGMA user_version = 1");
        } catch (error) {
          throw asJournalError(error, about);
        }
      },
      release: () => opened.close(),
    };
  } catch (error) {
    db?.close();
    throw primaryCode(error) === SQLITE_BUSY
      ? journalFault("in_use", about, "its lock is held", { cause: error })
      : asJournalError(error, about);
  }
}
