import { HTTP_ERRORS } from "@parley/protocol";
import type { Handler, Hono } from "hono";
import { faultCatalogue, faultSchema } from "../../../development/faults.ts";
import type { Workbench } from "../../../development/workbench.ts";
import type { SessionRecord } from "../../../journal/journal.ts";
import { refuse } from "../answers.ts";
import { limitBody, readJson } from "../body.ts";
import type { HttpContext, HttpDeps, HttpEnv } from "../deps.ts";
import { sessionView } from "../list-sessions.ts";
import { listTurns } from "../list-turns.ts";
import { invalidBody, readBody } from "../operator-body.ts";
import { guardPlayground } from "./guard.ts";
import { noteRequests } from "./requests.ts";
import { stateView } from "./state.ts";
import { readWire } from "./wire.ts";

/** Sessions that the picker offers, newest first. */
const SESSIONS = 50;

/**
 * What builders have under `/playground/`, in development alone: the sessions of this server, the wire of each, and faults
 * on demand. Where a session's id belongs, `latest` is the newest one.
 */
export function servePlayground(app: Hono<HttpEnv>, deps: HttpDeps, workbench: Workbench): void {
  const { journal } = deps;
  const withId =
    (respond: (c: HttpContext, session: SessionRecord) => Response | Promise<Response>): Handler<HttpEnv> =>
    async (c) => {
      const id = c.req.param("id") ?? "";
      const [newest = null] = id === "latest" ? await journal.list({ limit: 1 }) : [];
      const session = id === "latest" ? newest : await journal.find(id);
      return session === null ? refuse(c, HTTP_ERRORS.sessionNotFound) : respond(c, session);
    };

  for (const path of [
    "/playground/sessions/*",
    "/playground/sessions",
    "/playground/wire",
    "/playground/faults",
    "/playground/connectors",
    "/playground/connectors/*",
  ]) {
    app.use(path, ...guardPlayground(workbench.publicUrl));
  }
  app.get("/playground/faults", (c) => c.json({ faults: faultCatalogue }));
  app.get("/playground/connectors", (c) => c.json({ connectors: workbench.connectors }));
  serveWidgets(app, deps, workbench);
  app.get("/playground/wire", (c) => readWire(c, workbench, null));
  app.get("/playground/sessions", async (c) => {
    const sessions = await journal.list({ limit: SESSIONS });
    return c.json({
      sessions: sessions.map((session) => ({
        ...sessionView(session),
        connections: workbench.connections(session.id),
      })),
    });
  });
  app.get(
    "/playground/sessions/:id",
    withId((c, session) => c.json(stateView(session, workbench, deps.clock))),
  );
  app.get(
    "/playground/sessions/:id/wire",
    withId((c, { id }) => readWire(c, workbench, id)),
  );
  app.get("/playground/sessions/:id/turns", listTurns(deps));
  app.get(
    "/playground/sessions/:id/faults",
    withId((c, { id }) => c.json({ faults: workbench.active(id) })),
  );
  app.post(
    "/playground/sessions/:id/faults",
    limitBody,
    withId(async (c, { id }) => {
      const read = await readBody(c, faultSchema);
      if ("fault" in read) return refuse(c, read.fault);
      const outcome = await workbench.apply(id, read.body);
      if ("fault" in outcome) return refuse(c, outcome.fault);
      return c.json({ session_id: id, ...read.body, connections: outcome.connections });
    }),
  );
  app.delete(
    "/playground/sessions/:id/faults",
    withId((c, { id }) => {
      workbench.clear(id);
      return c.body(null, 204);
    }),
  );
}

/** A connector's widget, tried without a change of the configuration. */
function serveWidgets(app: Hono<HttpEnv>, deps: HttpDeps, workbench: Workbench): void {
  const path = "/playground/connectors/:id/widget";
  const withConnector =
    (respond: (c: HttpContext, id: string) => Response | Promise<Response>): Handler<HttpEnv> =>
    (c) => {
      const id = c.req.param("id") ?? "";
      return workbench.connectors.some((connector) => connector.id === id)
        ? respond(c, id)
        : refuse(c, HTTP_ERRORS.notFound);
    };
  const show = (c: HttpContext, id: string) => {
    const { version: _, verifiedContext: __, disclaimer, ...widget } = deps.widgetOf(id);
    return c.json({ ...widget, ...(disclaimer !== null && { disclaimer }) });
  };
  app.get(path, withConnector(show));
  app.put(
    path,
    limitBody,
    withConnector(async (c, id) => {
      const body = await readJson(c);
      if (body === undefined) return refuse(c, HTTP_ERRORS.badRequest);
      const problem = workbench.preview(id, body);
      return problem === null ? show(c, id) : refuse(c, invalidBody(problem));
    }),
  );
  app.delete(
    path,
    withConnector((c, id) => {
      workbench.previews.delete(id);
      return show(c, id);
    }),
  );
}

/** Notes the requests of the handshake on the wire; before the routes themselves. */
export function watchHandshake(app: Hono<HttpEnv>, { clock }: HttpDeps, { log }: Workbench): void {
  for (const path of ["/api/v1/access-token", "/api/v1/sessions", "/api/v1/sessions/:id/context"]) {
    app.use(path, noteRequests(log, clock));
  }
}
