import type { HttpFault } from "@parley/protocol";
import type { z } from "zod";
import type { HttpContext } from "./deps.ts";

/** 1 to 128 visible ASCII characters. */
const KEY = /^[\x21-\x7e]{1,128}$/;

export const INVALID_KEY: HttpFault = {
  status: 400,
  code: "INVALID_IDEMPOTENCY_KEY",
  message: "Idempotency-Key must be 1 to 128 visible ASCII characters",
};

/** The key of a request that may be made again; null where it has none. */
export function readKey(c: Pick<HttpContext, "req">): string | null | { fault: HttpFault } {
  const key = c.req.header("Idempotency-Key");
  if (key === undefined) return null;
  return KEY.test(key) ? key : { fault: INVALID_KEY };
}

export const invalidBody = (problem: string): HttpFault => ({
  status: 400,
  code: "INVALID_BODY",
  message: `Invalid body: ${problem}`,
});

/** What is wrong with a body, by the first key that is. */
export function problemOf({ issues: [issue] }: z.ZodError): string {
  if (issue?.code === "unrecognized_keys") {
    return `${[...issue.path, issue.keys.join(", ")].join(".")}: not known here`;
  }
  // A field whose absence is the fault is told by the schema's own words.
  return [...(issue?.path.length ? [issue.path.join(".")] : []), issue?.message ?? "not valid"].join(": ");
}
