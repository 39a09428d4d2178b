import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { useConnections } from "../testing/journal-connections.ts";
import { event, fact, newSession } from "../testing/journal-rows.ts";
import type { Write } from "./calls.ts";
import type { Row } from "./journal.ts";
import { MIGRATIONS, migrate } from "./migrations.ts";
import { pack } from "./packing.ts";

/** What a block holds, and rows for some of them. */
const BLOCK = 8_192;
const ROWS = 3 * BLOCK + 100;
const ALL = { events: ROWS, bytes: Number.MAX_SAFE_INTEGER };

/** Every third row is a fact, so that positions and sequences drift apart. */
function rowAt(position: number): Row {
  return position % 3 === 0 ? fact(position) : event(position, sequenceAt(position));
}

/** Of the last event up to a row. */
function sequenceAt(position: number): number {
  return position - Math.floor(position / 3);
}

const journal = useConnections();

function write(...batch: Write[]): void {
  expect(journal.writer.commit(pack(batch)).failures).toEqual([]);
}

/** Positions from `first` to `last`, in one append. */
function append(session: number, first: number, last: number): Write {
  const rows = Array.from({ length: last - first + 1 }, (_, index) => rowAt(first + index));
  return ["append", session, first - 1, rows, null];
}

function sequences(session: number, after: number): number[] {
  return [...journal.reader.events(session, { after, ...ALL }).sequences];
}

const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("rows that lie in several blocks", () => {
  it("are found from every place of a session that fills whole blocks", () => {
    write(["create", newSession(), [], 5], append(1, 1, ROWS));
    const last = sequenceAt(ROWS);
    for (const after of [0, 1, 5_460, 5_461, 5_462, 10_922, 16_000, last - 1, last, last + 1]) {
      expect(sequences(1, after)).toEqual(from(after + 1, last));
    }
    expect(journal.reader.events(1, { after: 5_000, events: 1_000, bytes: 1_000_000 }).texts).toHaveLength(
      1_000,
    );
  });

  it("are found of sessions that speak now and then, beside one that speaks much", () => {
    write(["create", newSession(), [], 5], ["create", newSession({ id: "quiet" }), [], 5]);
    for (let position = 1; position <= 8; position += 1) {
      write(append(1, (position - 1) * 4_000 + 1, position * 4_000), append(2, position, position));
    }
    expect(sequences(2, 0)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(sequences(2, 3)).toEqual([4, 5, 6]);
    expect(sequences(1, 0)).toEqual(from(1, sequenceAt(32_000)));
    expect(journal.reader.load(2, 1)?.rows).toEqual(from(1, 8).map(rowAt));
  });

  it("are followed by the next, also when the writer has to look where they end", () => {
    write(["create", newSession(), [], 5], append(1, 1, BLOCK + 10));
    journal.writer.close();
    write(append(1, BLOCK + 11, BLOCK + 12));
    expect(journal.reader.load(1, 1)?.rows.at(-1)).toEqual(rowAt(BLOCK + 12));
    expect(journal.writer.commit(pack([append(1, BLOCK + 12, BLOCK + 13)])).failures).toHaveLength(1);
  });

  it("stand behind a snapshot wherever it is", () => {
    write(["create", newSession(), [], 5], append(1, 1, ROWS));
    for (const position of [1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, ROWS]) {
      write(["snapshot", 1, { position, version: 1, data: "{}" }]);
      expect(journal.reader.load(1, 1)?.rows.map((row) => row.position)).toEqual(from(position + 1, ROWS));
    }
  });

  it("are forgotten with the batch that did not take place", () => {
    write(["create", newSession(), [], 5], append(1, 1, 10));
    const broken: Write = ["putRecord", "kind", "id", null as unknown as string];
    expect(journal.writer.commit(pack([append(1, 11, BLOCK + 10), broken])).failures).toHaveLength(1);
    expect(sequences(1, 0)).toHaveLength(sequenceAt(BLOCK + 10));
  });
});

it("finds the rows of a journal from before there were blocks", () => {
  const { file } = journal;
  {
    using db = new DatabaseSync(file);
    migrate(db, "x", MIGRATIONS.slice(0, 1));
    db.exec(`INSERT INTO sessions (id, sub, connector, host, resume_hash, created_at, streaming, platform, attributes,
      state, deadline, seen_at) VALUES ('a', '', '', '', '', 1, 0, 'web', '{}', 'awake', 2, 3),
      ('b', '', '', '', '', 1, 0, 'web', '{}', 'awake', 2, 3)`);
    db.exec("BEGIN");
    const insert = db.prepare(
      "INSERT INTO journal (session, position, sequence, kind, version, data) VALUES (?, ?, ?, 'event', 1, '{}')",
    );
    for (let position = 1; position <= BLOCK; position += 1) {
      insert.run(1, position, position);
      insert.run(2, position, position);
    }
    db.exec("COMMIT");
  }
  journal.writer.open();
  for (const session of [1, 2]) {
    expect(sequences(session, 0)).toEqual(from(1, BLOCK));
    expect(sequences(session, 4_095)).toEqual(from(4_096, BLOCK));
  }
  write(["append", 2, BLOCK, [event(BLOCK + 1, BLOCK + 1)], null]);
  expect(sequences(2, BLOCK - 1)).toEqual([BLOCK, BLOCK + 1]);
});
