import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * What an index costs an append: `npm run bench:layout`. Rows of 1,000 sessions that all speak in turn, in commits of
 * 256 with `synchronous=FULL`; see docs/decisions/0007-rows-are-found-by-blocks.md.
 */
const SESSIONS = 1_000;
const COMMIT_ROWS = 256;
/** The first part fills the indexes; what is measured is the second. */
const ROWS = 60_000;
const DATA = "x".repeat(400);

const LAYOUTS: Record<string, string> = {
  "no index": "",
  "by block (8,192 rows), session and position":
    "CREATE UNIQUE INDEX found ON journal (change >> 13, session, position)",
  "by session and position": "CREATE UNIQUE INDEX found ON journal (session, position)",
};

/** @returns rows a second, and microseconds of CPU a row */
function measure(index: string): { rate: number; cpu: number } {
  const directory = mkdtempSync(join(tmpdir(), "parley-layout-"));
  const db = new DatabaseSync(join(directory, "journal.db"));
  try {
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768;
      CREATE TABLE journal (change INTEGER PRIMARY KEY, session INTEGER NOT NULL, position INTEGER NOT NULL,
        sequence INTEGER NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL) STRICT;
      ${index}`);
    const insert = db.prepare(
      "INSERT INTO journal (session, position, sequence, kind, version, data) VALUES (?, ?, ?, 'event', 1, ?)",
    );
    const order = Array.from({ length: SESSIONS }, (_, session) => session);
    let row = 0;
    const fill = () => {
      for (const end = row + ROWS; row < end; ) {
        db.exec("BEGIN IMMEDIATE");
        for (let i = 0; i < COMMIT_ROWS; i += 1, row += 1) {
          if (row % SESSIONS === 0) order.sort(() => Math.random() - 0.5);
          const position = Math.floor(row / SESSIONS) + 1;
          insert.run(order[row % SESSIONS] ?? 0, position, position, DATA);
        }
        db.exec("COMMIT");
      }
    };
    fill();
    const before = { cpu: process.cpuUsage(), at: performance.now() };
    fill();
    const { user, system } = process.cpuUsage(before.cpu);
    return { rate: (ROWS * 1_000) / (performance.now() - before.at), cpu: (user + system) / ROWS };
  } finally {
    db.close();
    rmSync(directory, { recursive: true });
  }
}

for (const [name, index] of Object.entries(LAYOUTS)) {
  const { rate, cpu } = measure(index);
  console.log(
    `${name.padEnd(45)} ${Math.round(rate).toLocaleString("en")} rows/s, ${cpu.toFixed(1)} µs CPU a row`,
  );
}
