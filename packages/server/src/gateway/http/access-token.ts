import { type AccessTokenAnswer, HTTP_ERRORS } from "@parley/protocol";
import type { Handler } from "hono";
import type { Connector } from "../../identity/connectors.ts";
import { isResumeToken, parseResume } from "../../identity/resume.ts";
import { refuse } from "./answers.ts";
import { readJson } from "./body.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";
import { tooSoon } from "./handshake.ts";
import type { RateLimit } from "./rate-limit.ts";

/** `POST /api/v1/access-token` [protocol section 1]. */
export const createAccessToken =
  (deps: HttpDeps, limit: RateLimit): Handler<HttpEnv> =>
  async (c) => {
    const admitted = deps.connectors.admit({
      token: c.req.header("X-Token"),
      host: c.req.header("X-Host"),
      origin: c.req.header("Origin"),
    });
    const connector = "fault" in admitted ? null : admitted.connector;
    const limited = tooSoon(c, limit, connector, deps.clock.monotonic());
    if (limited !== null) return limited;
    if ("fault" in admitted) return refuse(c, admitted.fault);
    if ((await readJson(c)) === undefined) return refuse(c, HTTP_ERRORS.badRequest);

    const resume = c.req.header("X-Resume");
    const sub = resume === undefined ? deps.newId() : await subOf(deps, admitted.connector, resume);
    if (sub === null) return refuse(c, HTTP_ERRORS.resumeFailed);
    const minted = await deps.accessTokens.mint({
      sub,
      connector: admitted.connector.id,
      host: admitted.host,
    });
    const answer: AccessTokenAnswer = {
      access_token: minted.token,
      expires_in: minted.expiresInSeconds,
      token_type: "Bearer",
    };
    return c.json(answer);
  };

/** The user of the session that `X-Resume` names, or null where it does not fit. */
async function subOf({ sessions }: HttpDeps, connector: Connector, header: string): Promise<string | null> {
  const resume = parseResume(header);
  if (resume === null) return null;
  const session = await sessions.find(resume.sessionId);
  if (session === null || session.connector !== connector.id) return null;
  return isResumeToken(resume.token, session.resumeHash) ? session.sub : null;
}
