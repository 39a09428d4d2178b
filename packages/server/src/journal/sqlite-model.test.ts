import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newSession } from "../testing/journal-rows.ts";
import { MemoryJournal } from "../testing/memory-journal.ts";
import type { Journal, JournalError, Row } from "./journal.ts";
import { lockDirectory } from "./lock.ts";
import { Reader } from "./reader.ts";
import { SqliteJournal, type SqliteJournalParts } from "./sqlite.ts";
import { EMPTY, type Tail } from "./tail.ts";
import { Writer } from "./writer.ts";

type Call = { [K in keyof Journal]: [K, ...Parameters<Journal[K]>] }[keyof Journal];

/** An append whose rows mostly follow those before it (`shift` 0), and sometimes do not. */
interface Draft {
  session: number;
  /** For each row, whether it is an event. */
  rows: boolean[];
  shift: number;
  endedAt: number | undefined;
}

/** Few, so that calls meet; the last of each is unknown at first. */
const IDS = ["a", "b", "c"];
const KEY = fc.constantFrom(1, 2, 3);
const ID = fc.constantFrom(...IDS);
const POSITION = fc.nat(12);
const TIME = fc.nat(20);
const LIMIT = fc.integer({ min: 1, max: 5 });
const CONNECTOR = fc.constantFrom("x", "y");

const DRAFT: fc.Arbitrary<Draft> = fc.record({
  session: KEY,
  rows: fc.array(fc.boolean(), { maxLength: 4 }),
  shift: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.constantFrom(1, -1)),
  endedAt: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.constant(7)),
});

const WRITE: fc.Arbitrary<Call> = fc.oneof(
  fc
    .record({ id: ID, createdAt: TIME, connector: CONNECTOR })
    .map((given): Call => ["create", newSession(given), [], 5]),
  fc
    .tuple(KEY, POSITION, TIME)
    .map(([key, position, time]): Call => ["snapshot", key, { position, version: 1, data: `${time}` }]),
  fc
    .record({ key: KEY, position: POSITION, deadline: TIME, seenAt: TIME, owes: fc.boolean() })
    .map(({ key, position, ...rest }): Call => {
      return ["sleep", key, { snapshot: { position, version: 2, data: "slept" }, ...rest }];
    }),
  fc.tuple(TIME, TIME).map(([deadline, seenAfter]): Call => ["recover", deadline, seenAfter]),
  fc.tuple(CONNECTOR, ID, TIME).map(([kind, id, data]): Call => ["putRecord", kind, id, `${data}`]),
  fc.tuple(CONNECTOR, ID).map(([kind, id]): Call => ["deleteRecord", kind, id]),
);

const READ: fc.Arbitrary<Call> = fc.oneof(
  fc
    .record({ after: POSITION, events: LIMIT, bytes: fc.nat(20) })
    .chain((page) => KEY.map((key): Call => ["events", key, page])),
  fc
    .record({ after: POSITION, rows: LIMIT, bytes: fc.nat(20) })
    .chain((page) => KEY.map((key): Call => ["entries", key, page])),
  ID.map((id): Call => ["find", id]),
  fc.tuple(ID, fc.constantFrom(1, 2)).map(([id, version]): Call => ["load", id, version]),
  fc.tuple(TIME, LIMIT).map(([now, limit]): Call => ["due", now, limit]),
  fc
    .record(
      {
        limit: LIMIT,
        connector: CONNECTOR,
        status: fc.constantFrom("open", "ended"),
        createdFrom: TIME,
        beforeKey: KEY,
      },
      { requiredKeys: ["limit"] },
    )
    .map((filter): Call => ["list", filter]),
  fc.tuple(POSITION, LIMIT).map(([after, limit]): Call => ["changes", after, limit]),
  CONNECTOR.map((kind): Call => ["records", kind]),
);

const ROUND = fc.record({
  /** Made at once. */
  writes: fc.array(fc.oneof({ weight: 3, arbitrary: DRAFT }, { weight: 2, arbitrary: WRITE }), {
    maxLength: 8,
  }),
  /** Made one by one; they include those that write. */
  reads: fc.array(READ, { maxLength: 8 }),
  isReopened: fc.boolean(),
});

/** Makes appends of drafts, as a caller does who counts on those before them. */
class Appends {
  readonly #tails = new Map<number, Tail>();

  constructor(model: MemoryJournal) {
    for (const key of [1, 2, 3]) {
      const rows = model.rows(key);
      this.#tails.set(key, {
        position: rows.length,
        sequence: rows.filter((row) => row.sequence !== null).length,
      });
    }
  }

  of({ session, rows, shift, endedAt }: Draft): Call {
    const tail = this.#tails.get(session) ?? EMPTY;
    const after = tail.position + shift;
    let sequence = tail.sequence;
    const made = rows.map((isEvent, index): Row => {
      if (isEvent) sequence += 1;
      const position = after + index + 1;
      return {
        position,
        sequence: isEvent ? sequence : null,
        kind: isEvent ? "event" : "fact",
        version: 1,
        data: `${session}:${position}`,
      };
    });
    if (shift === 0) this.#tails.set(session, { position: after + rows.length, sequence });
    return ["append", { session, after, rows: made, ...(endedAt !== undefined && { endedAt }) }];
  }
}

/** What a caller can tell two journals apart by. */
async function seen(journal: Journal, [name, ...values]: Call): Promise<unknown> {
  const method: (...values: never[]) => unknown = journal[name];
  try {
    return { value: await method.apply(journal, values as never[]) };
  } catch (error) {
    const { code, message } = error as JournalError;
    return { code, message };
  }
}

/** The journal without its threads: a thread takes longer to start than a run takes. */
function openHere(directory: string): SqliteJournal {
  const options = { file: join(directory, "journal.db"), lockTimeout: 0, maxBytes: null };
  const [writer, reader, helper] = [new Writer(options), new Reader(options), new Writer(options)];
  writer.open();
  const here = (target: object) => ({
    async call(name: string, ...values: unknown[]) {
      const methods = target as Record<string, (...values: unknown[]) => unknown>;
      return structuredClone(methods[name]?.(...structuredClone(values)));
    },
    stop: async () => undefined,
  });
  const lock = lockDirectory(directory);
  return new SqliteJournal({
    writer: here(writer) as SqliteJournalParts["writer"],
    reader: here(reader) as SqliteJournalParts["reader"],
    helper: here(helper) as SqliteJournalParts["helper"],
    lock,
  });
}

describe("SQLite and the journal in memory", () => {
  it("cannot be told apart, whatever is asked of them at once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ROUND, { minLength: 1, maxLength: 5 }), async (rounds) => {
        const directory = mkdtempSync(join(tmpdir(), "parley-model-"));
        const model = new MemoryJournal();
        let journal = openHere(directory);
        try {
          for (const id of IDS.slice(0, 2)) {
            const session = newSession({ id });
            expect(await journal.create(session, [], 5)).toBe(await model.create(session, [], 5));
          }
          for (const { writes, reads, isReopened } of rounds) {
            const appends = new Appends(model);
            const calls = writes.map((write) => ("session" in write ? appends.of(write) : write));
            const expected = await Promise.all(calls.map((call) => seen(model, call)));
            expect(await Promise.all(calls.map((call) => seen(journal, call)))).toEqual(expected);
            if (isReopened) {
              await journal.close();
              journal = openHere(directory);
            }
            for (const call of reads) expect(await seen(journal, call)).toEqual(await seen(model, call));
          }
        } finally {
          await journal.close();
          rmSync(directory, { recursive: true });
        }
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
