import { UPGRADE_ERRORS } from "@parley/protocol";
import type { Check } from "../check.ts";
import { type Context, type Session, socketPath } from "../context.ts";
import { decodeJwt, forge, unsignedJwt } from "../jwt.ts";
import { expectFault } from "./faults.ts";

const { badParameters, unauthenticated, sessionNotFound } = UPGRADE_ERRORS;

interface Case {
  name: string;
  title: string;
  fault: typeof badParameters | typeof unauthenticated | typeof sessionNotFound;
  path(session: Session, context: Context): string | Promise<string>;
}

const unknown = (session: Session): Session => ({ ...session, id: crypto.randomUUID() });

const cases: Case[] = [
  { name: "no-parameters", title: "Without parameters", fault: badParameters, path: () => "/ws" },
  {
    name: "no-session",
    title: "Without session_id",
    fault: badParameters,
    path: ({ accessToken }) => `/ws?access_token=${accessToken}`,
  },
  {
    name: "no-token",
    title: "Without access_token",
    fault: badParameters,
    path: ({ id }) => `/ws?session_id=${id}`,
  },
  {
    name: "parameters-before-token",
    title: "A bad token without session_id",
    fault: badParameters,
    path: () => "/ws?access_token=nonsense",
  },
  {
    name: "bad-token",
    title: "A token that is none",
    fault: unauthenticated,
    path: (session) => socketPath({ ...session, accessToken: "nonsense" }),
  },
  {
    name: "forged-token",
    title: "A token with a broken signature",
    fault: unauthenticated,
    path: (session) => socketPath({ ...session, accessToken: forge(session.accessToken) }),
  },
  {
    name: "unsigned-token",
    title: "A token that says it needs no signature",
    fault: unauthenticated,
    path: (session) =>
      socketPath({ ...session, accessToken: unsignedJwt(decodeJwt(session.accessToken).claims) }),
  },
  {
    name: "token-before-session",
    title: "A bad token and an unknown session",
    fault: unauthenticated,
    path: (session) => socketPath({ ...unknown(session), accessToken: "nonsense" }),
  },
  {
    name: "unknown-session",
    title: "An unknown session",
    fault: sessionNotFound,
    path: (session) => socketPath(unknown(session)),
  },
  {
    name: "session-before-user",
    title: "An unknown session with another user's token",
    fault: sessionNotFound,
    path: async (session, context) => socketPath({ ...unknown(session), accessToken: await context.mint() }),
  },
  {
    name: "other-user",
    title: "A session of another user",
    fault: unauthenticated,
    path: async (session, context) => socketPath({ ...session, accessToken: await context.mint() }),
  },
];

export const refusals: Check[] = cases.map(({ name, title, fault, path }) => ({
  id: `2.refusal.${name}`,
  title: `${title}: ${fault.status} ${fault.message}, before the upgrade`,
  async run(context) {
    expectFault(await context.upgrade(await path(await context.session(), context)), fault);
  },
}));
