import { type ErrorCode, ParleyError } from "./errors.ts";

type Answer = Record<string, unknown>;

/** The server's exact words where a resume token does not fit, or its session is gone [protocol section 1]. */
const RESUME_FAILED = "Failed to resume session";

/**
 * One POST of the handshake [protocol section 1].
 * @throws ParleyError
 */
export async function post(
  send: typeof fetch,
  url: URL,
  headers: Record<string, string>,
  body: object,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  let response: Response;
  let answer: Answer | null;
  try {
    response = await send(url.href, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: signal ?? null,
      credentials: "omit",
    });
    // A proxy's own page of errors is no JSON.
    answer = (response.ok ? await response.json() : await response.json().catch(() => null)) as Answer | null;
  } catch (cause) {
    throw new ParleyError("network", `${url.origin} cannot be reached`, { cause });
  }
  if (response.ok) return answer ?? {};
  const { status } = response;
  const message = String(answer?.message ?? answer?.error ?? `HTTP ${status}`);
  const retryAfter = Number(response.headers.get("Retry-After")) * 1_000 || 0;
  throw new ParleyError(message === RESUME_FAILED ? "session_gone" : codeOf(status), message, {
    status,
    retryAfter,
  });
}

function codeOf(status: number): ErrorCode {
  if (status === 429) return "rate_limited";
  if (status >= 500 || status === 408) return "unavailable";
  return status === 401 || status === 403 ? "unauthorized" : "bad_request";
}

/** An address of the server, behind the path the application may have put it under. @param path without a slash before it */
export const address = (base: string | URL, path: string): URL =>
  new URL(path, `${base}`.replace(/\/?$/, "/"));
