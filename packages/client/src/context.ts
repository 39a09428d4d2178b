import { address, post } from "./http.ts";

export interface ContextOptions {
  /** Where the server is. */
  url: string | URL;
  sessionId: string;
  /** Of the session's user. */
  accessToken: string;
  /** Made by the application's own backend: its `sub` is the `contextId` of the snapshot. */
  token: string;
  signal?: AbortSignal;
  /** Default: the runtime's own. */
  fetch?: typeof fetch;
}

/**
 * Hands the server a context token, which vouches for what the application knows of its user [protocol section 8].
 * Whoever uses it gets the access token by `getToken` and `mintAccessToken`.
 * @throws ParleyError `unauthorized` or `bad_request` with the server's words for the rule that the token breaks
 */
export async function sendContext({
  url,
  sessionId,
  accessToken,
  token,
  signal,
  ...options
}: ContextOptions) {
  const send = options.fetch ?? fetch;
  // 204 has no body, where the handshake's answers are JSON.
  const answered: typeof fetch = async (...request) => {
    const answer = await send(...request);
    return answer.status === 204 ? Response.json({}) : answer;
  };
  const where = address(url, `api/v1/sessions/${sessionId}/context`);
  await post(answered, where, { Authorization: `Bearer ${accessToken}` }, { token }, signal);
}
