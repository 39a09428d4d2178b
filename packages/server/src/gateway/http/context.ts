import { HTTP_ERRORS } from "@parley/protocol";
import type { Handler } from "hono";
import { z } from "zod";
import { refuse } from "./answers.ts";
import { readJson } from "./body.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";

const bodySchema = z.object({ token: z.string() });

/** `POST /api/v1/sessions/{session_id}/context` [protocol section 8]. */
export const setContext =
  ({ sessions, clock }: HttpDeps): Handler<HttpEnv, "/:id"> =>
  async (c) => {
    const { grant, connector } = c.get("access");
    const id = c.req.param("id");
    const session = await sessions.find(id);
    if (session === null) return refuse(c, HTTP_ERRORS.sessionNotFound);
    if (session.sub !== grant.sub || session.connector !== connector.id) {
      return refuse(c, HTTP_ERRORS.invalidToken);
    }
    const { data: body } = bodySchema.safeParse(await readJson(c));
    if (body === undefined) return refuse(c, HTTP_ERRORS.badRequest);

    const expected = await sessions.contextOf(id);
    if (expected === null) return refuse(c, HTTP_ERRORS.sessionNotFound);
    // Not before it is needed: its library is a thirtieth of what a start reads.
    const { CONTEXT_ERRORS, verifyContext } = await import("../../identity/context.ts");
    const verified = await verifyContext(body.token, {
      keys: connector.contextKeys,
      ...expected,
      now: clock.now(),
    });
    if ("fault" in verified) return refuse(c, verified.fault);
    switch (await sessions.setContext(id, verified.context, verified.iat)) {
      case "accepted":
        return c.body(null, 204);
      case "ended":
        return refuse(c, HTTP_ERRORS.sessionNotFound);
      case "stale":
        return refuse(c, CONTEXT_ERRORS.stale);
    }
  };
