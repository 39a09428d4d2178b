import { ParleyError, toParleyError } from "./errors.ts";
import { address, post } from "./http.ts";
import type { Settings } from "./options.ts";
import { page } from "./page.ts";

export interface AccessToken {
  readonly text: string;
  /** Milliseconds since 1970; infinite where the token does not say. */
  readonly expires: number;
}

export interface MintOptions {
  url: string | URL;
  connectorToken: string;
  host: string;
  /** What `getToken` was given. Default null. */
  resume?: string | null;
  signal?: AbortSignal;
  /** Default: the runtime's own. */
  fetch?: typeof fetch;
}

/**
 * Asks a server for an access token [protocol section 1]: for a backend that answers its pages' `getToken`.
 * @returns null where the session cannot be resumed
 * @throws ParleyError
 */
export async function mintAccessToken(options: MintOptions): Promise<string | null> {
  try {
    return await requestToken(options);
  } catch (error) {
    if (error instanceof ParleyError && error.code === "session_gone") return null;
    throw error;
  }
}

async function requestToken({
  url,
  connectorToken,
  host,
  resume,
  signal,
  ...options
}: MintOptions): Promise<string> {
  const headers = { "X-Token": connectorToken, "X-Host": host, ...(resume && { "X-Resume": resume }) };
  const send = options.fetch ?? fetch;
  return (await post(send, address(url, "api/v1/access-token"), headers, {}, signal)).access_token as string;
}

/** A new access token by the application's credentials. @throws ParleyError */
export async function obtainToken(
  {
    getToken,
    connectorToken = "",
    host = page?.location.hostname ?? "localhost",
    url,
    environment,
  }: Settings,
  resume: string | null,
  signal: AbortSignal,
): Promise<AccessToken> {
  let text: string | null;
  try {
    text = getToken
      ? await getToken({ resume, signal })
      : await requestToken({ url, connectorToken, host, resume, signal, fetch: environment.fetch });
  } catch (error) {
    throw toParleyError(error, "no_token");
  }
  if (text) return { text, expires: expiryOf(text) };
  throw new ParleyError(text === null ? "session_gone" : "no_token", `getToken gave ${text}`);
}

/** A JWT says when it expires; whatever else a token is, the server will tell. */
function expiryOf(token: string): number {
  try {
    const part = token.split(".")[1] ?? "";
    const { exp } = JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/")));
    return exp * 1_000 || Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
