import { HTTP_ERRORS, LIMITS } from "@parley/protocol";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { refuse } from "./answers.ts";

/** Refuses a body above `LIMITS.httpBodyBytes`, by its stated length or as soon as it has grown beyond. */
export const limitBody = bodyLimit({
  maxSize: LIMITS.httpBodyBytes,
  onError: (c) => refuse(c, HTTP_ERRORS.bodyTooLarge),
});

/** JSON escapes make a text up to six times longer, and there is something around it. */
const TEXT_BODY_BYTES = 6 * LIMITS.agentMessageBytes + 1_024;

/** The same for a body that holds a message of an agent. */
export const limitTextBody = bodyLimit({
  maxSize: TEXT_BODY_BYTES,
  onError: (c) => refuse(c, HTTP_ERRORS.bodyTooLarge),
});

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * A body as JSON, whatever its `Content-Type`: JSON is UTF-8, and shipped clients add a charset [protocol section 1].
 * @returns `{}` for an empty body or `null`; undefined for what is not JSON, or broke off
 */
export async function readJson(c: Context): Promise<unknown> {
  try {
    const text = utf8.decode(await c.req.arrayBuffer()).trim();
    return text === "" ? {} : (JSON.parse(text) ?? {});
  } catch {
    return undefined;
  }
}
