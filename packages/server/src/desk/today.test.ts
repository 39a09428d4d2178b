import { describe, expect, it } from "vitest";
import type { HandoffRecord } from "../conversation/handoff.ts";
import { todayOf } from "./today.ts";

const MIDNIGHT = Date.UTC(2026, 0, 5);
const HOUR = 3_600_000;
let made = 0;

function handoff(changes: Partial<HandoffRecord>): HandoffRecord {
  made += 1;
  return {
    id: `h${made}`,
    provider: "desk",
    queue: "billing",
    stage: "ended",
    initiator: "agent",
    reason: null,
    summary: null,
    context: null,
    person: null,
    transfers: 0,
    deadline: null,
    status: null,
    requestedAt: MIDNIGHT,
    acceptedAt: null,
    queuedAt: null,
    joinedAt: null,
    endedAt: null,
    outcome: null,
    outcomeReason: null,
    ...changes,
  };
}

/** One that somebody joined: asked for in the hour, waited and talked for so many seconds. */
function joined(hour: number, wait: number, talk: number, id: string, changes: Partial<HandoffRecord> = {}) {
  const requestedAt = MIDNIGHT + hour * HOUR;
  const joinedAt = requestedAt + wait * 1_000;
  const person = { id, name: id.toUpperCase(), avatarUrl: "" };
  const endedAt = joinedAt + talk * 1_000;
  return handoff({ requestedAt, joinedAt, endedAt, person, outcome: "completed", ...changes });
}

describe("a day in numbers", () => {
  it("counts what was asked for, what came of it, and how long it took", () => {
    const lost = handoff({
      requestedAt: MIDNIGHT + HOUR,
      endedAt: MIDNIGHT + HOUR + 1,
      outcome: "timed_out",
      queue: "sales",
    });
    const waiting = handoff({ requestedAt: MIDNIGHT + 2 * HOUR, stage: "queued" });
    const records = [
      joined(0, 10, 100, "a"),
      joined(0, 20, 200, "a", { outcome: "returned" }),
      joined(1, 90, 300, "b"),
      lost,
      waiting,
    ];
    expect(todayOf(records, MIDNIGHT, MIDNIGHT + 2.5 * HOUR)).toEqual({
      since: MIDNIGHT,
      now: MIDNIGHT + 2.5 * HOUR,
      requested: 5,
      joined: 3,
      outcomes: { completed: 2, returned: 1, user_ended: 0, user_abandoned: 0, failed: 0, timed_out: 1 },
      wait_seconds: { median: 20, p90: 90, longest: 90 },
      talk_seconds: { median: 200, p90: 300, longest: 300 },
      hours: [
        { from: MIDNIGHT, requested: 2, joined: 2, lost: 0 },
        { from: MIDNIGHT + HOUR, requested: 2, joined: 1, lost: 1 },
        { from: MIDNIGHT + 2 * HOUR, requested: 1, joined: 0, lost: 0 },
      ],
      queues: [
        { name: "billing", requested: 4, joined: 3, lost: 0, median_wait_seconds: 20 },
        { name: "sales", requested: 1, joined: 0, lost: 1, median_wait_seconds: null },
      ],
      people: [
        { id: "a", name: "A", joined: 2, median_talk_seconds: 100 },
        { id: "b", name: "B", joined: 1, median_talk_seconds: 300 },
      ],
    });
  });

  it("of a day without any is all zeros", () => {
    expect(todayOf([], MIDNIGHT, MIDNIGHT)).toMatchObject({
      requested: 0,
      wait_seconds: null,
      hours: [{ from: MIDNIGHT, requested: 0 }],
      queues: [],
      people: [],
    });
  });
});
