import { describe, expect, it } from "vitest";
import { event, events, fact, newSession } from "../testing/journal-rows.ts";
import { EVERYTHING, outcome, type Subject } from "./contract-subject.ts";

/** The contract of records, and of a journal's life: closing, opening again, faults. */
export function lifeContract(subject: Subject): void {
  describe("records", () => {
    it("puts, replaces, lists by kind and deletes", async () => {
      await subject.journal.putRecord("operator_key", "b", "1");
      await subject.journal.putRecord("operator_key", "a", "2");
      await subject.journal.putRecord("operator_key", "b", "3");
      await subject.journal.putRecord("other", "a", "4");
      expect(await subject.journal.records("operator_key")).toEqual([
        { id: "a", data: "2" },
        { id: "b", data: "3" },
      ]);
      expect(await subject.journal.deleteRecord("operator_key", "b")).toBe(true);
      expect(await subject.journal.deleteRecord("operator_key", "b")).toBe(false);
      expect(await subject.journal.records("operator_key")).toEqual([{ id: "a", data: "2" }]);
      expect(await subject.journal.records("none")).toEqual([]);
    });
  });

  describe("a life", () => {
    it("finds all of it again after it was closed", async () => {
      const session = newSession();
      const key = await subject.created(session);
      await subject.journal.append({ session: key, after: 1, rows: [fact(2), event(3, 2)] });
      await subject.journal.snapshot(key, { position: 2, version: 1, data: "two" });
      await subject.journal.putRecord("kind", "id", "data");
      const changes = await subject.journal.changes(0, 10);

      await subject.reopen();
      expect(await subject.journal.load(session.id, 1)).toMatchObject({
        record: { ...session, key },
        snapshot: { data: "two" },
        rows: [event(3, 2)],
      });
      expect(await subject.journal.changes(0, 10)).toEqual(changes);
      expect(await subject.journal.records("kind")).toEqual([{ id: "id", data: "data" }]);
      await subject.journal.append({ session: key, after: 3, rows: [event(4, 3)] });
      expect(await subject.journal.events(key, { ...EVERYTHING, after: 2 })).toHaveLength(1);
    });

    it("finishes what is under way when it is closed, and takes nothing more", async () => {
      const session = newSession();
      const key = await subject.created(session);
      const append = outcome(subject.journal.append({ session: key, after: 1, rows: [event(2, 2)] }));
      const loaded = subject.rows(session.id);
      await subject.journal.close();
      await subject.journal.close();
      expect(await append).toBe("resolved");
      expect(await loaded).toEqual(events(1, 2));
      expect(await outcome(subject.journal.append({ session: key, after: 2, rows: [event(3, 3)] }))).toBe(
        "closed",
      );
      expect(await outcome(subject.journal.find(session.id))).toBe("closed");
      expect(await outcome(subject.journal.load(session.id, 1))).toBe("closed");
      await subject.reopen();
      expect(await subject.rows(session.id)).toEqual(events(1, 2));
    });

    it("has no fault while all is well", async () => {
      const key = await subject.created();
      expect(subject.journal.fault()).toBeNull();
      expect(await outcome(subject.journal.append({ session: key, after: 9, rows: [event(10, 10)] }))).toBe(
        "conflict",
      );
      expect(subject.journal.fault()).toBeNull();
      expect(await subject.journal.probe()).toBeNull();
    });
  });
}
