import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { event, events, fact, newSession } from "../testing/journal-rows.ts";
import { outcome } from "./contract-subject.ts";
import type { Journal } from "./journal.ts";
import { MIGRATIONS } from "./migrations.ts";
import { openSqliteJournal, type SqliteJournalOptions } from "./sqlite.ts";

const KILOBYTE = "x".repeat(1_024);

describe("a journal that cannot go on", () => {
  let root: string;
  let directory: string;
  let file: string;
  const opened: Journal[] = [];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "parley-faults-"));
    directory = join(root, "data");
    file = join(directory, "journal.db");
  });

  afterEach(async () => {
    for (const journal of opened.splice(0)) await journal.close();
    rmSync(root, { recursive: true });
  });

  async function open(options: Partial<SqliteJournalOptions> = {}): Promise<Journal> {
    const journal = await openSqliteJournal({ directory, lockTimeout: 0, ...options });
    opened.push(journal);
    return journal;
  }

  /** A closed journal with one session of so many rows. */
  async function written(rows: number): Promise<void> {
    const journal = await open();
    await journal.create(
      newSession(),
      events(1, rows).map((row) => ({ ...row, data: KILOBYTE })),
      5,
    );
    await journal.close();
  }

  describe("from the start", () => {
    it("makes the directory for its owner alone", async () => {
      await open({ directory: join(directory, "deep") });
      expect(statSync(join(directory, "deep")).mode & 0o777).toBe(0o700);
    });

    it("refuses a directory in use, and names it", async () => {
      await open();
      await expect(open()).rejects.toMatchObject({
        code: "in_use",
        message: expect.stringContaining(`The data directory ${directory}: Another process is using it.`),
      });
    });

    it("refuses a path that goes through a file", async () => {
      writeFileSync(directory, "");
      await expect(open()).rejects.toMatchObject({
        code: "read_only",
        message: expect.stringContaining(directory),
      });
      await expect(open({ directory: join(directory, "deep") })).rejects.toMatchObject({ code: "read_only" });
    });

    it("refuses a file that cannot be opened, and lets go of the directory", async () => {
      mkdirSync(file, { recursive: true });
      await expect(open()).rejects.toMatchObject({
        code: "read_only",
        message: expect.stringContaining(file),
      });
      rmSync(file, { recursive: true });
      expect((await open()).fault()).toBeNull();
    });

    it("refuses a newer version", async () => {
      await written(1);
      using db = new DatabaseSync(file);
      db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
      await expect(open()).rejects.toMatchObject({
        code: "newer_version",
        message: expect.stringContaining(file),
      });
    });

    it.each<[string, () => void]>([
      ["is not a database", () => writeFileSync(file, "no database ".repeat(1_000))],
      ["is empty, and was not", () => truncateSync(file, 0)],
      ["lost its end", () => truncateSync(file, statSync(file).size / 2)],
      ["has a torn first page", () => writeFileSync(file, readFileSync(file).fill(7, 40, 4_000))],
      [
        "is another program's",
        () => {
          rmSync(file);
          using db = new DatabaseSync(file);
          db.exec("CREATE TABLE theirs (x)");
        },
      ],
    ])("refuses a file that %s, and leaves it as it is", async (_, damage) => {
      await written(100);
      damage();
      const before = readFileSync(file);
      await expect(open()).rejects.toMatchObject({ code: "damaged", message: expect.stringContaining(file) });
      expect(readFileSync(file).equals(before)).toBe(true);
    });
  });

  it("takes an empty file for a new journal where there was none: a first start may have been killed", async () => {
    mkdirSync(directory);
    writeFileSync(file, "");
    expect((await open()).fault()).toBeNull();
  });

  it("starts anew where the file was moved away, as its errors say", async () => {
    await written(1);
    renameSync(file, `${file}.away`);
    expect(await (await open()).list({ limit: 1 })).toEqual([]);
  });

  describe("on the way", () => {
    it("says that the disk is full, keeps nothing by halves, and goes on once there is room", async () => {
      const journal = await open({ maxBytes: 1_500_000 });
      const session = newSession();
      const key = await journal.create(session, [event(1, 1)], 5);
      const hog = newSession();
      const hogKey = await journal.create(hog, [fact(1)], 5);
      let position = 1;
      const fill = () =>
        journal.append({
          session: hogKey,
          after: position,
          rows: [{ ...fact(position + 1), data: KILOBYTE }],
        });
      while ((await outcome(fill())) === "resolved") position += 1;
      expect(position).toBeGreaterThan(100);

      expect(journal.fault()).toMatchObject({
        code: "disk_full",
        message: expect.stringMatching(`${file}: .*full.*Free some space`),
      });
      const large = events(2, 101).map((row) => ({ ...row, data: KILOBYTE }));
      expect(await outcome(journal.append({ session: key, after: 1, rows: large }))).toBe("disk_full");
      expect(await journal.load(session.id, 1)).toMatchObject({ rows: events(1, 1) });
      expect(await journal.probe(), "what writes a page or two would find room").toMatchObject({
        code: "disk_full",
      });

      {
        using other = new DatabaseSync(file);
        other.exec(`DELETE FROM journal WHERE session = ${hogKey}`);
      }
      expect(await journal.probe()).toBeNull();
      expect(await journal.records("reserve"), "what the probe wrote").toEqual([]);
      await journal.append({ session: key, after: 1, rows: large });
      expect(journal.fault()).toBeNull();
      expect((await journal.load(session.id, 1))?.rows).toHaveLength(101);
    });

    it("says that another program has locked the file, reads on, and goes on when it lets go", async () => {
      const journal = await open();
      const session = newSession();
      const key = await journal.create(session, [event(1, 1)], 5);
      using other = new DatabaseSync(file);
      other.exec("BEGIN IMMEDIATE");
      expect(await outcome(journal.append({ session: key, after: 1, rows: [event(2, 2)] }))).toBe("locked");
      expect(journal.fault()).toMatchObject({ code: "locked" });
      expect(await journal.probe()).toMatchObject({ code: "locked" });
      expect(await journal.find(session.id)).toMatchObject({ key });
      other.exec("ROLLBACK");
      expect(await journal.probe()).toBeNull();
      expect(journal.fault()).toBeNull();
      await journal.append({ session: key, after: 1, rows: [event(2, 2)] });
    });

    it("notices a newer release that has taken the file over", async () => {
      const journal = await open();
      const key = await journal.create(newSession(), [event(1, 1)], 5);
      using other = new DatabaseSync(file);
      other.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${MIGRATIONS.length + 1}`);
      const append = { session: key, after: 1, rows: [event(2, 2)] };
      expect(await outcome(journal.append(append))).toBe("locked");
      other.exec("COMMIT");
      expect(await outcome(journal.append(append))).toBe("newer_version");
      expect(await journal.probe()).toMatchObject({ code: "newer_version" });
      other.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
      await journal.append(append);
    });

    const log = () => `${file}-wal`;
    it.each<[string, () => void, () => void]>([
      ["removed", () => renameSync(file, `${file}.away`), () => renameSync(`${file}.away`, file)],
      [
        "replaced",
        () => {
          renameSync(file, `${file}.away`);
          copyFileSync(`${file}.away`, file);
        },
        () => renameSync(`${file}.away`, file),
      ],
      [
        "cut off",
        () => {
          copyFileSync(file, `${file}.copy`);
          truncateSync(file, 0);
        },
        () => writeFileSync(file, readFileSync(`${file}.copy`)),
      ],
    ])("notices that the file was %s under it, and goes on when it is back", async (how, lose, putBack) => {
      const journal = await open();
      const session = newSession();
      const key = await journal.create(session, [event(1, 1)], 5);
      lose();
      for (let i = 0; i < 2; i += 1) {
        expect(await outcome(journal.append({ session: key, after: 1, rows: [event(2, 2)] }))).toBe(
          "damaged",
        );
        expect(await journal.probe()).toMatchObject({
          code: "damaged",
          message: expect.stringMatching(`${file}: .*${how}.*put it back`),
        });
      }
      putBack();
      expect(await journal.probe()).toBeNull();
      await journal.append({ session: key, after: 1, rows: [event(2, 2)] });
      expect((await journal.load(session.id, 1))?.rows).toEqual(events(1, 2));
    });

    it.each<[string, () => void]>([
      ["removed", () => rmSync(log())],
      ["cut off", () => truncateSync(log(), 0)],
    ])("takes nothing more when its log was %s under it", async (how, lose) => {
      const journal = await open();
      const key = await journal.create(newSession(), [event(1, 1)], 5);
      lose();
      for (let i = 0; i < 2; i += 1) {
        expect(await outcome(journal.append({ session: key, after: 1, rows: [event(2, 2)] }))).toBe(
          "damaged",
        );
        expect(await journal.probe()).toMatchObject({ message: expect.stringMatching(`${log()}: .*${how}`) });
      }
    });

    it("does not mind what others do through SQLite", async () => {
      const journal = await open();
      const hog = newSession();
      const key = await journal.create(
        hog,
        events(1, 200).map((row) => ({ ...row, data: KILOBYTE })),
        5,
      );
      {
        using other = new DatabaseSync(file);
        other.exec("DELETE FROM journal WHERE position > 1; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
      }
      expect(await journal.probe()).toBeNull();
      expect((await journal.load(hog.id, 1))?.rows).toHaveLength(1);
      await journal.snapshot(key, { position: 1, version: 1, data: "{}" });
    });

    it("refuses a value that cannot be stored, and nothing else of its batch", async () => {
      const journal = await open();
      const [first, second] = [newSession(), newSession()];
      const keys = await Promise.all([
        journal.create(first, [event(1, 1)], 5),
        journal.create(second, [event(1, 1)], 5),
      ]);
      const unstorable = { ...event(3, 3), data: null as unknown as string };
      const outcomes = await Promise.all([
        outcome(journal.append({ session: keys[1], after: 1, rows: [event(2, 2)] })),
        outcome(journal.append({ session: keys[0], after: 1, rows: [event(2, 2), unstorable] })),
        outcome(journal.append({ session: keys[0], after: 3, rows: [event(4, 4)] })),
        outcome(journal.append({ session: keys[1], after: 2, rows: [event(3, 3)] })),
      ]);
      expect(outcomes).toEqual(["resolved", "io_error", "conflict", "resolved"]);
      expect(journal.fault()).toBeNull();
      expect(await journal.load(first.id, 1)).toMatchObject({ rows: events(1, 1) });
      expect(await journal.load(second.id, 1)).toMatchObject({ rows: events(1, 3) });
    });
  });
});
