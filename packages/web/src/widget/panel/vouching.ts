import { ParleyError, sendContext } from "@parley/client";
import type { ContextFailure, ContextOutcome, ContextRequest } from "../api.ts";
import type { PageMethods } from "../channel.ts";

/** The page's handler has so long, milliseconds; then the conversation begins without a context. */
export const PATIENCE = 4_000;

export interface Vouching {
  url: string;
  /** Null where there is no session. */
  sessionId: string | null;
  /** Null where the connector has no context keys. */
  contextId: string | null;
  accessToken: string;
  ask: (request: ContextRequest) => ReturnType<PageMethods["contextToken"]>;
  fetch?: typeof fetch;
  after?: (milliseconds: number) => Promise<void>;
}

/** Asks the page for a context token and hands it to the server [protocol section 8]. Never rejected. */
export async function vouch({
  url,
  sessionId,
  contextId,
  accessToken,
  ask,
  ...own
}: Vouching): Promise<ContextOutcome> {
  const failed = (reason: ContextFailure, message: string): ContextOutcome => ({
    ok: false,
    sessionId,
    reason,
    message,
  });
  if (sessionId === null || contextId === null) {
    return failed(
      "not_applicable",
      sessionId === null ? "there is no conversation" : "the connector has no context keys",
    );
  }
  const late = (own.after ?? wait)(PATIENCE).then(() => null);
  const answer = await Promise.race([ask({ sessionId, contextId }), late]);
  if (answer === null) return failed("timeout", `the handler took longer than ${PATIENCE} ms`);
  if ("reason" in answer) return failed(answer.reason, answer.message);
  try {
    await sendContext({
      url,
      sessionId,
      accessToken,
      token: answer.token,
      ...(own.fetch && { fetch: own.fetch }),
    });
    return { ok: true, sessionId };
  } catch (error) {
    const { message, retryable } = error as ParleyError;
    return failed(error instanceof ParleyError && !retryable ? "refused" : "network", message);
  }
}

const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
