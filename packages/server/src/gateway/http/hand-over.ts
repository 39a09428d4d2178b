import { HTTP_ERRORS, type HttpFault } from "@parley/protocol";
import { handOverBody } from "@parley/protocol/schemas";
import type { Handler } from "hono";
import type { HandoffWishRefusal } from "../../conversation/handoffs.ts";
import type { Json } from "../../conversation/turn.ts";
import { refuse } from "./answers.ts";
import { readJson } from "./body.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";
import { invalidBody, problemOf, readKey } from "./operator-body.ts";

/** Why an operator's request is not taken. */
export const WISH_ERRORS = {
  unknown: HTTP_ERRORS.sessionNotFound,
  key_conflict: {
    status: 409,
    code: "IDEMPOTENCY_KEY_REUSED",
    message: "Idempotency-Key was used for another request",
  },
  ended: { status: 409, code: "SESSION_ENDED", message: "The session has ended" },
  handed_off: { status: 409, code: "HANDED_OFF", message: "The conversation is with somebody else" },
  not_joined: { status: 409, code: "AGENT_NOT_JOINED", message: "No agent has joined the session" },
  too_many: { status: 429, code: "TOO_MANY_HANDOFFS", message: "Too many requests for this session" },
} as const satisfies Record<HandoffWishRefusal | "unknown", HttpFault>;

/**
 * `POST /api/v1/sessions/{session_id}/handoff`, for operators: has a person take an open conversation over from the agent,
 * also in the middle of its answer. The body may have `queue`, and `reason`, `summary` and `context` for the person.
 * 202 when it is on disk. A second request with the same `Idempotency-Key` is the first one again.
 */
export const handOver =
  ({ sessions, handoffs }: HttpDeps): Handler<HttpEnv, "/:id"> =>
  async (c) => {
    const key = readKey(c);
    if (key !== null && typeof key === "object") return refuse(c, key.fault);
    const body = await readJson(c);
    if (body === undefined) return refuse(c, HTTP_ERRORS.badRequest);
    const read = handOverBody.safeParse(body);
    if (!read.success) return refuse(c, invalidBody(problemOf(read.error)));
    const { queue, reason, summary, context } = read.data;
    if (queue !== undefined && !handoffs.hasQueue(queue)) {
      return refuse(c, invalidBody("queue: is none of the queues that are configured"));
    }
    const outcome = await sessions.handOver(c.req.param("id"), {
      key,
      ...(queue !== undefined && { queue }),
      ...(reason !== undefined && { reason: reason.toWellFormed() }),
      ...(summary !== undefined && { summary: summary.toWellFormed() }),
      ...(context !== undefined && { context: context as Record<string, Json> }),
    });
    if ("refusal" in outcome) return refuse(c, WISH_ERRORS[outcome.refusal]);
    return c.json({ handoff_id: outcome.id }, 202);
  };
