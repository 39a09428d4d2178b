import type { HandoffRecord } from "../conversation/handoff.ts";
import type { DeskToday, Outcome } from "./wire.ts";

const HOUR_MS = 3_600_000;

/** Nobody came, or the user was gone before. */
const isLost = ({ joinedAt, endedAt }: HandoffRecord): boolean => joinedAt === null && endedAt !== null;
const isJoined = ({ joinedAt }: HandoffRecord): boolean => joinedAt !== null;

const waited = ({ requestedAt, joinedAt }: HandoffRecord): number[] =>
  joinedAt === null ? [] : [(joinedAt - requestedAt) / 1_000];
const talked = ({ joinedAt, endedAt }: HandoffRecord): number[] =>
  joinedAt === null || endedAt === null ? [] : [(endedAt - joinedAt) / 1_000];

/**
 * A day's handoffs in numbers, for a supervisor.
 * @param records those that were asked for since `since`
 */
export function todayOf(records: readonly HandoffRecord[], since: number, now: number): DeskToday {
  const outcomes: Record<Outcome, number> = {
    completed: 0,
    returned: 0,
    user_ended: 0,
    user_abandoned: 0,
    failed: 0,
    timed_out: 0,
  };
  for (const { outcome } of records) {
    if (outcome !== null && outcome !== "redirected") outcomes[outcome] += 1;
  }
  const hours = Array.from({ length: Math.floor((now - since) / HOUR_MS) + 1 }, (_, hour) => {
    const from = since + hour * HOUR_MS;
    const own = records.filter(({ requestedAt }) => requestedAt >= from && requestedAt < from + HOUR_MS);
    return { from, ...counts(own) };
  });
  return {
    since,
    now,
    requested: records.length,
    joined: records.filter(isJoined).length,
    outcomes,
    wait_seconds: spread(records.flatMap(waited)),
    talk_seconds: spread(records.flatMap(talked)),
    hours,
    queues: grouped(records, ({ queue }) => queue ?? "").map(([name, own]) => ({
      name,
      ...counts(own),
      median_wait_seconds: spread(own.flatMap(waited))?.median ?? null,
    })),
    people: grouped(records.filter(isJoined), ({ person }) => person?.id ?? "").map(([id, own]) => ({
      id,
      name: own.at(-1)?.person?.name ?? "",
      joined: own.length,
      median_talk_seconds: spread(own.flatMap(talked))?.median ?? null,
    })),
  };
}

const counts = (records: readonly HandoffRecord[]) => ({
  requested: records.length,
  joined: records.filter(isJoined).length,
  lost: records.filter(isLost).length,
});

/** Groups with the most first. */
function grouped(
  records: readonly HandoffRecord[],
  keyOf: (record: HandoffRecord) => string,
): [string, HandoffRecord[]][] {
  return [...Map.groupBy(records, keyOf)].sort(([, a], [, b]) => b.length - a.length);
}

/** By the nearest rank, in whole seconds. */
function spread(values: readonly number[]): { median: number; p90: number; longest: number } | null {
  const sorted = values.map((value) => Math.max(0, Math.round(value))).sort((a, b) => a - b);
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return sorted.length === 0 ? null : { median: rank(0.5), p90: rank(0.9), longest: rank(1) };
}
