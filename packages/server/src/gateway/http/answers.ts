import type { ErrorAnswer, HttpFault } from "@parley/protocol";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** The body of every error [protocol section 1]. */
export const errorBody = ({ message, code }: HttpFault, correlationId: string): ErrorAnswer => ({
  error: message,
  message,
  code,
  correlation_id: correlationId,
});

/** Answers with an error. */
export const refuse = (c: Context, fault: HttpFault, headers: Record<string, string> = {}): Response =>
  c.json(errorBody(fault, c.get("correlationId")), fault.status as ContentfulStatusCode, headers);
