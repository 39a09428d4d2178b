import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import type { JournalError } from "./journal.ts";
import { MIGRATIONS, migrate } from "./migrations.ts";

const NEXT = [...MIGRATIONS, "ALTER TABLE sessions ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'"];

function version(db: DatabaseSync): unknown {
  return db.prepare("PRAGMA user_version").get()?.user_version;
}

function tables(db: DatabaseSync): unknown[] {
  const rows = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  return rows.map(({ name }) => name);
}

function refusal(db: DatabaseSync, migrations?: readonly string[]): Pick<JournalError, "code" | "message"> {
  try {
    migrate(db, "The journal x.db", migrations);
  } catch (error) {
    return error as JournalError;
  }
  throw new Error("It was not refused.");
}

describe("migrate", () => {
  it("makes a new file one of the newest version, and leaves that alone", () => {
    using db = new DatabaseSync(":memory:");
    migrate(db, "x");
    expect(version(db)).toBe(MIGRATIONS.length);
    expect(tables(db)).toEqual(expect.arrayContaining(["journal", "records", "sessions", "snapshots"]));
    migrate(db, "x");
    expect(version(db)).toBe(MIGRATIONS.length);
  });

  it("brings a file with data forward, step by step", () => {
    using db = new DatabaseSync(":memory:");
    migrate(db, "x");
    db.exec(`INSERT INTO sessions (id, sub, connector, host, resume_hash, created_at, streaming, platform, attributes,
      state, deadline, seen_at) VALUES ('a', 'b', 'c', 'd', 'e', 1, 0, 'web', '{}', 'awake', 2, 3)`);
    migrate(db, "x", [...NEXT, "UPDATE sessions SET mood = mood || '!'"]);
    expect(version(db)).toBe(MIGRATIONS.length + 2);
    expect(db.prepare("SELECT id, mood FROM sessions").get()).toMatchObject({ id: "a", mood: "calm!" });
  });

  it("leaves the version before a step that fails, and takes it up from there", () => {
    using db = new DatabaseSync(":memory:");
    const broken = [...NEXT, "CREATE TABLE half (x); INSERT INTO nowhere VALUES (1)"];
    expect(() => migrate(db, "x", broken)).toThrow("no such table");
    expect(version(db)).toBe(NEXT.length);
    expect(tables(db)).not.toContain("half");
    migrate(db, "x", [...NEXT, "CREATE TABLE half (x)"]);
    expect(version(db)).toBe(NEXT.length + 1);
  });

  it("refuses a newer version, and names both", () => {
    using db = new DatabaseSync(":memory:");
    migrate(db, "x", NEXT);
    const { code, message } = refusal(db);
    expect(code).toBe("newer_version");
    expect(message).toContain("The journal x.db: ");
    expect(message).toContain(`its version is ${NEXT.length}, this release knows ${MIGRATIONS.length}`);
  });

  it("refuses a database of another program, whatever its version, and leaves it alone", () => {
    using db = new DatabaseSync(":memory:");
    db.exec("CREATE TABLE theirs (x)");
    expect(refusal(db)).toMatchObject({ code: "damaged" });
    db.exec("PRAGMA user_version = 1");
    expect(refusal(db)).toMatchObject({ code: "damaged" });
    expect(tables(db)).toEqual(["theirs"]);
  });
});
