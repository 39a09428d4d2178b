import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { event, newSession } from "../testing/journal-rows.ts";
import { pack } from "./packing.ts";
import { Writer } from "./writer.ts";

let directory: string;
let writer: Writer;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "parley-files-"));
  writer = new Writer({ file: join(directory, "journal.db"), lockTimeout: 0, maxBytes: null });
});

afterEach(() => {
  vi.restoreAllMocks();
  writer.close();
  rmSync(directory, { recursive: true });
});

it("does not mind that the log is gone when the last connection was closed", () => {
  const session = newSession();
  writer.commit(pack([["create", session, [event(1, 1)], 5]]));
  {
    using other = new DatabaseSync(join(directory, "journal.db"));
    other.exec("BEGIN IMMEDIATE");
    expect(() => writer.commit(pack([["wake", session.id]]))).toThrow(
      expect.objectContaining({ code: "locked" }),
    );
    other.exec("ROLLBACK");
  }
  expect(existsSync(join(directory, "journal.db-wal"))).toBe(false);
  writer.commit(pack([["append", 1, 1, [event(2, 2)], null]]));
});

it("does not call a commit kept whose file went away while it was made", () => {
  writer.commit(pack([["create", newSession(), [event(1, 1)], 5]]));
  const file = join(directory, "journal.db");
  const exec = DatabaseSync.prototype.exec;
  vi.spyOn(DatabaseSync.prototype, "exec").mockImplementation(function (this: DatabaseSync, sql) {
    if (sql === "COMMIT") rmSync(file, { force: true });
    exec.call(this, sql);
  });
  expect(() => writer.commit(pack([["append", 1, 1, [event(2, 2)], null]]))).toThrow(
    expect.objectContaining({ code: "damaged" }),
  );
});
