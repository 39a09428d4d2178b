import type { AccountView, DeskToday, SignInWays } from "./wire.ts";

/** The server said no, or could not be reached. The message is for people. */
export class DeskError extends Error {
  override readonly name = "DeskError";
  /** `OFFLINE` where there was no answer. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a refusal is called to people who do not read codes. */
const MESSAGES: Readonly<Record<string, string>> = {
  OFFLINE: "The server cannot be reached. Check your connection and try again.",
  WRONG_PASSWORD: "Login or password is wrong.",
  UNKNOWN_ACCOUNT: "There is no such account.",
  BAD_PASSWORD: "The new password must have 12 to 256 characters.",
  BUSY: "Many people are signing in. Try again in a moment.",
};

async function ask(path: string, body?: object): Promise<unknown> {
  const request: RequestInit =
    body === undefined
      ? {}
      : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`/desk/api${path}`, request).catch(() => null);
  if (response === null) throw new DeskError("OFFLINE", MESSAGES.OFFLINE ?? "");
  if (response.status === 204) return null;
  const answer = (await response.json().catch(() => ({}))) as { code?: string; message?: string };
  if (response.ok) return answer;
  const code = answer.code ?? String(response.status);
  const seconds = Number(response.headers.get("Retry-After"));
  const message =
    response.status === 429 && seconds > 0
      ? `Too many attempts. Try again in ${seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}.`
      : (MESSAGES[code] ?? answer.message ?? `The server answered ${response.status}.`);
  throw new DeskError(code, message);
}

export const signInWays = () => ask("/sign-in") as Promise<SignInWays>;
/** Who is signed in. @throws DeskError with `SIGNED_OUT` */
export const whoAmI = () => ask("/account") as Promise<AccountView>;
export const signIn = (login: string, password: string) =>
  ask("/sign-in", { login, password }) as Promise<AccountView>;
export const signInWithAClick = (login: string) =>
  ask("/sign-in/development", { login }) as Promise<AccountView>;
export const signOut = () => ask("/sign-out", {});
export const changePassword = (current: string, next: string) => ask("/password", { current, next });
/** @param since this browser's midnight, milliseconds since 1970 */
export const today = (since: number) => ask(`/today?since=${since}`) as Promise<DeskToday>;
/** Where signing in with OpenID Connect begins. */
export const OIDC_START = "/desk/api/oidc/start";
