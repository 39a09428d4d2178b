import { HTTP_ERRORS } from "@parley/protocol";
import type { Context, Handler } from "hono";
import { z } from "zod";
import { rateAddress } from "../../gateway/http/address.ts";
import { refuse } from "../../gateway/http/answers.ts";
import { readJson } from "../../gateway/http/body.ts";
import { type Account, loginOf } from "../accounts/account.ts";
import { LineFull } from "../accounts/line.ts";
import { hashPassword, PASSWORD_LENGTH, verifyPassword } from "../accounts/passwords.ts";
import { Throttle } from "../accounts/throttle.ts";
import type { AccountView, SignInWays } from "../wire.ts";
import { giveToken, takeToken } from "./cookie.ts";
import type { DeskEnv, DeskHttpDeps } from "./deps.ts";
import { DESK_ERRORS } from "./errors.ts";

/** Longer ones are nobody's, and need no hashing. */
const password = z.string().max(PASSWORD_LENGTH.max);
const credentials = z.strictObject({ login: z.string().max(254), password });
const change = z.strictObject({ current: password, next: z.string() });
const choice = z.strictObject({ login: z.string() });

export const accountView = ({
  id,
  login,
  name,
  avatarUrl,
  role,
  skills,
  queues,
  capacity,
  ...rest
}: Account) =>
  ({
    id,
    login,
    name,
    avatar_url: avatarUrl,
    role,
    skills: [...skills],
    queues: [...queues],
    capacity,
    has_password: rest.passwordHash !== null,
  }) satisfies AccountView;

/** `GET /desk/api/sign-in`: by what one can sign in. For everybody. */
export const signInWays =
  ({ oidc, development }: DeskHttpDeps): Handler<DeskEnv> =>
  (c) =>
    c.json({
      password: true,
      oidc: oidc === null ? null : { label: oidc.label },
      development: development.map(({ login, name, role }) => ({ login, name, role })),
    } satisfies SignInWays);

/** `POST /desk/api/sign-in` with `login` and `password`. A wrong one, and one of nobody, take the same time. */
export function signIn(deps: DeskHttpDeps): Handler<DeskEnv> {
  const throttle = new Throttle();
  return unlessBusy(async (c) => {
    const read = credentials.safeParse(await readJson(c));
    if (!read.success) return refuse(c, HTTP_ERRORS.badRequest);
    const login = loginOf(read.data.login);
    const seconds = throttle.take(login, addressOf(c), deps.clock.monotonic());
    if (seconds > 0) return refuse(c, HTTP_ERRORS.tooMany, { "Retry-After": String(seconds) });
    const account = deps.accounts.byLogin(login);
    const isRight = await verifyPassword(read.data.password, account?.passwordHash ?? null);
    if (account === null || !isRight) {
      deps.logger.info({ address: addressOf(c) }, "a sign-in at the desk was refused");
      return refuse(c, DESK_ERRORS.wrongPassword);
    }
    return enter(c, deps, account);
  });
}

/** `POST /desk/api/sign-in/development` with the `login` of one who signs in with a click. */
export const signInWithAClick =
  (deps: DeskHttpDeps): Handler<DeskEnv> =>
  async (c) => {
    const read = choice.safeParse(await readJson(c));
    if (!read.success) return refuse(c, HTTP_ERRORS.badRequest);
    const account = deps.development.find(({ login }) => login === loginOf(read.data.login));
    return account === undefined ? refuse(c, DESK_ERRORS.unknownAccount) : enter(c, deps, account);
  };

/** `GET /desk/api/account`: who is signed in. */
export const whoAmI = (): Handler<DeskEnv> => (c) => c.json(accountView(c.get("signedIn").account));

/** `POST /desk/api/sign-out`: this browser is signed out, its sockets with it. */
export const signOut =
  ({ signIns, publicUrl }: DeskHttpDeps): Handler<DeskEnv> =>
  async (c) => {
    takeToken(c, publicUrl);
    await signIns.end(c.get("signedIn").signIn.id);
    return c.body(null, 204);
  };

/** `POST /desk/api/password` with `current` and `next`: a new password; all other browsers are signed out. */
export function changePassword(deps: DeskHttpDeps): Handler<DeskEnv> {
  const throttle = new Throttle();
  return unlessBusy(async (c) => {
    const read = change.safeParse(await readJson(c));
    if (!read.success) return refuse(c, HTTP_ERRORS.badRequest);
    const { account, signIn } = c.get("signedIn");
    const { current, next } = read.data;
    if (account.passwordHash === null) return refuse(c, DESK_ERRORS.noPassword);
    const length = [...next].length;
    if (length < PASSWORD_LENGTH.min || length > PASSWORD_LENGTH.max)
      return refuse(c, DESK_ERRORS.badPassword);
    const seconds = throttle.take(account.login, addressOf(c), deps.clock.monotonic());
    if (seconds > 0) return refuse(c, HTTP_ERRORS.tooMany, { "Retry-After": String(seconds) });
    const isRight = await verifyPassword(current, account.passwordHash);
    if (!isRight) return refuse(c, DESK_ERRORS.wrongPassword);
    await deps.accounts.change(account.id, { passwordHash: await hashPassword(next) });
    await deps.signIns.endOthers(account.id, signIn.id);
    return c.body(null, 204);
  });
}

/** The browser is signed in as the account; another that was signed in in it is not any more. */
export async function enter(c: Context<DeskEnv>, deps: DeskHttpDeps, account: Account): Promise<Response> {
  giveToken(c, deps.publicUrl, await deps.signIns.signIn(account.id));
  return c.json(accountView(account));
}

/** Passwords are hashed a few at a time: who finds too many waiting comes back in a moment. */
const unlessBusy =
  (handler: (c: Context<DeskEnv>) => Promise<Response>): Handler<DeskEnv> =>
  async (c) => {
    try {
      return await handler(c);
    } catch (error) {
      if (error instanceof LineFull) return refuse(c, DESK_ERRORS.busy, { "Retry-After": "2" });
      throw error;
    }
  };

const addressOf = (c: Context<DeskEnv>): string => rateAddress(c.env?.incoming?.socket.remoteAddress);
