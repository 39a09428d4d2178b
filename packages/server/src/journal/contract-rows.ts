import { describe, expect, it } from "vitest";
import { event, events, fact, newSession } from "../testing/journal-rows.ts";
import { EVERYTHING, outcome, type Subject } from "./contract-subject.ts";
import type { Page, Row, RowPage } from "./journal.ts";

/** The contract of what is appended and read again: create, append, events, changes. */
export function rowsContract(subject: Subject): void {
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
      const key = await subject.created(session);
      expect(await subject.journal.find(session.id)).toEqual({
        ...session,
        key,
        endedAt: null,
        deadline: 5_000,
        seenAt: session.createdAt,
      });
    });

    it("commits the first rows with it", async () => {
      const session = newSession();
      const key = await subject.created(session, [fact(1), event(2, 1)]);
      expect(await subject.rows(session.id)).toEqual([fact(1), event(2, 1)]);
      expect(await subject.journal.events(key, EVERYTHING)).toEqual([
        { sequence: 1, data: event(2, 1).data },
      ]);
    });

    it("refuses an id that is taken, and leaves the first session alone", async () => {
      const session = newSession();
      await subject.created(session);
      expect(await outcome(subject.created({ ...session, sub: "user-2" }, events(1, 3)))).toBe("conflict");
      expect(await subject.journal.find(session.id)).toMatchObject({ sub: "user-1" });
      expect(await subject.rows(session.id)).toEqual(events(1, 1));
    });

    it("creates nothing when the rows do not begin at position 1", async () => {
      const session = newSession();
      expect(await outcome(subject.created(session, [event(2, 1)]))).toBe("conflict");
      expect(await subject.journal.find(session.id)).toBeNull();
    });
  });

  describe("append", () => {
    it("keeps the calls' order without waiting between them", async () => {
      const key = await subject.created();
      const appends = Array.from({ length: 50 }, (_, index) =>
        subject.journal.append({ session: key, after: index + 1, rows: [event(index + 2, index + 2)] }),
      );
      await Promise.all(appends);
      const sequences = (await subject.journal.events(key, EVERYTHING)).map(({ sequence }) => sequence);
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
      const key = await subject.created(session, events(1, 3));
      expect(await outcome(subject.journal.append({ session: key, after, rows, endedAt: 9 }))).toBe(
        "conflict",
      );
      expect(await subject.rows(session.id)).toEqual(events(1, 3));
      expect(await subject.journal.find(session.id)).toMatchObject({ endedAt: null });
      await subject.journal.append({ session: key, after: 3, rows: [event(4, 4)] });
      expect(await subject.rows(session.id)).toEqual(events(1, 4));
    });

    it("rejects what was queued behind a failure, and nothing of other sessions", async () => {
      const [mine, other] = [newSession(), newSession()];
      const [myKey, otherKey] = [await subject.created(mine), await subject.created(other)];
      const outcomes = await Promise.all([
        outcome(subject.journal.append({ session: myKey, after: 1, rows: [event(2, 2)] })),
        outcome(subject.journal.append({ session: myKey, after: 9, rows: [event(10, 10)] })),
        outcome(subject.journal.append({ session: otherKey, after: 1, rows: [event(2, 2)] })),
        outcome(subject.journal.append({ session: myKey, after: 10, rows: [event(11, 11)] })),
        outcome(subject.journal.append({ session: otherKey, after: 2, rows: [event(3, 3)] })),
      ]);
      expect(outcomes).toEqual(["resolved", "conflict", "resolved", "conflict", "resolved"]);
      expect(await subject.rows(mine.id)).toEqual(events(1, 2));
      expect(await subject.rows(other.id)).toEqual(events(1, 3));
    });

    it("takes more rows at once than a batch holds", async () => {
      const session = newSession();
      const key = await subject.created(session);
      await subject.journal.append({ session: key, after: 1, rows: events(2, 1_000) });
      expect(await subject.rows(session.id)).toEqual(events(1, 1_000));
    });

    it("knows an unknown session", async () => {
      expect(await outcome(subject.journal.append({ session: 77, after: 0, rows: [event(1, 1)] }))).toBe(
        "unknown_session",
      );
    });

    it("keeps data to the byte", async () => {
      const data = `{"text":"\u0000 \\u0000 \u2028 é 👩‍👩‍👧 \ud83d\\ud83d ${"x".repeat(100_000)}"}`;
      const wellFormed = data.toWellFormed();
      const session = newSession();
      const key = await subject.created(session, [event(1, 1, wellFormed)]);
      expect(await subject.journal.events(key, EVERYTHING)).toEqual([{ sequence: 1, data: wellFormed }]);
      expect(await subject.rows(session.id)).toEqual([event(1, 1, wellFormed)]);
    });

    it("ends the session", async () => {
      const session = newSession();
      const key = await subject.created(session);
      await subject.journal.append({ session: key, after: 1, rows: [event(2, 2)], endedAt: 4_000 });
      expect(await subject.journal.find(session.id)).toMatchObject({ endedAt: 4_000 });
    });
  });

  describe("entries", () => {
    const rows = [fact(1), event(2, 1, "é".repeat(10)), fact(3), event(4, 2), event(5, 3)];

    it.each<[string, Partial<RowPage>, number[]]>([
      ["all", {}, [1, 2, 3, 4, 5]],
      ["those behind a position", { after: 3 }, [4, 5]],
      ["as many as asked for", { after: 1, rows: 2 }, [2, 3]],
      ["as many bytes as asked for", { after: 1, bytes: 30 }, [2, 3]],
      ["one that is larger than asked for", { after: 1, bytes: 1 }, [2]],
      ["none behind the last", { after: 5 }, []],
    ])("are rows of both kinds: %s", async (_, page, positions) => {
      const key = await subject.created(newSession(), rows);
      const read = await subject.journal.entries(key, { after: 0, rows: 100, bytes: 1_000_000, ...page });
      expect(read).toEqual(rows.filter(({ position }) => positions.includes(position)));
    });

    it("are none where there is no such session", async () => {
      expect(await subject.journal.entries(77, { after: 0, rows: 1, bytes: 1 })).toEqual([]);
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
      const key = await subject.created(newSession(), rows);
      const read = await subject.journal.events(key, { ...EVERYTHING, ...page });
      expect(read.map(({ sequence }) => sequence)).toEqual(expected);
    });

    it("finds nothing in an unknown session or one of facts alone", async () => {
      const key = await subject.created(newSession(), [fact(1), fact(2)]);
      expect(await subject.journal.events(key, EVERYTHING)).toEqual([]);
      expect(await subject.journal.events(77, EVERYTHING)).toEqual([]);
    });

    it("sees what is committed, and only that session's", async () => {
      const [first, second] = [await subject.created(), await subject.created()];
      await subject.journal.append({ session: second, after: 1, rows: [event(2, 2)] });
      expect(await subject.journal.events(first, EVERYTHING)).toHaveLength(1);
      expect(await subject.journal.events(second, EVERYTHING)).toHaveLength(2);
    });
  });

  describe("changes", () => {
    it("feeds the rows of all sessions in the order of their commits", async () => {
      const [first, second] = [newSession(), newSession()];
      const firstKey = await subject.created(first);
      const secondKey = await subject.created(second);
      await subject.journal.append({ session: secondKey, after: 1, rows: [fact(2), event(3, 2)] });
      await subject.journal.append({ session: firstKey, after: 1, rows: [event(2, 2)] });

      const changes = await subject.journal.changes(0, 100);
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
      expect(await subject.journal.changes(numbers[1] ?? 0, 2)).toEqual(changes.slice(2, 4));
      expect(await subject.journal.changes(numbers[4] ?? 0, 2)).toEqual([]);
    });
  });
}
