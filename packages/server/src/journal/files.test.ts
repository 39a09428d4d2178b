import { existsSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, it, vi } from "vitest";
import { useConnections } from "../testing/journal-connections.ts";
import { event, newSession } from "../testing/journal-rows.ts";
import { pack } from "./packing.ts";

const journal = useConnections();

afterEach(() => {
  vi.restoreAllMocks();
});

it("does not mind that the log is gone when the last connection was closed", () => {
  const session = newSession();
  journal.writer.commit(pack([["create", session, [event(1, 1)], 5]]));
  {
    using other = new DatabaseSync(journal.file);
    other.exec("BEGIN IMMEDIATE");
    expect(() => journal.writer.commit(pack([["wake", session.id]]))).toThrow(
      expect.objectContaining({ code: "locked" }),
    );
    other.exec("ROLLBACK");
  }
  expect(existsSync(`${journal.file}-wal`)).toBe(false);
  journal.writer.commit(pack([["append", 1, 1, [event(2, 2)], null]]));
});

it("does not call a commit kept whose file went away while it was made", () => {
  journal.writer.commit(pack([["create", newSession(), [event(1, 1)], 5]]));
  const { file } = journal;
  const exec = DatabaseSync.prototype.exec;
  vi.spyOn(DatabaseSync.prototype, "exec").mockImplementation(function (this: DatabaseSync, sql) {
    if (sql === "COMMIT") rmSync(file, { force: true });
    exec.call(this, sql);
  });
  expect(() => journal.writer.commit(pack([["append", 1, 1, [event(2, 2)], null]]))).toThrow(
    expect.objectContaining({ code: "damaged" }),
  );
});
