import type { Handler } from "hono";
import { z } from "zod";
import type { Clock } from "../../clock.ts";
import type { HandoffRecord } from "../../conversation/handoff.ts";
import { refuse } from "../../gateway/http/answers.ts";
import { readQuery } from "../../gateway/http/query.ts";
import { decodeHandoff } from "../../handoff/records.ts";
import type { Journal } from "../../journal/journal.ts";
import { todayOf } from "../today.ts";
import type { DeskEnv } from "./deps.ts";
import { DESK_ERRORS } from "./errors.ts";

/** A day, and the hour that some of them have more. */
const LONGEST_MS = 25 * 3_600_000;
/** Handoffs that are counted at most, a few kilobytes each; beyond, the oldest of the day are left out. */
const MOST = 5_000;
const PAGE = 200;

const querySchema = z.strictObject({
  since: z
    .string()
    .regex(/^\d{1,15}$/, "must be milliseconds since 1970")
    .transform(Number),
});

/**
 * `GET /desk/api/today?since=…`, for supervisors: the handoffs that were asked for since then in numbers. `since` is the
 * page's own midnight, in milliseconds since 1970; at most 25 hours are looked at.
 */
export const today =
  ({ journal, clock }: { journal: Pick<Journal, "handoffs">; clock: Clock }): Handler<DeskEnv> =>
  async (c) => {
    if (c.get("signedIn").account.role !== "supervisor") return refuse(c, DESK_ERRORS.forbidden);
    const read = readQuery(c, querySchema);
    if ("fault" in read) return refuse(c, read.fault);
    const now = clock.now();
    const since = Math.min(now, Math.max(read.query.since, now - LONGEST_MS));
    const records: HandoffRecord[] = [];
    for (let beforeKey: number | undefined; records.length < MOST; ) {
      const page = await journal.handoffs({
        provider: "desk",
        requestedFrom: since,
        limit: PAGE,
        ...(beforeKey !== undefined && { beforeKey }),
      });
      records.push(...page.map(decodeHandoff));
      beforeKey = page.at(-1)?.key;
      if (page.length < PAGE) break;
    }
    return c.json(todayOf(records, since, now));
  };
