import type { HttpFault } from "@parley/protocol";
import type { Env, Hono, MiddlewareHandler } from "hono";
import { domainOf } from "../../identity/hosts.ts";
import { refuse } from "./answers.ts";
import type { WebFiles } from "./web-files.ts";

const FOREIGN_HOST: HttpFault = {
  status: 403,
  code: "HOST_NOT_ALLOWED",
  message:
    "This page is served to this machine only: open it by http://localhost or the configured public URL",
};

/**
 * Lets in who calls this server by a loopback name or by its public URL. A name of somebody else's that was made to point
 * here (DNS rebinding) would otherwise be the page's own origin, and could use all of it.
 * @param publicUrl what the world calls this server, or null
 */
export function fromThisMachine(publicUrl: string | null): MiddlewareHandler {
  const publicDomain = publicUrl === null ? null : domainOf(publicUrl);
  return async (c, next) => {
    const header = c.req.header("Host") ?? "";
    const domain = domainOf(header);
    const isOurs = domain !== null && (isLoopback(domain) || domain === publicDomain);
    if (!isOurs || !URL.canParse(`http://${header}`)) return refuse(c, FOREIGN_HOST);
    await next();
    return;
  };
}

/** What the pages may do: their own scripts and styles, pictures of agents from anywhere, this server, and its frames. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' http: https: data:",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

/** Serves the playground at `/`, and the page on which it shows the widget at `/playground/stage`, to this machine alone. */
export function servePage<E extends Env>(app: Hono<E>, web: WebFiles, publicUrl: string | null): void {
  const serve = (path: string, page: string, ancestors: string) =>
    app.get(path, fromThisMachine(publicUrl), (c) =>
      c.html(web.page(page), 200, {
        "Content-Security-Policy": [...POLICY, `frame-ancestors ${ancestors}`].join("; "),
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
      }),
    );
  serve("/", "playground", "'none'");
  serve("/playground/stage", "playground/stage", "'self'");
}

/** Serves the desk at `/desk` to everybody: what is on it comes only to who is signed in. */
export function serveDesk<E extends Env>(app: Hono<E>, web: WebFiles): void {
  for (const path of ["/desk", "/desk/"]) {
    app.get(path, (c) => {
      // `'self'` does not cover WebSockets in every browser, so they are named.
      const { host } = new URL(c.req.url);
      const policy = POLICY.filter((rule) => !/^(connect|frame)-src/.test(rule));
      return c.html(web.page("desk"), 200, {
        "Content-Security-Policy": [
          ...policy,
          `connect-src 'self' ws://${host} wss://${host}`,
          "frame-ancestors 'none'",
        ].join("; "),
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
      });
    });
  }
}

/** Whether a name can only mean this machine; all as `domainOf` gives them. */
export const isLoopback = (domain: string): boolean =>
  domain === "localhost" ||
  domain.endsWith(".localhost") ||
  domain === "[::1]" ||
  /^127\.\d+\.\d+\.\d+$/.test(domain);
