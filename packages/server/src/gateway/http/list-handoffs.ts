import type { HandoffView } from "@parley/protocol/schemas";
import type { Handler } from "hono";
import { z } from "zod";
import { decodeHandoff, OPEN_STAGES, OVER_STAGES, WAITING_STAGES } from "../../handoff/records.ts";
import type { HandoffFilter, StoredHandoff } from "../../journal/journal.ts";
import { refuse } from "./answers.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";
import { HANDOFF_NOT_FOUND } from "./handoff-command.ts";
import { moment, pageCursor, readQuery, wholeNumber } from "./query.ts";

const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;

const cursor = pageCursor("handoffs");

/** Beside the stages themselves. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  open: OPEN_STAGES,
  waiting: WAITING_STAGES,
  over: OVER_STAGES,
};
const STATES = [...Object.keys(GROUPS), ...OPEN_STAGES, ...OVER_STAGES];

const text = z.string().min(1, "must not be empty").optional();

const querySchema = z.strictObject({
  state: z.enum(STATES, { error: `must be one of ${STATES.join(", ")}` }).optional(),
  queue: text,
  provider: text,
  connector: text,
  session_id: text,
  since: moment.optional(),
  before: moment.optional(),
  limit: wholeNumber(MAX_PAGE).default(DEFAULT_PAGE),
  cursor: cursor.schema.optional(),
});

/**
 * `GET /api/v1/handoffs`, for operators: newest first. `state` (a state, or `open`, `waiting`, `over`), `queue`,
 * `provider`, `connector` and `session_id` select; so do `since` (inclusive) and `before` (exclusive), by the time of the
 * request. Paged as the list of sessions.
 */
export const listHandoffs =
  ({ journal }: HttpDeps): Handler<HttpEnv> =>
  async (c) => {
    const read = readQuery(c, querySchema);
    if ("fault" in read) return refuse(c, read.fault);
    const { query } = read;
    const found = await journal.handoffs({ ...filterOf(query), limit: query.limit + 1 });
    const { rows, next } = cursor.page(found, query.limit);
    return c.json({ handoffs: rows.map(handoffView), next_cursor: next });
  };

/** `GET /api/v1/handoffs/{handoff_id}`, for operators. */
export const readHandoff =
  ({ journal }: HttpDeps): Handler<HttpEnv, "/:id"> =>
  async (c) => {
    const found = await journal.handoff(c.req.param("id"));
    return found === null ? refuse(c, HANDOFF_NOT_FOUND) : c.json(handoffView(found));
  };

function filterOf(query: z.infer<typeof querySchema>): Omit<HandoffFilter, "limit"> {
  const { state, queue, provider, connector, session_id, since, before, cursor: beforeKey } = query;
  return {
    ...(state !== undefined && { stages: GROUPS[state] ?? [state] }),
    ...(queue !== undefined && { queue }),
    ...(provider !== undefined && { provider }),
    ...(connector !== undefined && { connector }),
    ...(session_id !== undefined && { session: session_id }),
    ...(since !== undefined && { requestedFrom: since }),
    ...(before !== undefined && { requestedBefore: before }),
    ...(beforeKey !== undefined && { beforeKey }),
  };
}

const printTime = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** A handoff as operators see it. */
export function handoffView(stored: StoredHandoff): HandoffView {
  const handoff = decodeHandoff(stored);
  const { person, status } = handoff;
  return {
    handoff_id: handoff.id,
    session_id: stored.session,
    connector: stored.connector,
    provider: handoff.provider,
    queue: handoff.queue,
    state: handoff.stage,
    initiator: handoff.initiator,
    reason: handoff.reason,
    summary: handoff.summary,
    context: handoff.context,
    agent: person && { id: person.id, name: person.name, avatar_url: person.avatarUrl },
    transfers: handoff.transfers,
    position_in_queue: status?.position ?? null,
    estimated_wait_seconds: status?.estimatedWaitSeconds ?? null,
    requested_at: new Date(handoff.requestedAt).toISOString(),
    accepted_at: printTime(handoff.acceptedAt),
    queued_at: printTime(handoff.queuedAt),
    joined_at: printTime(handoff.joinedAt),
    times_out_at: printTime(handoff.deadline),
    ended_at: printTime(handoff.endedAt),
    outcome: handoff.outcome,
    outcome_reason: handoff.outcomeReason,
  };
}
