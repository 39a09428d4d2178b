import { HTTP_ERRORS, type HttpFault } from "@parley/protocol";
import type { MiddlewareHandler } from "hono";
import type { Clock } from "../../clock.ts";
import type { AccessGrant } from "../../identity/access-tokens.ts";
import type { Connector } from "../../identity/connectors.ts";
import { rateAddress } from "./address.ts";
import { refuse } from "./answers.ts";
import type { HttpContext, HttpDeps, HttpEnv } from "./deps.ts";
import type { RateLimit } from "./rate-limit.ts";

/** Milliseconds until the server gives up: shipped clients do after 10 s, and the answer needs time on its way. */
const ANSWER_MS = 9_000;

/**
 * Answers in time, with this fault where the server itself fails or is too slow; the work goes on all the same. A body
 * that has not come by then is its client's fault.
 */
export const answersInTime =
  (clock: Clock, failure: HttpFault): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    c.set("failure", failure);
    const late = Promise.withResolvers<"late">();
    const timer = clock.after(ANSWER_MS, () => late.resolve("late"));
    try {
      if ((await Promise.race([next(), late.promise])) !== "late") return;
    } finally {
      timer.cancel();
    }
    if (c.env?.incoming?.complete === false) {
      return refuse(c, HTTP_ERRORS.requestTimeout, { Connection: "close" });
    }
    throw new Error(`no answer within ${ANSWER_MS} ms`);
  };

/**
 * Counts a request for its connector and address; what no connector admits counts for the address alone.
 * @returns the answer to one that came too soon, or null
 */
export function tooSoon(
  c: HttpContext,
  limit: RateLimit,
  connector: Connector | null,
  now: number,
): Response | null {
  const address = rateAddress(c.env?.incoming?.socket.remoteAddress);
  const seconds = limit.take(`${address} ${connector?.id ?? ""}`, now);
  return seconds === 0 ? null : refuse(c, HTTP_ERRORS.tooMany, { "Retry-After": String(seconds) });
}

/** Lets in who has an access token and comes from an origin of its connector; `access` says who it is. */
export const requireAccess =
  (deps: HttpDeps, limit: RateLimit): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const checked = await checkAccess(deps, c.req.header("Authorization"), c.req.header("Origin"));
    const admitted = "fault" in checked ? null : checked;
    const limited = tooSoon(c, limit, admitted?.connector ?? null, deps.clock.monotonic());
    if (limited !== null) return limited;
    if ("fault" in checked) return refuse(c, checked.fault);
    c.set("access", checked);
    await next();
    return;
  };

async function checkAccess(
  { accessTokens, connectors }: HttpDeps,
  authorization: string | undefined,
  origin: string | undefined,
): Promise<{ grant: AccessGrant; connector: Connector } | { fault: HttpFault }> {
  if (!authorization) return { fault: HTTP_ERRORS.missingToken };
  const token = bearerOf(authorization);
  if (token === null) return { fault: HTTP_ERRORS.missingHeaders };
  const grant = await accessTokens.verify(token);
  const connector = grant && connectors.get(grant.connector);
  if (!grant || !connector) return { fault: HTTP_ERRORS.invalidToken };
  if (!connectors.allowsOrigin(connector, origin)) return { fault: HTTP_ERRORS.wrongHost };
  return { grant, connector };
}

/** The credential of an `Authorization: Bearer`, which may be empty, or null for another scheme. */
const bearerOf = (authorization: string): string | null =>
  /^bearer(?= |$) *(.*)$/i.exec(authorization)?.[1] ?? null;
