import { HTTP_ERRORS, type HttpFault, LIMITS } from "@parley/protocol";
import type { Handler } from "hono";
import { z } from "zod";
import type { PromptRefusal } from "../../conversation/prompts.ts";
import { refuse } from "./answers.ts";
import { readJson } from "./body.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";
import { invalidBody, problemOf, readKey } from "./operator-body.ts";

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

/** Why an operator's request is not taken, in the order in which it is checked. */
export const PROMPT_ERRORS = {
  unknown: HTTP_ERRORS.sessionNotFound,
  key_conflict: {
    status: 409,
    code: "IDEMPOTENCY_KEY_REUSED",
    message: "Idempotency-Key was used for another request",
  },
  ended: { status: 409, code: "SESSION_ENDED", message: "The session has ended" },
  handed_off: { status: 409, code: "HANDED_OFF", message: "The conversation is with somebody else" },
  not_joined: { status: 409, code: "AGENT_NOT_JOINED", message: "No agent has joined the session" },
  too_many: { status: 429, code: "TOO_MANY_PROMPTS", message: "Too many requests for this session" },
} as const satisfies Record<PromptRefusal | "unknown", HttpFault>;

/**
 * `POST /api/v1/sessions/{session_id}/turns`, for operators: has something said into an open conversation. The body has
 * either `prompt` (the agent speaks about it) or `text` (said as it is). 202 when it is on disk; it waits for its turn
 * while the agent speaks. A second request with the same `Idempotency-Key` is the first one again.
 */
export const promptSession =
  ({ sessions }: HttpDeps): Handler<HttpEnv, "/:id"> =>
  async (c) => {
    const key = readKey(c);
    if (key !== null && typeof key === "object") return refuse(c, key.fault);
    const body = await readJson(c);
    if (body === undefined) return refuse(c, HTTP_ERRORS.badRequest);
    const read = bodySchema.safeParse(body);
    if (!read.success) return refuse(c, invalidBody(problemOf(read.error)));
    const { prompt = null, text = null } = read.data;
    const outcome = await sessions.prompt(c.req.param("id"), { key, prompt, text });
    if ("refusal" in outcome) return refuse(c, PROMPT_ERRORS[outcome.refusal]);
    return c.json({ prompt_id: outcome.id }, 202);
  };
