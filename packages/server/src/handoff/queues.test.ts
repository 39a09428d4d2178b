import { describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.ts";
import { NobodyThere } from "./provider.ts";
import { type Queue, Queues } from "./queues.ts";

/** A Monday at noon. */
const NOON = Date.parse("2026-11-30T12:00:00Z");

const queue = (name: string, more: Partial<Queue> = {}): Queue => ({
  name,
  waitMs: 60_000,
  maxWaiting: null,
  hours: null,
  ...more,
});
const weekdays = { timeZone: "UTC", week: { mon: [{ from: 540, to: 780 }] }, exceptions: new Map() };

const queuesOf = (queues: readonly Queue[], waiting = 1) =>
  new Queues({
    queues,
    defaultQueue: null,
    waitMs: 300_000,
    clock: new ManualClock(NOON),
    journal: { countHandoffs: async ({ queue }) => (queue === "full" ? waiting : 0) },
  });
const reason = async (queues: Queues, name: string | null) => {
  try {
    await queues.admit(name);
    return null;
  } catch (error) {
    if (error instanceof NobodyThere) return error.message;
    throw error;
  }
};

describe("queues", () => {
  it("that are not configured take everybody", async () => {
    const queues = queuesOf([]);
    expect(await reason(queues, "anything")).toBeNull();
    expect(await reason(queues, null)).toBeNull();
    expect(queues.has("anything")).toBe(true);
    expect(queues.waitMs("anything")).toBe(300_000);
  });

  it("that are take nobody for another, and everybody who names none", async () => {
    const queues = queuesOf([queue("support", { waitMs: 5_000 })]);
    expect(await reason(queues, "sales")).toBe("Nobody is there for this.");
    expect(queues.has("sales")).toBe(false);
    expect(await reason(queues, null)).toBeNull();
    expect([queues.waitMs("support"), queues.waitMs(null)]).toEqual([5_000, 300_000]);
  });

  it("say when they open", async () => {
    expect(await reason(queuesOf([queue("open", { hours: weekdays })]), "open")).toBeNull();
    const later = { ...weekdays, week: { mon: [{ from: 840, to: 1_020 }] } };
    expect(await reason(queuesOf([queue("closed", { hours: later })]), "closed")).toBe(
      "We are closed right now, and open again today at 14:00.",
    );
    const never = { ...weekdays, week: {} };
    expect(await reason(queuesOf([queue("closed", { hours: never })]), "closed")).toBe(
      "We are closed right now.",
    );
  });

  it.each([
    [1, null],
    [2, null],
    [3, "All of us are busy right now. Please try again later."],
  ])("take two where two may wait: with %i on disk, the newest among them", async (waiting, expected) => {
    expect(await reason(queuesOf([queue("full", { maxWaiting: 2 })], waiting), "full")).toBe(expected);
  });
});
