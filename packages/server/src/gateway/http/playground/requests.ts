import type { MiddlewareHandler } from "hono";
import type { Clock } from "../../../clock.ts";
import type { WireLog } from "../../../development/wire-log.ts";
import type { HttpEnv } from "../deps.ts";

/** What is kept of a body; UTF-16 units. */
const MAX_BODY = 16_384;
/** Keys of bodies that let somebody in. */
const SECRETS = new Set(["access_token", "resume_token", "token"]);

/** Notes each POST with its answer, secrets left out. */
export const noteRequests =
  (log: WireLog, clock: Clock): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const began = clock.monotonic();
    await next();
    if (c.req.method !== "POST") return;
    const answer = await c.res.clone().text();
    const request = await c.req.text().catch(() => "");
    log.add({
      kind: "request",
      session: sessionIn(answer) ?? c.req.param("id") ?? null,
      user: userIn(answer) ?? userOf(c.req.header("Authorization")),
      connection: null,
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      ms: clock.monotonic() - began,
      request: withoutSecrets(request),
      response: withoutSecrets(answer),
    });
  };

function read(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const sessionIn = (answer: string): string | null => {
  const { session_id: id } = read(answer);
  return typeof id === "string" ? id : null;
};

const userIn = (answer: string): string | null => subjectOf(read(answer).access_token);
const userOf = (authorization = ""): string | null => subjectOf(authorization.replace(/^bearer +/i, ""));

/** Of a token that is shown: whether it is valid is not asked here. */
function subjectOf(token: unknown): string | null {
  const [, payload = ""] = typeof token === "string" ? token.split(".") : [];
  const { sub } = read(Buffer.from(payload, "base64url").toString());
  return typeof sub === "string" ? sub : null;
}

function withoutSecrets(text: string): string {
  if (text.length > MAX_BODY) return `${text.slice(0, MAX_BODY)}…`;
  const entries = Object.entries(read(text));
  if (!entries.some(([key]) => SECRETS.has(key))) return text;
  return JSON.stringify(
    Object.fromEntries(entries.map(([key, value]) => [key, SECRETS.has(key) ? "…" : value])),
  );
}
