import { createHash } from "node:crypto";
import { HTTP_ERRORS } from "@parley/protocol";
import type { Handler } from "hono";
import type { Connector } from "../../identity/connectors.ts";
import { refuse } from "./answers.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";
import { sendFile, type WebFiles } from "./web-files.ts";

/** Minutes a page of somebody else's may keep the loader: so long an update of the server takes to reach it. */
const LOADER_SECONDS = 300;

/**
 * `GET /widget/{connector token}.js` is the loader, and without an ending the panel in its frame [docs/widget.md].
 */
export const serveWidget =
  ({ connectors, publicUrl }: HttpDeps, web: WebFiles): Handler<HttpEnv, "/:file"> =>
  async (c) => {
    const [, token = "", ending = ""] = /^(.*?)(\.js)?$/s.exec(c.req.param("file")) ?? [];
    const connector = connectors.byToken(token);
    if (connector === null) return refuse(c, HTTP_ERRORS.notFound);
    if (ending === ".js") {
      const loader = web.read("widget.js");
      if (loader === undefined) return refuse(c, HTTP_ERRORS.notFound);
      return sendFile(c, loader, {
        "Cache-Control": `public, max-age=${LOADER_SECONDS}`,
        // An integrity hash can be checked only where the answer may be read.
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
      });
    }
    const { host } = new URL(c.req.url);
    return c.html(web.page("widget"), 200, {
      "Cache-Control": "no-cache",
      "Content-Security-Policy": framePolicy(host, connector, publicUrl),
      "Cross-Origin-Resource-Policy": "cross-origin",
      "Referrer-Policy": "no-referrer",
    });
  };

/** What the panel may load, and which pages may hold it. */
function framePolicy(host: string, connector: Connector, publicUrl: string | null): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // `'self'` does not cover WebSockets in every browser, so they are named.
    `connect-src 'self' ws://${host} wss://${host}`,
    // Agents show pictures from anywhere.
    "img-src 'self' https: http: data:",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${ancestors(connector, publicUrl).join(" ")}`,
  ].join("; ");
}

/**
 * Who may embed the frame: the same that may ask for an access token [protocol section 1]. A domain stands for its
 * subdomains, any scheme and any port.
 */
export function ancestors(connector: Connector, publicUrl: string | null): string[] {
  const hosts = connector.hosts.flatMap((host) => {
    // An address has no subdomains.
    const names = /^[\d.]+$|^\[/.test(host) ? [host] : [host, `*.${host}`];
    return names.flatMap((name) => [`http://${name}:*`, `https://${name}:*`]);
  });
  const own = publicUrl === null ? [] : [new URL(publicUrl).origin];
  return ["'self'", ...own, ...hosts, ...connector.origins.filter((origin) => origin !== "null")];
}

/** What a page names beside a pinned version, so that its browser runs nothing else [Subresource Integrity]. */
export const integrityOf = (bytes: Uint8Array): string =>
  `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
