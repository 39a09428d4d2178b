import { LIMITS } from "@parley/protocol";
import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "./deps.ts";

export const CORRELATION_HEADER = "X-PolyAI-Correlation-Id";

const acceptable = new RegExp(`^[A-Za-z0-9._-]{1,${LIMITS.correlationIdLength}}$`);

/** The request's own correlation id where it is acceptable, else a new one [protocol section 1]. */
export const correlationId = (given: string | undefined, newId: () => string): string =>
  given !== undefined && acceptable.test(given) ? given : newId();

/** Puts a correlation id on every answer. */
export const correlate =
  (newId: () => string): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const id = correlationId(c.req.header(CORRELATION_HEADER), newId);
    c.set("correlationId", id);
    c.header(CORRELATION_HEADER, id);
    await next();
  };
