import { describe, expect, it } from "vitest";
import { event, fact, newSession } from "../testing/journal-rows.ts";
import { outcome, type Subject } from "./contract-subject.ts";
import type { HandoffFilter, HandoffRow } from "./journal.ts";

const handoff = (id: string, more: Partial<HandoffRow> = {}): HandoffRow => ({
  id,
  provider: "desk",
  queue: "support",
  stage: "requested",
  requestedAt: 1_000,
  data: `{"id":"${id}"}`,
  ...more,
});

/** The contract of what is kept beside the rows that change it. */
export function handoffsContract(subject: Subject): void {
  describe("handoffs", () => {
    it("are kept with their rows, and replaced by their ids", async () => {
      const { journal } = subject;
      const session = newSession({ connector: "acme" });
      const key = await subject.created(session);
      await journal.append({ session: key, after: 1, rows: [fact(2)], handoffs: [handoff("h1")] });
      const stored = { ...handoff("h1"), key: 1, session: session.id, connector: "acme" };
      expect(await journal.handoff("h1")).toEqual(stored);
      const next = handoff("h1", { stage: "queued", queue: null, data: "{}" });
      await journal.append({ session: key, after: 2, rows: [event(3, 2)], handoffs: [next, handoff("h2")] });
      expect(await journal.handoff("h1")).toEqual({ ...stored, stage: "queued", queue: null, data: "{}" });
      expect(await journal.handoff("h2")).toMatchObject({ data: handoff("h2").data });
      expect(await journal.handoff("h3")).toBeNull();
      expect(await subject.rows(session.id)).toEqual([event(1, 1), fact(2), event(3, 2)]);
    });

    it("are not kept where their rows are not", async () => {
      const { journal } = subject;
      const key = await subject.created(newSession());
      const append = { session: key, rows: [fact(9)], handoffs: [handoff("h1")] };
      expect(await outcome(journal.append({ ...append, after: 8 }))).toBe("conflict");
      expect(await journal.handoff("h1")).toBeNull();
      expect(await outcome(journal.append({ ...append, session: 77, after: 0 }))).toBe("unknown_session");
    });

    it("are kept with the end of their session too", async () => {
      const { journal } = subject;
      const session = newSession();
      const key = await subject.created(session);
      const handoffs = [handoff("h1", { stage: "ended" })];
      await journal.append({ session: key, after: 1, rows: [event(2, 2)], endedAt: 5_000, handoffs });
      expect(await journal.handoff("h1")).toMatchObject({ stage: "ended" });
      expect(await journal.find(session.id)).toMatchObject({ endedAt: 5_000 });
    });

    it("are listed newest first, selected, paged and counted", async () => {
      const { journal } = subject;
      const [one, two] = [newSession({ connector: "one" }), newSession({ connector: "two" })];
      const [first, second] = [await subject.created(one), await subject.created(two)];
      await journal.append({
        session: first,
        after: 1,
        rows: [fact(2)],
        handoffs: [
          handoff("a", { requestedAt: 3_000 }),
          handoff("b", { stage: "failed", queue: null, requestedAt: 1_000 }),
        ],
      });
      await journal.append({
        session: second,
        after: 1,
        rows: [fact(2)],
        handoffs: [
          handoff("c", { stage: "joined", provider: "webhook", requestedAt: 3_000 }),
          handoff("d", { stage: "queued", queue: "sales", requestedAt: 2_000 }),
        ],
      });
      const ids = async (filter: Partial<HandoffFilter>) => {
        const found = await journal.handoffs({ limit: 10, ...filter });
        if (filter.beforeKey === undefined && filter.limit === undefined) {
          expect(await journal.countHandoffs(filter)).toBe(found.length);
        }
        return found.map(({ id }) => id);
      };
      // The clock was set back before d; of two of one moment the later request comes first.
      expect(await ids({})).toEqual(["c", "a", "d", "b"]);
      expect(await ids({ stages: ["requested", "accepted", "queued", "joined"] })).toEqual(["c", "a", "d"]);
      expect(await ids({ stages: ["failed", "joined"] })).toEqual(["c", "b"]);
      expect(await ids({ queue: "support", stages: ["requested"] })).toEqual(["a"]);
      expect(await ids({ provider: "webhook" })).toEqual(["c"]);
      expect(await ids({ connector: "one" })).toEqual(["a", "b"]);
      expect(await ids({ session: two.id })).toEqual(["c", "d"]);
      expect(await ids({ session: "unknown" })).toEqual([]);
      expect(await ids({ requestedFrom: 2_000, requestedBefore: 3_000 })).toEqual(["d"]);
      const page = await journal.handoffs({ limit: 2 });
      expect(await ids({ beforeKey: page[1]?.key ?? 0, limit: 2 })).toEqual(["d", "b"]);
      expect(await ids({ beforeKey: 99, limit: 2 })).toEqual([]);
    });
  });
}
