import type { HttpFault } from "@parley/protocol";
import type { Context, Env, Hono, MiddlewareHandler } from "hono";
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

/** What the playground and the desk may do both: their own scripts and styles, and pictures of agents from anywhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' https: http: data:",
  "base-uri 'none'",
  "form-action 'none'",
];

/** Sends a page. @param rules what else its policy says */
function sendPage(c: Context, html: string, rules: readonly string[]): Response | Promise<Response> {
  return c.html(html, 200, {
    "Content-Security-Policy": [...POLICY, ...rules].join("; "),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
  });
}

/** Serves the playground at `/`, and the page on which it shows the widget at `/playground/stage`, to this machine alone. */
export function servePage<E extends Env>(app: Hono<E>, web: WebFiles, publicUrl: string | null): void {
  const serve = (path: string, page: string, ancestors: string) =>
    app.get(path, fromThisMachine(publicUrl), (c) =>
      sendPage(c, web.page(page), ["connect-src 'self'", "frame-src 'self'", `frame-ancestors ${ancestors}`]),
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
      const connect = `connect-src 'self' ws://${host} wss://${host}`;
      return sendPage(c, web.page("desk"), [connect, "frame-ancestors 'none'"]);
    });
  }
}

/** Whether a name can only mean this machine; all as `domainOf` gives them. */
export const isLoopback = (domain: string): boolean =>
  domain === "localhost" ||
  domain.endsWith(".localhost") ||
  domain === "[::1]" ||
  /^127\.\d+\.\d+\.\d+$/.test(domain);
