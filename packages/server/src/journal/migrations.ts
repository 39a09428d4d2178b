import type { DatabaseSync } from "node:sqlite";
import { journalFault } from "./errors.ts";

/** "prly": marks the file as a journal of Parley's [https://sqlite.org/fileformat2.html#application_id]. */
export const APPLICATION_ID = 0x70726c79;

/**
 * Version 1. The layout follows what the queries need and no more, since each index costs every append:
 * - `journal` is a table in the order of the commits, which is the feed, with the unique index alone.
 * - A fact's `sequence` is that of the last event before it. So positions and sequences rise together, and an event
 *   is found by bisection over the one index.
 * - Ended sessions are in no index that a sweep or a start reads.
 */
const FIRST = `
  CREATE TABLE sessions (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    sub TEXT NOT NULL,
    connector TEXT NOT NULL,
    host TEXT NOT NULL,
    resume_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    streaming INTEGER NOT NULL,
    platform TEXT NOT NULL,
    device_type TEXT,
    locale TEXT,
    attributes TEXT NOT NULL,
    context_id TEXT,
    state TEXT NOT NULL CHECK (state IN ('awake', 'asleep', 'owing', 'ended')),
    ended_at INTEGER CHECK ((ended_at IS NOT NULL) = (state = 'ended')),
    deadline INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sessions_by_creation ON sessions (created_at);
  CREATE INDEX sessions_by_connector ON sessions (connector, created_at);
  CREATE INDEX sessions_open ON sessions (created_at) WHERE state <> 'ended';
  CREATE INDEX sessions_due ON sessions (deadline) WHERE state IN ('asleep', 'owing');
  CREATE INDEX sessions_to_recover ON sessions (seen_at) WHERE state IN ('awake', 'owing');

  CREATE TABLE journal (
    change INTEGER PRIMARY KEY,
    session INTEGER NOT NULL,
    position INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX journal_by_position ON journal (session, position);

  CREATE TABLE snapshots (
    session INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    version INTEGER NOT NULL,
    data TEXT NOT NULL
  ) STRICT;

  CREATE TABLE records (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
`;

/** Version 2: rows are found by blocks (`blocks.ts`), since the index over all cost an append more than the row itself. */
const SECOND = `
  CREATE TABLE blocks (
    session INTEGER NOT NULL,
    position INTEGER NOT NULL,
    block INTEGER NOT NULL,
    PRIMARY KEY (session, position)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO blocks SELECT session, min(position), change >> 13 FROM journal GROUP BY session, change >> 13;
  CREATE UNIQUE INDEX journal_by_block ON journal (change >> 13, session, position);
  DROP INDEX journal_by_position;
`;

/**
 * Version 3: handoffs, as they are behind the rows that changed them. Those of earlier rows are in no list: they had no
 * id, and were over as soon as they began.
 */
const THIRD = `
  CREATE TABLE handoffs (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    session INTEGER NOT NULL,
    provider TEXT NOT NULL,
    queue TEXT,
    stage TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX handoffs_by_request ON handoffs (requested_at);
  CREATE INDEX handoffs_by_session ON handoffs (session, requested_at);
  CREATE INDEX handoffs_open ON handoffs (requested_at) WHERE stage IN ('requested', 'accepted', 'queued', 'joined');
`;

/** Each brings the file from the version that is its index to the next. Never changed once released; only added to. */
export const MIGRATIONS: readonly string[] = [FIRST, SECOND, THIRD];

/**
 * Brings a file to the newest version, each step in a transaction of its own.
 *
 * @throws JournalError as `versionOf` does
 */
export function migrate(db: DatabaseSync, about: string, migrations = MIGRATIONS): void {
  const version = versionOf(db, about, migrations);
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    db.exec("BEGIN IMMEDIATE");
    try {
      db.exec(migration);
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${index + 1}; COMMIT`);
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  }
}

/**
 * The version of a file, 0 for a new one. Only reads.
 *
 * @throws JournalError `damaged` for a database that is not a journal, `newer_version` for one of a later release
 */
export function versionOf(db: DatabaseSync, about: string, migrations = MIGRATIONS): number {
  const version = pragma(db, "user_version");
  const isNew = version === 0 && count(db) === 0;
  if (!isNew && pragma(db, "application_id") !== APPLICATION_ID) {
    throw journalFault("damaged", about, "a database of another program");
  }
  if (version > migrations.length) {
    const detail = `its version is ${version}, this release knows ${migrations.length}`;
    throw journalFault("newer_version", about, detail);
  }
  return version;
}

function pragma(db: DatabaseSync, name: "user_version" | "application_id"): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/** How many tables and indexes there are. */
function count(db: DatabaseSync): number {
  return Number(db.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.count);
}
