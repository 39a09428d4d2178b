import type { HttpFault } from "@parley/protocol";
import { handOverBody } from "@parley/protocol/schemas";
import type { Handler } from "hono";
import type { OperatorRefusal } from "../../conversation/operators.ts";
import type { Json } from "../../conversation/turn.ts";
import { refuse } from "./answers.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";
import { invalidBody, OPERATOR_ERRORS, readRequest } from "./operator-body.ts";

/** Why an operator's request is not taken. */
export const WISH_ERRORS = {
  ...OPERATOR_ERRORS,
  too_many: { status: 429, code: "TOO_MANY_HANDOFFS", message: "Too many requests for this session" },
} as const satisfies Record<OperatorRefusal | "unknown", HttpFault>;

/**
 * `POST /api/v1/sessions/{session_id}/handoff`, for operators: has a person take an open conversation over from the agent,
 * also in the middle of its answer. The body may have `queue`, and `reason`, `summary` and `context` for the person.
 * 202 when it is on disk. A second request with the same `Idempotency-Key` is the first one again.
 */
export const handOver =
  ({ sessions, handoffs }: HttpDeps): Handler<HttpEnv, "/:id"> =>
  async (c) => {
    const read = await readRequest(c, handOverBody);
    if ("fault" in read) return refuse(c, read.fault);
    const { key, body } = read;
    const { queue, reason, summary, context } = body;
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
