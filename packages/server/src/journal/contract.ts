import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { event, events, fact, newSession } from "../testing/journal-rows.ts";
import type { Journal, JournalError, NewSession, Page, Row } from "./journal.ts";

/** A journal under test. */
export interface OpenedJournal {
  journal: Journal;
  /** Closes it, and opens another over the same data. */
  reopen(): Promise<Journal>;
  /** Closes what was opened last, and removes the data. */
  dispose(): Promise<void>;
}

const EVERYTHING: Page = { after: 0, events: 1_000_000, bytes: Number.POSITIVE_INFINITY };

/** The code with which a call is rejected, or `resolved`. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "resolved",
    (error: JournalError) => error.code,
  );
}

/** Registers the tests that every implementation of `Journal` passes. */
export function journalContract(name: string, open: () => Promise<OpenedJournal>): void {
  describe(`journal contract: ${name}`, () => {
    let opened: OpenedJournal;
    let journal: Journal;

    beforeEach(async () => {
      opened = await open();
      journal = opened.journal;
    });
    afterEach(() => opened.dispose());

    async function created(session: NewSession = newSession(), rows: Row[] = [event(1, 1)]): Promise<number> {
      return journal.create(session, rows, 5_000);
    }

    async function loadedRows(id: string): Promise<Row[]> {
      return (await journal.load(id))?.rows ?? [];
    }

    describe("create", () => {
      it("keeps all that is known of a session", async () => {
        const session = newSession({
          streaming: true,
          platform: "ios",
          deviceType: "mobile",
          locale: "fr-FR",
          attributes: { plan: "gold", visits: 3, été: true },
          contextId: "context-1",
        });
        const key = await created(session);
        expect(await journal.find(session.id)).toEqual({
          ...session,
          key,
          endedAt: null,
          deadline: 5_000,
          seenAt: session.createdAt,
        });
      });

      it("commits the first rows with it", async () => {
        const session = newSession();
        const key = await created(session, [fact(1), event(2, 1)]);
        expect(await loadedRows(session.id)).toEqual([fact(1), event(2, 1)]);
        expect(await journal.events(key, EVERYTHING)).toEqual([{ sequence: 1, data: event(2, 1).data }]);
      });

      it("refuses an id that is taken, and leaves the first session alone", async () => {
        const session = newSession();
        await created(session);
        expect(await outcome(created({ ...session, sub: "user-2" }, events(1, 3)))).toBe("conflict");
        expect(await journal.find(session.id)).toMatchObject({ sub: "user-1" });
        expect(await loadedRows(session.id)).toEqual(events(1, 1));
      });

      it("creates nothing when the rows do not begin at position 1", async () => {
        const session = newSession();
        expect(await outcome(created(session, [event(2, 1)]))).toBe("conflict");
        expect(await journal.find(session.id)).toBeNull();
      });
    });

    describe("append", () => {
      it("keeps the calls' order without waiting between them", async () => {
        const key = await created();
        const appends = Array.from({ length: 50 }, (_, index) =>
          journal.append({ session: key, after: index + 1, rows: [event(index + 2, index + 2)] }),
        );
        await Promise.all(appends);
        const sequences = (await journal.events(key, EVERYTHING)).map(({ sequence }) => sequence);
        expect(sequences).toEqual(Array.from({ length: 51 }, (_, index) => index + 1));
      });

      it.each<[string, number, Row[]]>([
        ["a fork", 1, [event(2, 2)]],
        ["a hole", 4, [event(5, 5)]],
        ["a hole among the rows", 3, [event(4, 4), event(6, 5)]],
        ["a hole in the sequence", 3, [event(4, 5)]],
        ["a sequence again", 3, [event(4, 3)]],
        ["an event without a sequence", 3, [{ ...event(4, 4), sequence: null }]],
        ["a fact with a sequence", 3, [{ ...fact(4), sequence: 4 }]],
        ["no rows", 3, []],
      ])("refuses %s and keeps nothing of it", async (_, after, rows) => {
        const session = newSession();
        const key = await created(session, events(1, 3));
        expect(await outcome(journal.append({ session: key, after, rows, endedAt: 9 }))).toBe("conflict");
        expect(await loadedRows(session.id)).toEqual(events(1, 3));
        expect(await journal.find(session.id)).toMatchObject({ endedAt: null });
        await journal.append({ session: key, after: 3, rows: [event(4, 4)] });
        expect(await loadedRows(session.id)).toEqual(events(1, 4));
      });

      it("rejects what was queued behind a failure, and nothing of other sessions", async () => {
        const [mine, other] = [newSession(), newSession()];
        const [myKey, otherKey] = [await created(mine), await created(other)];
        const outcomes = await Promise.all([
          outcome(journal.append({ session: myKey, after: 1, rows: [event(2, 2)] })),
          outcome(journal.append({ session: myKey, after: 9, rows: [event(10, 10)] })),
          outcome(journal.append({ session: otherKey, after: 1, rows: [event(2, 2)] })),
          outcome(journal.append({ session: myKey, after: 10, rows: [event(11, 11)] })),
          outcome(journal.append({ session: otherKey, after: 2, rows: [event(3, 3)] })),
        ]);
        expect(outcomes).toEqual(["resolved", "conflict", "resolved", "conflict", "resolved"]);
        expect(await loadedRows(mine.id)).toEqual(events(1, 2));
        expect(await loadedRows(other.id)).toEqual(events(1, 3));
      });

      it("takes more rows at once than a batch holds", async () => {
        const session = newSession();
        const key = await created(session);
        await journal.append({ session: key, after: 1, rows: events(2, 1_000) });
        expect(await loadedRows(session.id)).toEqual(events(1, 1_000));
      });

      it("knows an unknown session", async () => {
        expect(await outcome(journal.append({ session: 77, after: 0, rows: [event(1, 1)] }))).toBe(
          "unknown_session",
        );
      });

      it("keeps data to the byte", async () => {
        const data = `{"text":"\u0000 \\u0000 \u2028 é 👩‍👩‍👧 \ud83d\\ud83d ${"x".repeat(100_000)}"}`;
        const wellFormed = data.toWellFormed();
        const session = newSession();
        const key = await created(session, [event(1, 1, wellFormed)]);
        expect(await journal.events(key, EVERYTHING)).toEqual([{ sequence: 1, data: wellFormed }]);
        expect(await loadedRows(session.id)).toEqual([event(1, 1, wellFormed)]);
      });

      it("ends the session", async () => {
        const session = newSession();
        const key = await created(session);
        await journal.append({ session: key, after: 1, rows: [event(2, 2)], endedAt: 4_000 });
        expect(await journal.find(session.id)).toMatchObject({ endedAt: 4_000 });
      });
    });

    describe("events", () => {
      // Facts in front, between and behind, so that position and sequence drift apart.
      const rows = [
        fact(1),
        fact(2),
        event(3, 1, "a"),
        fact(4),
        event(5, 2, "éé"),
        event(6, 3, "c"),
        fact(7),
        fact(8),
        fact(9),
        event(10, 4, "d"),
        fact(11),
      ];

      it.each<[string, Partial<Page>, number[]]>([
        ["all", {}, [1, 2, 3, 4]],
        ["after the first", { after: 1 }, [2, 3, 4]],
        ["after the third", { after: 3 }, [4]],
        ["after the last", { after: 4 }, []],
        ["beyond the last", { after: 2 ** 31 - 1 }, []],
        ["as many as asked for", { after: 1, events: 2 }, [2, 3]],
        ["as many bytes as asked for, not characters", { bytes: 5 }, [1, 2]],
        ["one byte more", { bytes: 6 }, [1, 2, 3]],
        ["at least one, whatever its size", { after: 1, bytes: 1 }, [2]],
      ])("reads %s", async (_, page, expected) => {
        const key = await created(newSession(), rows);
        const read = await journal.events(key, { ...EVERYTHING, ...page });
        expect(read.map(({ sequence }) => sequence)).toEqual(expected);
      });

      it("finds nothing in an unknown session or one of facts alone", async () => {
        const key = await created(newSession(), [fact(1), fact(2)]);
        expect(await journal.events(key, EVERYTHING)).toEqual([]);
        expect(await journal.events(77, EVERYTHING)).toEqual([]);
      });

      it("sees what is committed, and only that session's", async () => {
        const [first, second] = [await created(), await created()];
        await journal.append({ session: second, after: 1, rows: [event(2, 2)] });
        expect(await journal.events(first, EVERYTHING)).toHaveLength(1);
        expect(await journal.events(second, EVERYTHING)).toHaveLength(2);
      });
    });

    describe("find and load", () => {
      it("know no unknown id", async () => {
        expect(await journal.find(newSession().id)).toBeNull();
        expect(await journal.load(newSession().id)).toBeNull();
      });

      it("load the snapshot and the rows after it", async () => {
        const session = newSession();
        const key = await created(session, events(1, 5));
        await journal.snapshot(key, { position: 3, version: 7, data: "three" });
        expect(await journal.load(session.id)).toEqual({
          record: await journal.find(session.id),
          snapshot: { position: 3, version: 7, data: "three" },
          rows: events(4, 5),
        });
        await journal.snapshot(key, { position: 5, version: 8, data: "five" });
        expect(await journal.load(session.id)).toMatchObject({ snapshot: { data: "five" }, rows: [] });
      });

      it("load what was appended before the call", async () => {
        const session = newSession();
        const key = await created(session);
        const append = journal.append({ session: key, after: 1, rows: [event(2, 2)] });
        expect(await loadedRows(session.id)).toEqual(events(1, 2));
        await append;
      });

      it("refuse a snapshot that is ahead of the rows: its append has failed", async () => {
        const session = newSession();
        const key = await created(session);
        const snapshot = { position: 2, version: 1, data: "ahead" };
        expect(await outcome(journal.snapshot(key, snapshot))).toBe("conflict");
        const rest = { snapshot, deadline: 1, seenAt: 1, owes: false };
        expect(await outcome(journal.sleep(key, rest))).toBe("conflict");
        expect(await journal.load(session.id)).toMatchObject({ snapshot: null, record: { deadline: 5_000 } });
        expect(await outcome(journal.snapshot(77, snapshot))).toBe("unknown_session");
        expect(await outcome(journal.sleep(77, rest))).toBe("unknown_session");
      });
    });

    describe("sleep, due and recover", () => {
      const asleep = { deadline: 5_000, seenAt: 2_000, owes: false };

      /** Creates a session, and lets it sleep where `rest` says how. */
      async function resting(rest?: Partial<typeof asleep>): Promise<NewSession & { key: number }> {
        const session = newSession();
        const key = await created(session);
        const snapshot = { position: 1, version: 1, data: "{}" };
        if (rest !== undefined) await journal.sleep(key, { ...asleep, ...rest, snapshot });
        return { ...session, key };
      }

      it("keep when a sleeping session was seen and when it is due", async () => {
        const session = await resting({ deadline: 6_000, seenAt: 3_000 });
        expect(await journal.find(session.id)).toMatchObject({ deadline: 6_000, seenAt: 3_000 });
        expect(await journal.load(session.id)).toMatchObject({ snapshot: { position: 1 }, rows: [] });
      });

      it("find the sleeping that are overdue, the longest first", async () => {
        await resting();
        const late = await resting({ deadline: 7_000 });
        const later = await resting({ deadline: 6_000, owes: true });
        await resting({ deadline: 9_000 });
        const loaded = await resting({ deadline: 6_500 });
        await journal.load(loaded.id);
        const ended = await resting({ deadline: 6_500 });
        await journal.append({ session: ended.key, after: 1, rows: [event(2, 2)], endedAt: 6_600 });
        expect(await journal.due(7_000, 10)).toEqual([later.id, late.id]);
        expect(await journal.due(7_000, 1)).toEqual([later.id]);
        expect(await journal.due(5_999, 10)).toEqual([]);
      });

      it("leave an ended session ended", async () => {
        const session = newSession();
        const key = await created(session);
        await journal.append({ session: key, after: 1, rows: [event(2, 2)], endedAt: 4_000 });
        await journal.sleep(key, { ...asleep, snapshot: { position: 2, version: 1, data: "{}" } });
        expect(await journal.load(session.id)).toMatchObject({ record: { endedAt: 4_000 }, rows: [] });
        expect(await journal.due(9_000, 10)).toEqual([]);
        expect(await journal.recover(9_000, 0)).toEqual([]);
        expect(await journal.find(session.id)).toMatchObject({ endedAt: 4_000, deadline: 5_000 });
      });

      it("give what was awake first, then who is owed an answer and was seen lately", async () => {
        const awake = await resting();
        const slept = await resting({ seenAt: 3_000 });
        const owed = await resting({ owes: true, seenAt: 3_000 });
        const owedLately = await resting({ owes: true, seenAt: 4_000 });
        await resting({ owes: true, seenAt: 2_500 });
        const woken = await resting({ seenAt: 2_400 });
        await journal.load(woken.id);

        journal = await opened.reopen();
        expect(await journal.recover(8_000, 2_500)).toEqual([woken.id, awake.id, owedLately.id, owed.id]);
        expect(await journal.find(awake.id)).toMatchObject({ deadline: 8_000 });
        expect(await journal.find(slept.id)).toMatchObject({ deadline: 8_000, seenAt: 3_000 });
        expect(await journal.due(7_999, 10)).toEqual([]);
        expect(await journal.due(8_000, 10)).toHaveLength(4);
      });

      it("give the same again when the process dies before it has loaded them", async () => {
        const awake = await resting();
        const owed = await resting({ owes: true, seenAt: 3_000 });
        expect(await journal.recover(8_000, 2_500)).toEqual([awake.id, owed.id]);
        journal = await opened.reopen();
        expect(await journal.recover(9_000, 2_500)).toEqual([awake.id, owed.id]);
      });
    });

    describe("list", () => {
      it("gives sessions newest first, page by page, filtered", async () => {
        const sessions = [
          newSession({ createdAt: 100, connector: "a" }),
          newSession({ createdAt: 300, connector: "b" }),
          // The clock was set back: created later, yet older.
          newSession({ createdAt: 200, connector: "a" }),
          newSession({ createdAt: 300, connector: "a" }),
        ];
        const keys: number[] = [];
        for (const session of sessions) keys.push(await created(session));
        const [oldest = 0, tied = 0, middle = 0, newest = 0] = keys;
        await journal.append({ session: middle, after: 1, rows: [event(2, 2)], endedAt: 900 });

        const listed = async (filter: Omit<Parameters<Journal["list"]>[0], "limit">, limit = 10) =>
          (await journal.list({ ...filter, limit })).map(({ key }) => key);
        expect(await listed({})).toEqual([newest, tied, middle, oldest]);
        expect(await listed({}, 2)).toEqual([newest, tied]);
        expect(await listed({ beforeKey: newest })).toEqual([tied, middle, oldest]);
        expect(await listed({ beforeKey: tied }, 1)).toEqual([middle]);
        expect(await listed({ beforeKey: oldest })).toEqual([]);
        expect(await listed({ beforeKey: 77 })).toEqual([]);
        expect(await listed({ connector: "a" })).toEqual([newest, middle, oldest]);
        expect(await listed({ connector: "a", beforeKey: newest }, 1)).toEqual([middle]);
        expect(await listed({ connector: "c" })).toEqual([]);
        expect(await listed({ status: "open" })).toEqual([newest, tied, oldest]);
        expect(await listed({ status: "ended" })).toEqual([middle]);
        expect(await listed({ status: "open", connector: "a" })).toEqual([newest, oldest]);
        expect(await listed({ createdFrom: 200, createdBefore: 300 })).toEqual([middle]);
        expect(await listed({ createdFrom: 201 })).toEqual([newest, tied]);
        expect((await journal.list({ limit: 1 }))[0]).toEqual(await journal.find(sessions[3]?.id ?? ""));
      });
    });

    describe("changes", () => {
      it("feeds the rows of all sessions in the order of their commits", async () => {
        const [first, second] = [newSession(), newSession()];
        const firstKey = await created(first);
        const secondKey = await created(second);
        await journal.append({ session: secondKey, after: 1, rows: [fact(2), event(3, 2)] });
        await journal.append({ session: firstKey, after: 1, rows: [event(2, 2)] });

        const changes = await journal.changes(0, 100);
        expect(changes.map(({ change, ...row }) => row)).toEqual([
          { session: first.id, ...event(1, 1) },
          { session: second.id, ...event(1, 1) },
          { session: second.id, ...fact(2) },
          { session: second.id, ...event(3, 2) },
          { session: first.id, ...event(2, 2) },
        ]);
        const numbers = changes.map(({ change }) => change);
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        expect(new Set(numbers).size).toBe(5);
        expect(await journal.changes(numbers[1] ?? 0, 2)).toEqual(changes.slice(2, 4));
        expect(await journal.changes(numbers[4] ?? 0, 2)).toEqual([]);
      });
    });

    describe("records", () => {
      it("puts, replaces, lists by kind and deletes", async () => {
        await journal.putRecord("operator_key", "b", "1");
        await journal.putRecord("operator_key", "a", "2");
        await journal.putRecord("operator_key", "b", "3");
        await journal.putRecord("other", "a", "4");
        expect(await journal.records("operator_key")).toEqual([
          { id: "a", data: "2" },
          { id: "b", data: "3" },
        ]);
        expect(await journal.deleteRecord("operator_key", "b")).toBe(true);
        expect(await journal.deleteRecord("operator_key", "b")).toBe(false);
        expect(await journal.records("operator_key")).toEqual([{ id: "a", data: "2" }]);
        expect(await journal.records("none")).toEqual([]);
      });
    });

    describe("a life", () => {
      it("finds all of it again after it was closed", async () => {
        const session = newSession();
        const key = await created(session);
        await journal.append({ session: key, after: 1, rows: [fact(2), event(3, 2)] });
        await journal.snapshot(key, { position: 2, version: 1, data: "two" });
        await journal.putRecord("kind", "id", "data");
        const changes = await journal.changes(0, 10);

        journal = await opened.reopen();
        expect(await journal.load(session.id)).toMatchObject({
          record: { ...session, key },
          snapshot: { data: "two" },
          rows: [event(3, 2)],
        });
        expect(await journal.changes(0, 10)).toEqual(changes);
        expect(await journal.records("kind")).toEqual([{ id: "id", data: "data" }]);
        await journal.append({ session: key, after: 3, rows: [event(4, 3)] });
        expect(await journal.events(key, { ...EVERYTHING, after: 2 })).toHaveLength(1);
      });

      it("finishes what is under way when it is closed, and takes nothing more", async () => {
        const session = newSession();
        const key = await created(session);
        const append = outcome(journal.append({ session: key, after: 1, rows: [event(2, 2)] }));
        await journal.close();
        await journal.close();
        expect(await append).toBe("resolved");
        expect(await outcome(journal.append({ session: key, after: 2, rows: [event(3, 3)] }))).toBe("closed");
        expect(await outcome(journal.find(session.id))).toBe("closed");
        expect(await outcome(journal.load(session.id))).toBe("closed");
        journal = await opened.reopen();
        expect(await loadedRows(session.id)).toEqual(events(1, 2));
      });

      it("has no fault while all is well", async () => {
        const key = await created();
        expect(journal.fault()).toBeNull();
        expect(await outcome(journal.append({ session: key, after: 9, rows: [event(10, 10)] }))).toBe(
          "conflict",
        );
        expect(journal.fault()).toBeNull();
        expect(await journal.probe()).toBeNull();
      });
    });
  });
}
