import { HTTP_ERRORS, type HttpFault, LIMITS } from "@parley/protocol";
import type { Handler } from "hono";
import { z } from "zod";
import type { PromptRefusal } from "../../conversation/prompts.ts";
import { refuse } from "./answers.ts";
import { readJson } from "./body.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";

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

/** 1 to 128 visible ASCII characters. */
const KEY = /^[\x21-\x7e]{1,128}$/;

const INVALID_KEY: HttpFault = {
  status: 400,
  code: "INVALID_IDEMPOTENCY_KEY",
  message: "Idempotency-Key must be 1 to 128 visible ASCII characters",
};

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

export const invalidBody = (problem: string): HttpFault => ({
  status: 400,
  code: "INVALID_BODY",
  message: `Invalid body: ${problem}`,
});

/**
 * `POST /api/v1/sessions/{session_id}/turns`, for operators: has something said into an open conversation. The body has
 * either `prompt` (the agent speaks about it) or `text` (said as it is). 202 when it is on disk; it waits for its turn
 * while the agent speaks. A second request with the same `Idempotency-Key` is the first one again.
 */
export const promptSession =
  ({ sessions }: HttpDeps): Handler<HttpEnv, "/:id"> =>
  async (c) => {
    const key = c.req.header("Idempotency-Key");
    if (key !== undefined && !KEY.test(key)) return refuse(c, INVALID_KEY);
    const body = await readJson(c);
    if (body === undefined) return refuse(c, HTTP_ERRORS.badRequest);
    const read = bodySchema.safeParse(body);
    if (!read.success) return refuse(c, invalidBody(problemOf(read.error)));
    const { prompt = null, text = null } = read.data;
    const outcome = await sessions.prompt(c.req.param("id"), { key: key ?? null, prompt, text });
    if ("refusal" in outcome) return refuse(c, PROMPT_ERRORS[outcome.refusal]);
    return c.json({ prompt_id: outcome.id }, 202);
  };

export function problemOf({ issues: [issue] }: z.ZodError): string {
  if (issue?.code === "unrecognized_keys") return `${issue.keys.join(", ")}: not known here`;
  return [...(issue?.path ?? []), issue?.message ?? "not valid"].join(": ");
}
