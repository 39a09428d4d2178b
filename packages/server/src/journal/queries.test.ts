import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useConnections } from "../testing/journal-connections.ts";
import { event, newSession } from "../testing/journal-rows.ts";
import type { Write } from "./calls.ts";
import type { HandoffFilter, SessionFilter } from "./journal.ts";
import { pack } from "./packing.ts";

const OPENS_NOTHING = /^(SCAN CONSTANT ROW|(SCALAR|REUSE) SUBQUERY \d+)$/;

describe("every query finds its rows by an index, in their order", () => {
  const journal = useConnections();
  let statements: Set<string>;

  beforeEach(() => {
    journal.writer.open();
    statements = new Set();
    const prepare = DatabaseSync.prototype.prepare;
    vi.spyOn(DatabaseSync.prototype, "prepare").mockImplementation(function (this: DatabaseSync, sql) {
      statements.add(sql);
      return prepare.call(this, sql);
    });
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  function write(...batch: Write[]): void {
    expect(journal.writer.commit(pack(batch)).failures).toEqual([]);
  }

  /** What SQLite does for each statement that was prepared since. */
  function plans(): string[] {
    vi.restoreAllMocks();
    using db = new DatabaseSync(journal.file);
    return [...statements]
      .filter((sql) => !sql.startsWith("PRAGMA"))
      .flatMap((sql) => db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all())
      .map(({ detail }) => String(detail))
      .filter((detail) => !OPENS_NOTHING.test(detail));
  }

  const snapshot = { position: 1, version: 1, data: "{}" };

  it("for every write but the one after a start", () => {
    const session = newSession();
    write(["create", session, [event(1, 1)], 5]);
    write(["append", 1, 1, [event(2, 2)], null], ["wake", session.id], ["snapshot", 1, snapshot]);
    write(["sleep", 1, { snapshot, deadline: 1, seenAt: 1, owes: true }], ["wake", session.id]);
    write(["append", 1, 2, [event(3, 3)], 9]);
    write(["putRecord", "kind", "id", "data"], ["deleteRecord", "kind", "id"]);
    write(["reserve"], ["release"]);
    expect(plans().length).toBeGreaterThan(5);
    for (const plan of plans())
      expect(plan).toMatch(/^SEARCH \w+ USING (COVERING )?(INDEX|INTEGER PRIMARY KEY|PRIMARY KEY)/);
  });

  it("for the recovery, which reads no ended session", () => {
    write(["recover", 1, 1]);
    expect(plans()).toEqual([
      "SCAN sessions USING INDEX sessions_open",
      "SCAN sessions USING INDEX sessions_to_recover",
      "USE TEMP B-TREE FOR ORDER BY",
    ]);
  });

  it("for the sweep, which reads no ended session", () => {
    journal.reader.due(1, 1);
    expect(plans()).toEqual(["SEARCH sessions USING INDEX sessions_due (deadline<?)"]);
  });

  it("for reading sessions and rows", () => {
    journal.reader.find("id");
    journal.reader.load(1, 1);
    journal.reader.events(1, { after: 0, events: 1, bytes: 1 });
    journal.reader.entries(1, { after: 0, rows: 1, bytes: 1 });
    journal.reader.changes(0, 1);
    journal.reader.records("kind");
    expect(plans().length).toBeGreaterThan(5);
    for (const plan of plans()) expect(plan).toMatch(/^SEARCH /);
  });

  it.each<[string, Omit<SessionFilter, "limit">, string]>([
    ["all", {}, "SCAN sessions USING INDEX sessions_by_creation"],
    ["a connector's", { connector: "a" }, "SEARCH sessions USING INDEX sessions_by_connector (connector=?)"],
    ["those still open", { status: "open" }, "SCAN sessions USING INDEX sessions_open"],
    [
      "those of a time",
      { createdFrom: 1, createdBefore: 2 },
      "SEARCH sessions USING INDEX sessions_by_creation (created_at>? AND created_at<?)",
    ],
  ])("for a list of %s", (_, filter, plan) => {
    journal.reader.list({ ...filter, limit: 1 });
    expect(plans()).toEqual([plan]);
  });

  it.each<[string, Omit<HandoffFilter, "limit">, string]>([
    ["all", {}, "SCAN handoffs USING INDEX handoffs_by_request"],
    ["those open", { stages: ["queued", "joined"] }, "SCAN handoffs USING INDEX handoffs_open"],
    [
      "those of a time",
      { requestedFrom: 1 },
      "SEARCH handoffs USING INDEX handoffs_by_request (requested_at>?)",
    ],
    ["a session's", { session: "id" }, "SEARCH handoffs USING INDEX handoffs_by_session (session=?)"],
  ])("for a list of handoffs: %s", (_, filter, plan) => {
    journal.reader.handoffs({ ...filter, limit: 1 });
    const found = plans();
    expect(found).toContain(plan);
    for (const other of found) {
      if (other !== plan) expect(other).toMatch(/^SEARCH sessions USING /);
    }
  });

  it("for one handoff", () => {
    journal.reader.handoff("id");
    expect(plans()[0]).toMatch(/^SEARCH handoffs USING INDEX sqlite_autoindex_handoffs_1 /);
  });

  it("for how many wait in a queue", () => {
    journal.reader.countHandoffs({ queue: "support", stages: ["requested", "accepted", "queued"] });
    expect(plans()[0]).toMatch(/^(SCAN|SEARCH) handoffs USING INDEX handoffs_open/);
  });

  it("for the later pages of a list", () => {
    for (const status of [undefined, "open", "ended"] as const) {
      for (const connector of [undefined, "a"]) {
        journal.reader.list({
          ...(status && { status }),
          ...(connector && { connector }),
          beforeKey: 1,
          limit: 1,
        });
      }
    }
    const found = plans();
    expect(found.length).toBeGreaterThan(5);
    for (const plan of found) expect(plan).toMatch(/^SEARCH sessions USING (INDEX|INTEGER PRIMARY KEY) .*\(/);
  });
});
