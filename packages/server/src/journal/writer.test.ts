import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import { useConnections } from "../testing/journal-connections.ts";
import { event, newSession } from "../testing/journal-rows.ts";
import type { Write } from "./calls.ts";
import { pack } from "./packing.ts";

const append = (session: number, position: number): Write => [
  "append",
  session,
  position - 1,
  [event(position, position)],
  null,
];
const UNSTORABLE: Write = ["putRecord", "kind", "id", null as unknown as string];

describe("batches that are committed together", () => {
  const journal = useConnections();

  beforeEach(() => {
    for (const _ of [1, 2]) journal.writer.commit(pack([["create", newSession(), [event(1, 1)], 5]]));
  });

  const sequences = (session: number) =>
    journal.reader.events(session, { after: 0, events: 100, bytes: 100_000 }).sequences;

  it("are told each what became of its own, and the rows of all once", () => {
    const [first, second, third] = journal.writer.commitTogether([
      pack([append(1, 2), append(2, 2)]),
      pack([append(1, 9), append(1, 3)]),
      pack([["putRecord", "kind", "id", "{}"], append(2, 3), ["deleteRecord", "kind", "id"]]),
    ]);
    expect(first).toEqual({ rows: 7, values: [undefined, undefined], failures: [] });
    expect(second?.failures).toEqual([{ index: 0, error: expect.objectContaining({ code: "conflict" }) }]);
    expect(second?.rows).toBe(0);
    expect(third).toEqual({ rows: 0, values: [undefined, undefined, true], failures: [] });
    expect(sequences(1)).toEqual([1, 2, 3]);
    expect(sequences(2)).toEqual([1, 2, 3]);
  });

  it("go on without a write that cannot be stored, whichever batch it is in", () => {
    const committed = journal.writer.commitTogether([
      pack([append(1, 2)]),
      pack([append(2, 2), UNSTORABLE, append(2, 3)]),
      pack([append(1, 3)]),
    ]);
    expect(committed.map(({ failures }) => failures.map(({ index }) => index))).toEqual([[], [1], []]);
    expect(sequences(1)).toEqual([1, 2, 3]);
    expect(sequences(2)).toEqual([1, 2, 3]);
  });

  it("are kept all, or none where the commit fails", () => {
    using other = new DatabaseSync(journal.file);
    other.exec("BEGIN IMMEDIATE");
    const batches = [pack([append(1, 2)]), pack([append(2, 2)])];
    expect(() => journal.writer.commitTogether(batches)).toThrow(expect.objectContaining({ code: "locked" }));
    other.exec("ROLLBACK");
    expect([sequences(1), sequences(2)]).toEqual([[1], [1]]);
    journal.writer.commitTogether(batches);
    expect([sequences(1), sequences(2)]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});
