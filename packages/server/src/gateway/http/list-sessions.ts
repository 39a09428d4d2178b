import type { Handler } from "hono";
import { z } from "zod";
import type { SessionFilter, SessionRecord } from "../../journal/journal.ts";
import { refuse } from "./answers.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";
import { moment, pageCursor, readQuery, wholeNumber } from "./query.ts";

const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;

const cursor = pageCursor("sessions");

const querySchema = z.strictObject({
  connector: z.string().min(1, "must not be empty").optional(),
  status: z.enum(["open", "ended"], { error: "must be open or ended" }).optional(),
  created_from: moment.optional(),
  created_before: moment.optional(),
  limit: wholeNumber(MAX_PAGE).default(DEFAULT_PAGE),
  cursor: cursor.schema.optional(),
});

/**
 * `GET /api/v1/sessions`, for operators: newest first. `connector` and `status` (open, ended) select; so do
 * `created_from` (inclusive) and `created_before` (exclusive). `limit` from 1 to 200, 50 by default; `cursor` is the
 * `next_cursor` of the page before, null on the last.
 */
export const listSessions =
  ({ journal }: HttpDeps): Handler<HttpEnv> =>
  async (c) => {
    const read = readQuery(c, querySchema);
    if ("fault" in read) return refuse(c, read.fault);
    const { query } = read;
    const found = await journal.list({ ...filterOf(query), limit: query.limit + 1 });
    const { rows, next } = cursor.page(found, query.limit);
    return c.json({ sessions: rows.map(sessionView), next_cursor: next });
  };

function filterOf(query: z.infer<typeof querySchema>): Omit<SessionFilter, "limit"> {
  const { connector, status, created_from, created_before, cursor: beforeKey } = query;
  return {
    ...(connector !== undefined && { connector }),
    ...(status !== undefined && { status }),
    ...(created_from !== undefined && { createdFrom: created_from }),
    ...(created_before !== undefined && { createdBefore: created_before }),
    ...(beforeKey !== undefined && { beforeKey }),
  };
}

/** A session as operators see it: nothing here lets anybody in. */
export const sessionView = (session: SessionRecord) => ({
  session_id: session.id,
  connector: session.connector,
  user_id: session.sub,
  host: session.host,
  status: session.endedAt === null ? "open" : "ended",
  created_at: new Date(session.createdAt).toISOString(),
  ended_at: session.endedAt === null ? null : new Date(session.endedAt).toISOString(),
  streaming_enabled: session.streaming,
  platform: session.platform,
  device_type: session.deviceType,
  locale: session.locale,
  attributes: session.attributes,
  context_id: session.contextId,
});
