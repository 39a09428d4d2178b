import type { HttpFault } from "@parley/protocol";
import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { originOf } from "../../../identity/hosts.ts";
import { refuse } from "../answers.ts";
import { CORRELATION_HEADER } from "../correlation.ts";
import { fromThisMachine, isLoopback } from "../page.ts";

const FOREIGN_ORIGIN: HttpFault = {
  status: 403,
  code: "ORIGIN_NOT_ALLOWED",
  message: "The playground is for pages of this machine only",
};

/**
 * Lets in programs and pages of this machine: by the `Host`, as the page is, and by the `Origin`, where there is one. A
 * page on another port may read the answers, so that a test suite that runs in a browser can use them.
 * @param publicUrl what the world calls this server, or null
 */
export function guardPlayground(publicUrl: string | null): MiddlewareHandler[] {
  const ownOrigin = publicUrl === null ? null : originOf(publicUrl);
  const isOurs = (origin: string) =>
    origin === ownOrigin || (URL.canParse(origin) && isLoopback(new URL(origin).hostname));
  return [
    fromThisMachine(publicUrl),
    async (c, next) => {
      const origin = c.req.header("Origin");
      if (origin !== undefined && !isOurs(origin)) return refuse(c, FOREIGN_ORIGIN);
      await next();
      return;
    },
    cors({
      origin: (origin) => (isOurs(origin) ? origin : null),
      allowMethods: ["GET", "POST", "PUT", "DELETE"],
      exposeHeaders: [CORRELATION_HEADER],
    }),
  ];
}
