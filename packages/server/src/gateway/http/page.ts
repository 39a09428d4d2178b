import { createHash } from "node:crypto";
import type { HttpFault } from "@parley/protocol";
import type { Handler } from "hono";
import { domainOf } from "../../identity/hosts.ts";
import { refuse } from "./answers.ts";
import type { HttpEnv } from "./deps.ts";

const FOREIGN_HOST: HttpFault = {
  status: 403,
  code: "HOST_NOT_ALLOWED",
  message:
    "This page is served to this machine only: open it by http://localhost or the configured public URL",
};

/**
 * Serves the playground at `/`, to who calls this server by a loopback name or by its public URL. A name of somebody
 * else's that was made to point here (DNS rebinding) would otherwise be the page's own origin, and could use all of it.
 * @param html one file; its inline scripts and styles are allowed by their hashes, and no others
 * @param publicUrl what the world calls this server, or null
 */
export function servePage(html: string, publicUrl: string | null): Handler<HttpEnv> {
  // Browsers hash what they parsed, and parsing turns CRLF into LF.
  const text = html.replaceAll("\r\n", "\n");
  const inline = `script-src ${hashes(text, "script")}; style-src ${hashes(text, "style")}`;
  const publicDomain = publicUrl === null ? null : domainOf(publicUrl);

  return (c) => {
    const header = c.req.header("Host") ?? "";
    const domain = domainOf(header);
    const host = URL.parse(`http://${header}`)?.host;
    if (domain === null || host === undefined || !(isLoopback(domain) || domain === publicDomain)) {
      return refuse(c, FOREIGN_HOST);
    }
    return c.html(text, 200, {
      // `'self'` does not cover WebSockets in every browser, so they are named.
      "Content-Security-Policy":
        `default-src 'none'; ${inline}; connect-src 'self' ws://${host} wss://${host}; ` +
        "img-src 'self' http: https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "Referrer-Policy": "no-referrer",
      "Cache-Control": "no-cache",
    });
  };
}

/** Whether a name can only mean this machine; all as `domainOf` gives them. */
const isLoopback = (domain: string): boolean =>
  domain === "localhost" ||
  domain.endsWith(".localhost") ||
  domain === "[::1]" ||
  /^127\.\d+\.\d+\.\d+$/.test(domain);

/** The CSP sources of a page's inline elements: one hash each, or none at all. */
function hashes(html: string, element: "script" | "style"): string {
  const inline = html.matchAll(new RegExp(`<${element}\\b[^>]*>(.*?)</${element}\\s*>`, "gis"));
  const sources = Array.from(inline, ([, text = ""]) => {
    return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  });
  return sources.length === 0 ? "'none'" : sources.join(" ");
}
