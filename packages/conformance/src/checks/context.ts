import { EVENT, HTTP_ERRORS, LIMITS } from "@parley/protocol";
import type { Check } from "../check.ts";
import type { Answer } from "../client/http.ts";
import type { Context, Session } from "../context.ts";
import { join } from "../conversation.ts";
import { ensure } from "../failure.ts";
import { forge, signJwt, unsignedJwt } from "../jwt.ts";
import { expectFault, expectStatus } from "./faults.ts";

/** A session of the connector that has a context key, and what its backend knows. */
class Backend {
  readonly session: Session;
  readonly contextId: string;
  readonly #context: Context;

  private constructor(context: Context, session: Session, contextId: string) {
    this.#context = context;
    this.session = session;
    this.contextId = contextId;
  }

  static async of(context: Context): Promise<Backend> {
    const { contextKey } = context.profile;
    if (contextKey === undefined) throw new Error("the check uses a context key without needing it");
    const session = await context.session({}, await context.token(contextKey));
    const socket = await context.open(session);
    const { event } = await socket.waitFor(EVENT.SESSION_START);
    const contextId = event.payload.context_id;
    ensure(typeof contextId === "string" && contextId !== "", "a context_id in SESSION_START", event);
    return new Backend(context, session, contextId);
  }

  /** Good claims, with others put in their place. */
  claims(others: object = {}): object {
    const now = Math.floor(Date.now() / 1_000);
    return { sub: this.contextId, iat: now, exp: now + 20, ctx: { plan: "gold" }, ...others };
  }

  sign(others: object = {}, header: object = {}, secret = this.#key.secret): string {
    return signJwt(this.claims(others), secret, { kid: this.#key.kid, ...header });
  }

  send(token: unknown, authorization = `Bearer ${this.session.accessToken}`): Promise<Answer> {
    return this.sendBody({ token }, { authorization });
  }

  sendBody(body: unknown, headers: Record<string, string>): Promise<Answer> {
    return this.#context.postContext(this.session.id, body, headers);
  }

  get #key(): { kid: string; secret: string } {
    return this.#context.profile.contextKey ?? { kid: "", secret: "" };
  }
}

/** A refusal of section 8: the status, and a body that says which rule failed. */
function expectRefused(answer: Answer, status: number): void {
  expectStatus(answer, status);
  const { error, message } = (answer.json ?? {}) as Record<string, unknown>;
  ensure(typeof message === "string" && message !== "" && message === error, "what is wrong", answer.text);
}

const now = (): number => Math.floor(Date.now() / 1_000);

const refused: { name: string; title: string; status: number; token(backend: Backend): unknown }[] = [
  { name: "signature", title: "A broken signature", status: 401, token: (backend) => forge(backend.sign()) },
  {
    name: "secret",
    title: "Another secret",
    status: 401,
    token: (backend) => backend.sign({}, {}, "a secret of somebody else, long enough"),
  },
  {
    name: "kid",
    title: "An unknown key",
    status: 401,
    token: (backend) => backend.sign({}, { kid: "no-such-key" }),
  },
  {
    name: "no-kid",
    title: "No key named",
    status: 401,
    token: (backend) => backend.sign({}, { kid: undefined }),
  },
  {
    name: "none",
    title: "A token without a signature",
    status: 401,
    token: (backend) => unsignedJwt(backend.claims()),
  },
  {
    name: "algorithm",
    title: "Another algorithm",
    status: 401,
    token: (backend) => backend.sign({}, { alg: "HS512" }),
  },
  {
    name: "sub",
    title: "Another sub",
    status: 401,
    token: (backend) => backend.sign({ sub: crypto.randomUUID() }),
  },
  {
    name: "life",
    title: "A life of more than 30 s",
    status: 400,
    token: (backend) => backend.sign({ exp: now() + LIMITS.contextLifeSeconds + 1, iat: now() }),
  },
  {
    name: "expired",
    title: "An exp that is past",
    status: 400,
    token: (backend) => backend.sign({ iat: now() - 30, exp: now() - 10 }),
  },
  {
    name: "ahead",
    title: "An iat that is ahead",
    status: 400,
    token: (backend) => backend.sign({ iat: now() + 15, exp: now() + 30 }),
  },
  { name: "no-exp", title: "No exp", status: 400, token: (backend) => backend.sign({ exp: undefined }) },
  { name: "no-iat", title: "No iat", status: 400, token: (backend) => backend.sign({ iat: undefined }) },
  { name: "no-ctx", title: "No ctx", status: 400, token: (backend) => backend.sign({ ctx: undefined }) },
  {
    name: "nested",
    title: "A ctx that is not flat",
    status: 400,
    token: (backend) => backend.sign({ ctx: { a: {} } }),
  },
  {
    name: "list",
    title: "A ctx with a list in it",
    status: 400,
    token: (backend) => backend.sign({ ctx: { a: [1] } }),
  },
  {
    name: "large",
    title: "A ctx above 8 KB",
    status: 400,
    token: (backend) => backend.sign({ ctx: { a: "x".repeat(LIMITS.contextBytes) } }),
  },
  {
    name: "token-large",
    title: "A token above 16 KB",
    status: 400,
    token: (backend) => backend.sign({ pad: "x".repeat(LIMITS.contextTokenBytes) }),
  },
];

const accepted: { name: string; title: string; claims(): object }[] = [
  {
    name: "primitives",
    title: "A flat object of primitives",
    claims: () => ({ ctx: { a: "text", b: 1.5, c: true, d: null } }),
  },
  { name: "empty", title: "An empty ctx", claims: () => ({ ctx: {} }) },
  {
    name: "largest",
    title: "A ctx of exactly 8 KB as JSON",
    claims: () => ({ ctx: { a: "x".repeat(LIMITS.contextBytes - JSON.stringify({ a: "" }).length) } }),
  },
  { name: "longest", title: "A life of exactly 30 s", claims: () => ({ iat: now(), exp: now() + 30 }) },
  {
    name: "skew",
    title: "A clock that is 3 s ahead",
    claims: () => ({ iat: now() + 3, exp: now() + 23 }),
  },
  {
    name: "skew-behind",
    title: "A clock that is 3 s behind",
    claims: () => ({ iat: now() - 23, exp: now() - 3 }),
  },
];

export const verifiedContext: Check[] = [
  {
    id: "8.start.context-id",
    needs: ["contextKey"],
    title: "SESSION_START carries context_id where the connector has context keys",
    async run(context) {
      await Backend.of(context);
    },
  },
  {
    id: "8.start.no-context-id",
    title: "SESSION_START carries no context_id where the connector has none",
    async run(context) {
      if (context.profile.contextKey?.token === context.profile.connector.token) return;
      const { socket } = await context.connected();
      const { event } = await socket.waitFor(EVENT.SESSION_START);
      ensure(!("context_id" in event.payload), "no context_id", event.payload);
    },
  },
  ...accepted.map(
    ({ name, title, claims }): Check => ({
      id: `8.accepted.${name}`,
      needs: ["contextKey"],
      title: `${title}: 204`,
      async run(context) {
        const backend = await Backend.of(context);
        expectStatus(await backend.send(backend.sign(claims())), 204);
      },
    }),
  ),
  {
    id: "8.accepted.again",
    needs: ["contextKey"],
    title: "A later context replaces the one before, also with the same iat",
    async run(context) {
      const backend = await Backend.of(context);
      const iat = now();
      expectStatus(await backend.send(backend.sign({ iat, ctx: { first: true } })), 204);
      expectStatus(await backend.send(backend.sign({ iat, ctx: { second: true } })), 204);
    },
  },
  ...refused.map(
    ({ name, title, status, token }): Check => ({
      id: `8.refused.${name}`,
      needs: ["contextKey"],
      title: `${title}: ${status}, with a body that says which rule failed`,
      async run(context) {
        const backend = await Backend.of(context);
        expectRefused(await backend.send(token(backend)), status);
      },
    }),
  ),
  {
    id: "8.refused.older",
    needs: ["contextKey"],
    title: "An iat below that of the last one accepted: 400",
    async run(context) {
      const backend = await Backend.of(context);
      const iat = now();
      expectStatus(await backend.send(backend.sign({ iat })), 204);
      expectRefused(await backend.send(backend.sign({ iat: iat - 2 })), 400);
    },
  },
  {
    id: "8.refused.ended",
    needs: ["contextKey"],
    title: "An ended session: 404",
    async run(context) {
      const backend = await Backend.of(context);
      const socket = await context.open(backend.session);
      socket.send(EVENT.USER_END_SESSION, {});
      await socket.closed();
      expectRefused(await backend.send(backend.sign()), 404);
    },
  },
  {
    id: "8.refused.body",
    needs: ["contextKey"],
    title: "A body that is not {token: text}: 400",
    async run(context) {
      const backend = await Backend.of(context);
      const headers = { authorization: `Bearer ${backend.session.accessToken}` };
      for (const body of ["{", {}, { token: 5 }, { token: "nonsense" }]) {
        const answer = await backend.sendBody(body, headers);
        ensure(answer.status === 400 || answer.status === 401, "400 or 401", answer.text);
      }
    },
  },
  {
    id: "8.refused.bearer",
    needs: ["contextKey"],
    title: "The access token is asked for as with sessions",
    async run(context) {
      const backend = await Backend.of(context);
      const token = backend.sign();
      expectFault(await backend.sendBody({ token }, {}), HTTP_ERRORS.missingToken);
      expectFault(await backend.send(token, "Basic abc"), HTTP_ERRORS.missingHeaders);
      expectFault(await backend.send(token, "Bearer nonsense"), HTTP_ERRORS.invalidToken);
    },
  },
  {
    id: "8.refused.other-user",
    needs: ["contextKey"],
    title: "The access token of another user: 401",
    async run(context) {
      const backend = await Backend.of(context);
      const other = await context.mint(context.profile.contextKey);
      expectRefused(await backend.send(backend.sign(), `Bearer ${other}`), 401);
    },
  },
  {
    id: "8.refused.unknown-session",
    needs: ["contextKey"],
    title: "An unknown session: 404",
    async run(context) {
      const backend = await Backend.of(context);
      const headers = { authorization: `Bearer ${backend.session.accessToken}` };
      const answer = await context.postContext(crypto.randomUUID(), { token: backend.sign() }, headers);
      expectRefused(answer, 404);
    },
  },
  {
    id: "8.not-waited-for",
    needs: ["contextKey"],
    title: "The conversation starts whether or not a context arrives",
    async run(context) {
      const backend = await Backend.of(context);
      await join(await context.open(backend.session));
    },
  },
];
