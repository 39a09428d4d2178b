import { createHash } from "node:crypto";
import { HTTP_ERRORS, type HttpFault } from "@parley/protocol";
import type { Env, Hono, MiddlewareHandler } from "hono";
import { domainOf } from "../../identity/hosts.ts";
import { refuse } from "./answers.ts";
import type { PageFiles } from "./page-files.ts";

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

/** Serves the playground at `/`, and what it loads beneath `/playground/`, to this machine alone. */
export function servePage<E extends Env>(app: Hono<E>, page: PageFiles, publicUrl: string | null): void {
  // Browsers hash what they parsed, and parsing turns CRLF into LF.
  const html = page.html.replaceAll("\r\n", "\n");
  const inline = hashes(html);
  const guard = fromThisMachine(publicUrl);

  app.get("/", guard, (c) => {
    const { host } = new URL(`http://${c.req.header("Host")}`);
    return c.html(html, 200, {
      // All scripts of this origin are the page's: what else it serves says that it is no script. `'self'` does not
      // cover WebSockets in every browser, so they are named.
      "Content-Security-Policy":
        `default-src 'none'; script-src 'self'${inline}; style-src 'self'; ` +
        `connect-src 'self' ws://${host} wss://${host}; ` +
        "img-src 'self' http: https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "Referrer-Policy": "no-referrer",
      "Cache-Control": "no-cache",
    });
  });
  app.get("/playground/*", guard, (c) => {
    const file = page.read(c.req.path.slice("/playground/".length));
    if (file === undefined) return refuse(c, HTTP_ERRORS.notFound);
    return c.body(file.text, 200, { "Content-Type": file.type, "Cache-Control": "no-cache" });
  });
}

/** Whether a name can only mean this machine; all as `domainOf` gives them. */
export const isLoopback = (domain: string): boolean =>
  domain === "localhost" ||
  domain.endsWith(".localhost") ||
  domain === "[::1]" ||
  /^127\.\d+\.\d+\.\d+$/.test(domain);

/** The CSP sources of a page's inline scripts: one hash each, a space before it. */
function hashes(html: string): string {
  const inline = html.matchAll(/<script\b[^>]*>(.+?)<\/script\s*>/gis);
  const sources = Array.from(inline, ([, text = ""]) => {
    return ` 'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  });
  return sources.join("");
}
