import { type HttpFault, LIMITS } from "@parley/protocol";
import type { Handler } from "hono";
import { z } from "zod";
import type { OperatorRefusal } from "../../conversation/operators.ts";
import { refuse } from "./answers.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";
import { OPERATOR_ERRORS, readRequest } from "./operator-body.ts";

/** UTF-8 bytes of what the agent is asked to speak about: it becomes part of what a model reads. */
const PROMPT_BYTES = 16_384;

const words = (most: number) =>
  z
    .string("must be a text")
    .refine((text) => text.trim() !== "", "must not be empty")
    .refine((text) => Buffer.byteLength(text) <= most, `must not exceed ${most} bytes`)
    .transform((text) => text.toWellFormed());

const bodySchema = z
  .strictObject({
    prompt: words(PROMPT_BYTES).optional(),
    text: words(LIMITS.agentMessageBytes).optional(),
  })
  .refine(({ prompt, text }) => (prompt === undefined) !== (text === undefined), {
    error: "exactly one of prompt and text is expected",
  });

/** Why an operator's request is not taken. */
export const PROMPT_ERRORS = {
  ...OPERATOR_ERRORS,
  too_many: { status: 429, code: "TOO_MANY_PROMPTS", message: "Too many requests for this session" },
} as const satisfies Record<OperatorRefusal | "unknown", HttpFault>;

/**
 * `POST /api/v1/sessions/{session_id}/turns`, for operators: has something said into an open conversation. The body has
 * either `prompt` (the agent speaks about it) or `text` (said as it is). 202 when it is on disk; it waits for its turn
 * while the agent speaks. A second request with the same `Idempotency-Key` is the first one again.
 */
export const promptSession =
  ({ sessions }: HttpDeps): Handler<HttpEnv, "/:id"> =>
  async (c) => {
    const read = await readRequest(c, bodySchema);
    if ("fault" in read) return refuse(c, read.fault);
    const { prompt = null, text = null } = read.body;
    const outcome = await sessions.prompt(c.req.param("id"), { key: read.key, prompt, text });
    if ("refusal" in outcome) return refuse(c, PROMPT_ERRORS[outcome.refusal]);
    return c.json({ prompt_id: outcome.id }, 202);
  };
