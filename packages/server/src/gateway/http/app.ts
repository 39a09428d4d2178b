import { RequestError } from "@hono/node-server";
import { HTTP_ERRORS, type HttpFault, type SessionAnswer, UPGRADE_ERRORS } from "@parley/protocol";
import { Hono, type MiddlewareHandler } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { createAccessToken } from "./access-token.ts";
import { errorBody, refuse } from "./answers.ts";
import { limitBody, limitTextBody } from "./body.ts";
import { setContext } from "./context.ts";
import { CORRELATION_HEADER, correlate } from "./correlation.ts";
import { handshakeCors } from "./cors.ts";
import { createSession } from "./create-session.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";
import { handOver } from "./hand-over.ts";
import { commandHandoff } from "./handoff-command.ts";
import { answersInTime, requireAccess } from "./handshake.ts";
import { listHandoffs, readHandoff } from "./list-handoffs.ts";
import { listSessions } from "./list-sessions.ts";
import { listTurns } from "./list-turns.ts";
import { requireScope } from "./operators.ts";
import { serveDesk, servePage } from "./page.ts";
import { servePlayground, watchHandshake } from "./playground/routes.ts";
import { promptSession } from "./prompt-session.ts";
import { RateLimit } from "./rate-limit.ts";
import { Retries } from "./retries.ts";
import { readTranscript } from "./transcript.ts";
import { serveAssets } from "./web-files.ts";
import { serveWidget } from "./widget.ts";

/** What the client is told when the server fails outside the handshake. */
const INTERNAL: HttpFault = { status: 500, code: "INTERNAL", message: "Internal server error" };

/** The HTTP half of the gateway: the handshake, verified context, health, operators, and the playground. */
export function createHttp(deps: HttpDeps): Hono<HttpEnv> {
  const { clock, connectors, health, logger, newId, web, workbench } = deps;
  const limit = new RateLimit();
  const retries = new Retries<SessionAnswer>(() => clock.monotonic());
  const failsWith = (failure: HttpFault) => answersInTime(clock, failure);
  // Of its own: the whole rate of section 1 belongs to its two POSTs. What it bounds is writes to the journal.
  const contextLimit = new RateLimit();
  const operator = requireScope(deps, "sessions:read");

  const app = new Hono<HttpEnv>();
  app.use(correlate(newId), safeDefaults, oneHost);
  for (const path of ["/api/v1/access-token", "/api/v1/sessions", "/api/v1/sessions/:id/context"]) {
    app.use(path, handshakeCors(connectors));
  }
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, allowed) => refuse(c, HTTP_ERRORS.wrongMethod, { Allow: allowed.join(", ") }),
    }),
  );

  if (workbench !== null) watchHandshake(app, deps, workbench);
  app.post(
    "/api/v1/access-token",
    failsWith(HTTP_ERRORS.tokenFailed),
    limitBody,
    createAccessToken(deps, limit),
  );
  app.post(
    "/api/v1/sessions",
    failsWith(HTTP_ERRORS.sessionFailed),
    requireAccess(deps, limit),
    limitBody,
    createSession(deps, retries),
  );
  app.post(
    "/api/v1/sessions/:id/context",
    failsWith(HTTP_ERRORS.unavailable),
    requireAccess(deps, contextLimit),
    limitBody,
    setContext(deps),
  );

  app.get("/api/v1/sessions", operator, listSessions(deps));
  app.get("/api/v1/sessions/:id/events", operator, readTranscript(deps));
  app.get("/api/v1/sessions/:id/turns", operator, listTurns(deps));
  app.post(
    "/api/v1/sessions/:id/turns",
    failsWith(HTTP_ERRORS.unavailable),
    requireScope(deps, "turns:write"),
    limitTextBody,
    promptSession(deps),
  );
  app.post(
    "/api/v1/sessions/:id/handoff",
    failsWith(HTTP_ERRORS.unavailable),
    requireScope(deps, "handoffs:write"),
    limitTextBody,
    handOver(deps),
  );

  const handoffReader = requireScope(deps, "handoffs:read");
  app.get("/api/v1/handoffs", handoffReader, listHandoffs(deps));
  app.get("/api/v1/handoffs/:id", handoffReader, readHandoff(deps));
  app.post(
    "/api/v1/handoffs/:id/commands",
    failsWith(HTTP_ERRORS.unavailable),
    requireScope(deps, "handoffs:answer"),
    limitTextBody,
    commandHandoff(deps),
  );

  app.get("/health", (c) => {
    const reason = health();
    return reason === null ? c.json({ status: "ok" }) : c.json({ status: "unavailable", reason }, 503);
  });
  // An upgrade never comes this way: what does lacks the headers of one.
  app.get("/ws", (c) => refuse(c, UPGRADE_ERRORS.badParameters));
  if (deps.desk !== null) {
    app.route("/desk/api", deps.desk);
    serveDesk(app, web);
  }
  app.get("/widget/:file", serveWidget(deps));
  serveAssets(app, web);
  if (workbench !== null) {
    servePage(app, web, workbench.publicUrl);
    servePlayground(app, deps, workbench);
  }

  app.notFound((c) => refuse(c, HTTP_ERRORS.notFound));
  app.onError((error, c) => {
    // The path without its query, where an access token may stand.
    const request = { path: c.req.path, correlation_id: c.get("correlationId") };
    // Nobody is there any more, and whoever it was could fill the log with it.
    if (c.req.raw.signal.aborted) logger.debug({ error, ...request }, "a client went away");
    else logger.error({ error, ...request }, "a request failed");
    return refuse(c, c.get("failure") ?? INTERNAL);
  });
  return app;
}

/** Whoever is in between may have read another `Host` than this server does [RFC 9112, section 3.2]. */
const oneHost: MiddlewareHandler<HttpEnv> = async (c, next) => {
  // Headers that are given several times are joined; a comma is in no host.
  if (c.req.header("Host")?.includes(",")) return refuse(c, HTTP_ERRORS.badRequest);
  await next();
  return;
};

/** Answers hold tokens and transcripts: no cache keeps them, and a browser takes them for nothing but what they say they are. */
const safeDefaults: MiddlewareHandler<HttpEnv> = async (c, next) => {
  await next();
  c.header("X-Content-Type-Options", "nosniff");
  if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
};

/**
 * The answer to what never became a request, for the `errorHandler` of `getRequestListener`: a target or a `Host` that
 * is no URL.
 */
export const answerBroken =
  (newId: () => string) =>
  (error: unknown): Response => {
    const fault = error instanceof RequestError ? HTTP_ERRORS.badRequest : INTERNAL;
    const id = newId();
    const headers = { [CORRELATION_HEADER]: id };
    return Response.json(errorBody(fault, id), { status: fault.status, headers });
  };
