import { describe, expect, it } from "vitest";
import { event, events, newSession } from "../testing/journal-rows.ts";
import { outcome, type Subject } from "./contract-subject.ts";
import type { Journal, NewSession } from "./journal.ts";

/** The contract of sessions as a whole: find, load, snapshot, sleep, due, recover, list. */
export function sessionsContract(subject: Subject): void {
  describe("find and load", () => {
    it("know no unknown id", async () => {
      expect(await subject.journal.find(newSession().id)).toBeNull();
      expect(await subject.journal.load(newSession().id, 1)).toBeNull();
    });

    it("load the snapshot and the rows after it", async () => {
      const session = newSession();
      const key = await subject.created(session, events(1, 5));
      await subject.journal.snapshot(key, { position: 3, version: 7, data: "three" });
      expect(await subject.journal.load(session.id, 7)).toEqual({
        record: await subject.journal.find(session.id),
        snapshot: { position: 3, version: 7, data: "three" },
        rows: events(4, 5),
      });
      await subject.journal.snapshot(key, { position: 5, version: 8, data: "five" });
      expect(await subject.journal.load(session.id, 8)).toMatchObject({
        snapshot: { data: "five" },
        rows: [],
      });
    });

    it("load all rows where the snapshot is of a form that the caller does not know", async () => {
      const session = newSession();
      const key = await subject.created(session, events(1, 5));
      await subject.journal.snapshot(key, { position: 3, version: 7, data: "three" });
      expect(await subject.journal.load(session.id, 8)).toMatchObject({ snapshot: null, rows: events(1, 5) });
    });

    it("load what was appended before the call", async () => {
      const session = newSession();
      const key = await subject.created(session);
      const append = subject.journal.append({ session: key, after: 1, rows: [event(2, 2)] });
      expect(await subject.rows(session.id)).toEqual(events(1, 2));
      await append;
    });

    it("refuse a snapshot that is ahead of the rows: its append has failed", async () => {
      const session = newSession();
      const key = await subject.created(session);
      const snapshot = { position: 2, version: 1, data: "ahead" };
      expect(await outcome(subject.journal.snapshot(key, snapshot))).toBe("conflict");
      const rest = { snapshot, deadline: 1, seenAt: 1, owes: false };
      expect(await outcome(subject.journal.sleep(key, rest))).toBe("conflict");
      expect(await subject.journal.load(session.id, 1)).toMatchObject({
        snapshot: null,
        record: { deadline: 5_000 },
      });
      expect(await outcome(subject.journal.snapshot(77, snapshot))).toBe("unknown_session");
      expect(await outcome(subject.journal.sleep(77, rest))).toBe("unknown_session");
    });
  });

  describe("sleep, due and recover", () => {
    const asleep = { deadline: 5_000, seenAt: 2_000, owes: false };

    /** Creates a session, and lets it sleep where `rest` says how. */
    async function resting(rest?: Partial<typeof asleep>): Promise<NewSession & { key: number }> {
      const session = newSession();
      const key = await subject.created(session);
      const snapshot = { position: 1, version: 1, data: "{}" };
      if (rest !== undefined) await subject.journal.sleep(key, { ...asleep, ...rest, snapshot });
      return { ...session, key };
    }

    it("keep when a sleeping session was seen and when it is due", async () => {
      const session = await resting({ deadline: 6_000, seenAt: 3_000 });
      expect(await subject.journal.find(session.id)).toMatchObject({ deadline: 6_000, seenAt: 3_000 });
      expect(await subject.journal.load(session.id, 1)).toMatchObject({
        snapshot: { position: 1 },
        rows: [],
      });
    });

    it("find the sleeping that are overdue, the longest first", async () => {
      await resting();
      const late = await resting({ deadline: 7_000 });
      const later = await resting({ deadline: 6_000, owes: true });
      await resting({ deadline: 9_000 });
      const loaded = await resting({ deadline: 6_500 });
      await subject.journal.load(loaded.id, 1);
      const ended = await resting({ deadline: 6_500 });
      await subject.journal.append({ session: ended.key, after: 1, rows: [event(2, 2)], endedAt: 6_600 });
      expect(await subject.journal.due(7_000, 10)).toEqual([later.id, late.id]);
      expect(await subject.journal.due(7_000, 1)).toEqual([later.id]);
      expect(await subject.journal.due(5_999, 10)).toEqual([]);
    });

    it("leave an ended session ended", async () => {
      const session = newSession();
      const key = await subject.created(session);
      await subject.journal.append({ session: key, after: 1, rows: [event(2, 2)], endedAt: 4_000 });
      await subject.journal.sleep(key, { ...asleep, snapshot: { position: 2, version: 1, data: "{}" } });
      expect(await subject.journal.load(session.id, 1)).toMatchObject({
        record: { endedAt: 4_000 },
        rows: [],
      });
      expect(await subject.journal.due(9_000, 10)).toEqual([]);
      expect(await subject.journal.recover(9_000, 0)).toEqual([]);
      expect(await subject.journal.find(session.id)).toMatchObject({ endedAt: 4_000, deadline: 5_000 });
    });

    it("give what was awake first, then who is owed an answer and was seen lately", async () => {
      const awake = await resting();
      const slept = await resting({ seenAt: 3_000 });
      const owed = await resting({ owes: true, seenAt: 3_000 });
      const owedLately = await resting({ owes: true, seenAt: 4_000 });
      await resting({ owes: true, seenAt: 2_500 });
      const woken = await resting({ seenAt: 2_400 });
      await subject.journal.load(woken.id, 1);

      await subject.reopen();
      expect(await subject.journal.recover(8_000, 2_500)).toEqual([
        woken.id,
        awake.id,
        owedLately.id,
        owed.id,
      ]);
      expect(await subject.journal.find(awake.id)).toMatchObject({ deadline: 8_000 });
      expect(await subject.journal.find(slept.id)).toMatchObject({ deadline: 8_000, seenAt: 3_000 });
      expect(await subject.journal.due(7_999, 10)).toEqual([]);
      expect(await subject.journal.due(8_000, 10)).toHaveLength(4);
    });

    it("give the same again when the process dies before it has loaded them", async () => {
      const awake = await resting();
      const owed = await resting({ owes: true, seenAt: 3_000 });
      expect(await subject.journal.recover(8_000, 2_500)).toEqual([awake.id, owed.id]);
      await subject.reopen();
      expect(await subject.journal.recover(9_000, 2_500)).toEqual([awake.id, owed.id]);
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
      for (const session of sessions) keys.push(await subject.created(session));
      const [oldest = 0, tied = 0, middle = 0, newest = 0] = keys;
      await subject.journal.append({ session: middle, after: 1, rows: [event(2, 2)], endedAt: 900 });

      const listed = async (filter: Omit<Parameters<Journal["list"]>[0], "limit">, limit = 10) =>
        (await subject.journal.list({ ...filter, limit })).map(({ key }) => key);
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
      expect((await subject.journal.list({ limit: 1 }))[0]).toEqual(
        await subject.journal.find(sessions[3]?.id ?? ""),
      );
    });
  });
}
