import { createHash } from "node:crypto";
import { HTTP_ERRORS, type HttpFault } from "@parley/protocol";
import type { LauncherAnswer, PublicConfig } from "@parley/web/widget/config";
import { launcherAnswer } from "@parley/web/widget/launcher-answer";
import type { Handler } from "hono";
import type { Connector } from "../../identity/connectors.ts";
import { domainOf } from "../../identity/hosts.ts";
import { refuse } from "./answers.ts";
import type { HttpContext, HttpDeps, HttpEnv } from "./deps.ts";
import { sendFile, type WebFile } from "./web-files.ts";

/** Seconds a browser may keep the loader and the settings: so long a change takes to reach a page. */
const FRESH_SECONDS = 300;

/** Pages of other origins may read it, as they must to check an integrity hash; it holds nothing of a user's. */
const FOR_ALL = { "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin" };

/**
 * What an embedding page loads of a connector's widget [docs/widget.md]: `GET /widget/{connector token}.js` is the loader,
 * `.json` the settings it asks for, and without an ending the panel for its frame.
 */
export const serveWidget = (deps: HttpDeps): Handler<HttpEnv, "/:file"> => {
  const warned = new Set<string>();
  const css = read(deps, "widget.css").bytes.toString("utf8");
  const integrity = integrityOf(read(deps, "widget.js").bytes);
  return async (c) => {
    const [, token = "", ending = ""] = /^(.*?)(\.js|\.json)?$/s.exec(c.req.param("file")) ?? [];
    const connector = deps.connectors.byToken(token);
    if (connector === null) return refuse(c, UNKNOWN);
    const config = deps.widgetOf(connector.id);
    if (ending === ".js") return sendLoader(c, deps, config);
    if (ending === "") {
      if (!warned.has(connector.id) && isStranger(c, deps, connector)) {
        warned.add(connector.id);
        const fields = { connector: connector.id, host: new URL(c.req.url).host };
        deps.logger.warn(
          fields,
          "a widget's panel cannot connect from here: set publicUrl to where the world finds the server",
        );
      }
      return sendPanel(c, deps, connector, config);
    }
    const answer: LauncherAnswer = { ...launcherAnswer(config, c.req.query(), css), integrity };
    return c.json(answer, 200, { ...FOR_ALL, "Cache-Control": `public, max-age=${FRESH_SECONDS}` });
  };
};

const UNKNOWN: HttpFault = { ...HTTP_ERRORS.notFound, message: "No connector has the token of this address" };

/** The newest, or the version a page has pinned: that never changes, and its integrity hash holds. */
async function sendLoader(c: HttpContext, deps: HttpDeps, { version }: PublicConfig): Promise<Response> {
  const pinned = c.req.query("version") ?? "";
  const isOther = pinned !== "" && pinned !== version;
  const file = isOther ? deps.web.read(`loaders/${pinned}.js`) : read(deps, "widget.js");
  if (file === undefined) {
    const message = `This server has version ${version} of the widget, and not the one that is asked for`;
    return refuse(c, { ...HTTP_ERRORS.notFound, message });
  }
  const lasting = pinned === "" ? `max-age=${FRESH_SECONDS}` : "max-age=31536000, immutable";
  return sendFile(c, file, { ...FOR_ALL, "Cache-Control": `public, ${lasting}` });
}

/** Whether the requests of a panel that is loaded from here would be refused: by its origin [protocol section 1]. */
function isStranger(c: HttpContext, { connectors, publicUrl }: HttpDeps, connector: Connector): boolean {
  const { origin } = new URL(c.req.url);
  // A proxy may speak another scheme to us than to the world.
  const isPublic = publicUrl !== null && domainOf(publicUrl) === domainOf(origin);
  return !isPublic && !connectors.allowsOrigin(connector, origin);
}

function sendPanel(c: HttpContext, deps: HttpDeps, connector: Connector, config: PublicConfig): Response {
  const { host } = new URL(c.req.url);
  // A block of data, which no policy takes for a script; nothing in it can end it.
  const json = JSON.stringify(config).replaceAll("<", "\\u003c");
  const data = `<script type="application/json" id="config">${json}</script>`;
  return c.html(
    deps.web.page("widget").replace("</head>", () => `${data}</head>`),
    200,
    {
      "Cache-Control": "no-cache",
      "Content-Security-Policy": panelPolicy(host, connector, deps.publicUrl),
      "Cross-Origin-Resource-Policy": "cross-origin",
      "Referrer-Policy": "no-referrer",
    },
  );
}

/** What the panel may load, and which pages may hold it. */
function panelPolicy(host: string, connector: Connector, publicUrl: string | null): string {
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
 * Who may embed the panel: the same that may ask for an access token [protocol section 1]. A domain stands for its
 * subdomains, any scheme and any port.
 */
export function ancestors(
  { hosts, origins }: Pick<Connector, "hosts" | "origins">,
  publicUrl: string | null,
): string[] {
  const sources = hosts.flatMap((host) => {
    // An address has no subdomains.
    const names = /^[\d.]+$|^\[/.test(host) ? [host] : [host, `*.${host}`];
    return names.flatMap((name) => [`http://${name}:*`, `https://${name}:*`]);
  });
  const own = publicUrl === null ? [] : [new URL(publicUrl).origin];
  return ["'self'", ...own, ...sources, ...origins.filter((origin) => origin !== "null")];
}

/** @throws Error where it was not built */
function read({ web }: HttpDeps, path: string): WebFile {
  const file = web.read(path);
  if (file === undefined) throw new Error(`${path} was not built`);
  return file;
}

/** What a page names beside a pinned version, so that its browser runs nothing else [Subresource Integrity]. */
const integrityOf = (bytes: Uint8Array): string =>
  `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
