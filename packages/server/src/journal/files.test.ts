import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { event, newSession } from "../testing/journal-rows.ts";
import { toCells } from "./calls.ts";
import { Writer } from "./writer.ts";

let directory: string;
let writer: Writer;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "parley-files-"));
  writer = new Writer({ file: join(directory, "journal.db"), lockTimeout: 0, maxBytes: null });
});

afterEach(() => {
  writer.close();
  rmSync(directory, { recursive: true });
});

it("does not mind that the log is gone when the last connection was closed", () => {
  const session = newSession();
  writer.commit([["create", session, [toCells(event(1, 1))], 5]]);
  {
    using other = new DatabaseSync(join(directory, "journal.db"));
    other.exec("BEGIN IMMEDIATE");
    expect(() => writer.commit([["wake", session.id]])).toThrow(expect.objectContaining({ code: "locked" }));
    other.exec("ROLLBACK");
  }
  expect(existsSync(join(directory, "journal.db-wal"))).toBe(false);
  writer.commit([["append", 1, 1, [toCells(event(2, 2))], null]]);
});

it("does not call a commit kept whose file went away while it was made", () => {
  writer.commit([["create", newSession(), [toCells(event(1, 1))], 5]]);
  const file = join(directory, "journal.db");
  const cells = toCells(event(2, 2));
  const data = cells[4];
  Object.defineProperty(cells, 4, {
    get() {
      rmSync(file, { force: true });
      return data;
    },
  });
  expect(() => writer.commit([["append", 1, 1, [cells], null]])).toThrow(
    expect.objectContaining({ code: "damaged" }),
  );
});
