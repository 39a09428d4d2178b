import { closeSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { describe } from "./database.ts";
import { journalFault } from "./errors.ts";

/**
 * Notices when a journal's files are no longer those that its connection has open: removed, replaced or cut off by
 * somebody else. SQLite would go on writing to what no path leads to any more, and all of it would be gone at the next
 * start.
 *
 * The files stay pinned when the connection is opened anew: a process that has sessions in memory takes no other file
 * for their journal. What others do to it through SQLite, such as a backup or a VACUUM, is fine.
 */
export class JournalFiles {
  readonly #file: string;
  readonly #log: string;
  readonly #known = new Map<string, Stats>();

  constructor(file: string) {
    this.#file = file;
    this.#log = `${file}-wal`;
  }

  /**
   * To be called before a commit and, since what went into a file that is not there any more is not kept, behind it.
   *
   * @throws JournalError `damaged` when a file is not the one that it was at the last call
   */
  check(): void {
    for (const path of [this.#file, this.#log]) {
      const known = this.#known.get(path);
      const found = statSync(path, { throwIfNoEntry: false });
      const change = known === undefined ? null : this.#changeOf(path, known, found);
      if (change !== null) {
        const detail = `it was ${change} under the running server: put it back, or start again with what is there`;
        throw journalFault("damaged", describe(path), detail);
      }
      if (found !== undefined) this.#known.set(path, found);
    }
  }

  /**
   * The connection is about to be closed, and the last one to close removes the log. A log that was lost before stays
   * remembered, so that a new one is not taken for it.
   */
  closing(): void {
    try {
      this.check();
      this.#known.delete(this.#log);
    } catch {}
  }

  #changeOf(path: string, known: Stats, found: Stats | undefined): string | null {
    if (found === undefined) return "removed";
    if (found.ino !== known.ino || found.dev !== known.dev) return "replaced";
    if (found.size >= known.size) return null;
    const { fileBytes, logBytes } = readIndex(`${this.#file}-shm`);
    return found.size < (path === this.#log ? logBytes : fileBytes) ? "cut off" : null;
  }
}

/** Bytes at the head of a log, and of each of its frames around the page [https://sqlite.org/fileformat2.html#walformat]. */
const LOG_HEAD = 32;
const FRAME_HEAD = 24;

/** How large the files are by the index of the log, which all connections share [https://sqlite.org/walformat.html]. */
function readIndex(path: string): { fileBytes: number; logBytes: number } {
  const head = new DataView(new ArrayBuffer(48));
  const descriptor = openSync(path, "r");
  try {
    readSync(descriptor, head, 0, head.byteLength, 0);
  } finally {
    closeSync(descriptor);
  }
  // In the byte order of the machine; 1 stands for 65,536.
  const size = head.getUint16(14, LITTLE_ENDIAN);
  const page = size === 1 ? 65_536 : size;
  const frames = head.getUint32(16, LITTLE_ENDIAN);
  const pages = head.getUint32(20, LITTLE_ENDIAN);
  return {
    fileBytes: pages * page,
    logBytes: frames === 0 ? 0 : LOG_HEAD + frames * (FRAME_HEAD + page),
  };
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
