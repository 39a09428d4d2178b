import { randomUUID } from "node:crypto";
import type { Context, Handler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import {
  type Account,
  DEFAULT_CAPACITY,
  isAvatarUrl,
  LOGIN,
  loginOf,
  PERSON_NAME,
} from "../accounts/account.ts";
import { CALLBACK_PATH, type Identity, type OidcDoor, type OidcProblem } from "../oidc/oidc.ts";
import type { SignInProblem } from "../wire.ts";
import { giveToken } from "./cookie.ts";
import type { DeskEnv, DeskHttpDeps } from "./deps.ts";

/** Where the page is. */
const PAGE = "/desk";
const FLOW_COOKIE = "parley_desk_oidc";

/** Comes back from the issuer's site, and so cannot be `Strict`; it is good for nothing but that. */
const flowCookie = (publicUrl: string | null) => ({
  path: CALLBACK_PATH,
  httpOnly: true,
  sameSite: "Lax" as const,
  secure: publicUrl?.startsWith("https:") ?? false,
});

/** `GET /desk/api/oidc/start`: off to the issuer. A browser goes there; what goes wrong is told by the page. */
export const startOidc =
  ({ publicUrl, logger }: DeskHttpDeps, oidc: OidcDoor): Handler<DeskEnv> =>
  async (c) => {
    try {
      const { url, flow, seconds } = await oidc.begin();
      setCookie(c, FLOW_COOKIE, flow, { ...flowCookie(publicUrl), maxAge: seconds });
      return c.redirect(url);
    } catch (error) {
      logger.warn({ error }, "the issuer of the desk's sign-ins could not be reached");
      return back(c, "oidc_unavailable");
    }
  };

/** `GET /desk/api/oidc/callback`: back from the issuer, and signed in. */
export const finishOidc =
  (deps: DeskHttpDeps, oidc: OidcDoor): Handler<DeskEnv> =>
  async (c) => {
    const flow = getCookie(c, FLOW_COOKIE);
    deleteCookie(c, FLOW_COOKIE, flowCookie(deps.publicUrl));
    const identity = await oidc.finish(new URL(c.req.url).search, flow).catch((error): OidcProblem => {
      deps.logger.warn({ error }, "a sign-in by OpenID Connect failed");
      return "oidc_refused";
    });
    if (typeof identity === "string") return back(c, identity);
    const account = await accountOf(deps, oidc, identity);
    if (account === null) return back(c, "unknown_account");
    giveToken(c, deps.publicUrl, await deps.signIns.signIn(account.id));
    return c.redirect(PAGE);
  };

/** Who comes of an admitted domain for the first time gets an account, which can then be changed like any other. */
async function accountOf(
  { accounts, clock }: DeskHttpDeps,
  oidc: OidcDoor,
  { email, name, picture }: Identity,
): Promise<Account | null> {
  const login = loginOf(email);
  const known = accounts.byLogin(login);
  if (known !== null || !LOGIN.test(login) || !oidc.admits(login)) return known;
  const account: Account = {
    id: randomUUID(),
    login,
    name: name !== null && PERSON_NAME.test(name) ? name : (login.split("@")[0] ?? login),
    avatarUrl: picture !== null && isAvatarUrl(picture) ? picture : "",
    role: "agent",
    skills: [],
    queues: [],
    capacity: DEFAULT_CAPACITY,
    passwordHash: null,
    createdAt: clock.now(),
  };
  await accounts.add(account);
  return account;
}

const back = (c: Context, problem: SignInProblem): Response => c.redirect(`${PAGE}?problem=${problem}`);
