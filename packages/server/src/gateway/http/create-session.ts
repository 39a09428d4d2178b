import { type CreateSession, HTTP_ERRORS, type SessionAnswer } from "@parley/protocol";
import { createSessionSchema } from "@parley/protocol/schemas";
import type { Handler } from "hono";
import { sha256 } from "../../identity/digest.ts";
import { refuse } from "./answers.ts";
import { readJson } from "./body.ts";
import { CORRELATION_HEADER } from "./correlation.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";
import type { Retries } from "./retries.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `POST /api/v1/sessions` [protocol section 1]. */
export const createSession =
  ({ sessions }: HttpDeps, retries: Retries<SessionAnswer>): Handler<HttpEnv> =>
  async (c) => {
    const { data: body } = createSessionSchema.safeParse(await readJson(c));
    if (body === undefined) return refuse(c, HTTP_ERRORS.badRequest);
    const { grant } = c.get("access");

    const create = async (): Promise<SessionAnswer> => {
      const { id, resumeToken } = await sessions.create({ ...grant, body });
      return { session_id: id, resume_token: resumeToken };
    };
    const request = (c.req.header(CORRELATION_HEADER) ?? "").toLowerCase();
    if (!UUID.test(request)) return c.json(await create());
    return c.json(await retries.once(retryKey(request, grant.sub, body), create));
  };

/** Equal for equal requests. Some clients print a dictionary's keys in another order each time, so order does not count. */
function retryKey(request: string, sub: string, { attributes = {}, ...body }: CreateSession): string {
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify([request, sub, body, sorted]));
}
