import { HTTP_ERRORS, type HttpFault } from "@parley/protocol";
import type { z } from "zod";
import type { OperatorRefusal } from "../../conversation/operators.ts";
import { readJson } from "./body.ts";
import type { HttpContext } from "./deps.ts";

/** 1 to 128 visible ASCII characters. */
const KEY = /^[\x21-\x7e]{1,128}$/;

const INVALID_KEY: HttpFault = {
  status: 400,
  code: "INVALID_IDEMPOTENCY_KEY",
  message: "Idempotency-Key must be 1 to 128 visible ASCII characters",
};

export const KEY_REUSED: HttpFault = {
  status: 409,
  code: "IDEMPOTENCY_KEY_REUSED",
  message: "Idempotency-Key was used for another request",
};

/** Why what an operator asks of a conversation is not taken. What is too many, each request says in its own words. */
export const OPERATOR_ERRORS = {
  unknown: HTTP_ERRORS.sessionNotFound,
  key_conflict: KEY_REUSED,
  ended: { status: 409, code: "SESSION_ENDED", message: "The session has ended" },
  handed_off: { status: 409, code: "HANDED_OFF", message: "The conversation is with somebody else" },
  not_joined: { status: 409, code: "AGENT_NOT_JOINED", message: "No agent has joined the session" },
} as const satisfies Record<Exclude<OperatorRefusal, "too_many"> | "unknown", HttpFault>;

/** What a request that may be made again holds; `key` is null where it has none. */
export async function readRequest<Schema extends z.ZodType>(
  c: HttpContext,
  schema: Schema,
): Promise<{ key: string | null; body: z.output<Schema> } | { fault: HttpFault }> {
  const key = c.req.header("Idempotency-Key") ?? null;
  if (key !== null && !KEY.test(key)) return { fault: INVALID_KEY };
  const read = await readBody(c, schema);
  return "fault" in read ? read : { key, ...read };
}

/** A body of this form. */
export async function readBody<Schema extends z.ZodType>(
  c: HttpContext,
  schema: Schema,
): Promise<{ body: z.output<Schema> } | { fault: HttpFault }> {
  const given = await readJson(c);
  if (given === undefined) return { fault: HTTP_ERRORS.badRequest };
  const read = schema.safeParse(given);
  return read.success ? { body: read.data } : { fault: invalidBody(problemOf(read.error)) };
}

export const invalidBody = (problem: string): HttpFault => ({
  status: 400,
  code: "INVALID_BODY",
  message: `Invalid body: ${problem}`,
});

/** What is wrong with a body, by the first key that is. */
function problemOf({ issues: [issue] }: z.ZodError): string {
  if (issue?.code === "unrecognized_keys") {
    return `${[...issue.path, issue.keys.join(", ")].join(".")}: not known here`;
  }
  // A field whose absence is the fault is told by the schema's own words.
  return [...(issue?.path.length ? [issue.path.join(".")] : []), issue?.message ?? "not valid"].join(": ");
}
