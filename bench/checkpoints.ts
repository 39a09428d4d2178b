import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/**
 * What writing the log back costs the commits beside it: `npm run bench:checkpoints`. A thousand commits a second of five
 * rows, `synchronous=FULL`; see docs/decisions/0008-checkpoints-on-a-thread-of-their-own.md.
 */
const SECONDS = 5;
const COMMIT_ROWS = 5;
const SESSIONS = 1_000;
/** What such a commit adds to the log. */
const COMMIT_PAGES = 5;
const DATA = "x".repeat(400);

interface Way {
  name: string;
  /** Pages after which the commit itself writes the log back; 0: never. */
  automatic: number;
  /** Pages after which a thread of its own does; 0: never. */
  beside: number;
}

const WAYS: Way[] = [
  { name: "by the commit, each 100 pages", automatic: 100, beside: 0 },
  { name: "by the commit, each 1,000 pages", automatic: 1_000, beside: 0 },
  { name: "beside the commits, each 500 pages", automatic: 0, beside: 500 },
  // The log is not written over, but grows: its sync has to write the file's new size as well.
  { name: "never", automatic: 0, beside: 0 },
];

const CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)";

/** @returns milliseconds of each commit, ascending */
async function measure({ automatic, beside }: Way): Promise<number[]> {
  const directory = mkdtempSync(join(tmpdir(), "parley-checkpoints-"));
  const file = join(directory, "journal.db");
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${automatic};
    CREATE TABLE journal (change INTEGER PRIMARY KEY, session INTEGER NOT NULL, position INTEGER NOT NULL,
      data TEXT NOT NULL) STRICT;
    CREATE UNIQUE INDEX found ON journal (change >> 13, session, position)`);
  const insert = db.prepare("INSERT INTO journal (session, position, data) VALUES (?, ?, ?)");
  const helper = beside > 0 ? new Worker(new URL(import.meta.url), { workerData: file }) : null;
  let isHelping = false;
  let isHelped = false;
  helper?.on("message", () => {
    isHelping = false;
    isHelped = true;
  });
  const times: number[] = [];
  let row = 0;
  let pages = 0;
  try {
    const end = performance.now() + SECONDS * 1_000;
    for (let due = performance.now(); performance.now() < end; await setImmediate()) {
      const began = performance.now();
      if (began < due) continue;
      due = Math.max(due + 1, began - 5);
      db.exec("BEGIN IMMEDIATE");
      for (let i = 0; i < COMMIT_ROWS; i += 1, row += 1) insert.run((row * 7_919) % SESSIONS, row, DATA);
      db.exec("COMMIT");
      pages += COMMIT_PAGES;
      if (helper !== null && pages >= beside && !isHelping) {
        [pages, isHelping] = [0, true];
        helper.postMessage(null);
      }
      // What has come since is little, and then the log begins anew.
      if (isHelped) db.exec(CHECKPOINT);
      isHelped = false;
      times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b);
  } finally {
    await helper?.terminate();
    db.close();
    rmSync(directory, { recursive: true });
  }
}

if (isMainThread) {
  for (const way of WAYS) {
    const times = await measure(way);
    const at = (share: number) => (times[Math.floor(times.length * share)] ?? Number.NaN).toFixed(2);
    console.log(
      `${way.name.padEnd(38)} ${times.length} commits, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, p99.9 ${at(0.999)} ms`,
    );
  }
} else {
  const db = new DatabaseSync(workerData);
  db.exec("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
  parentPort?.on("message", () => {
    db.exec(CHECKPOINT);
    parentPort?.postMessage(null);
  });
}
