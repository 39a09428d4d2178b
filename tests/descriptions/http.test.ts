import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { jwt } from "../hostile/tokens.ts";
import { configuredServer } from "../support/server.ts";
import { description, Judge, schemaOfAnswer } from "./validators.ts";

type Responses = Record<string, { content?: object; headers?: Record<string, { $ref: string }> }>;
const openApi = description("openapi.json") as {
  paths: Record<string, Record<string, { responses: Responses }>>;
};
const judge = new Judge("openapi.json");

const secret = "a secret of the connector's own backend";
const TOKEN = "/api/v1/access-token";
const SESSIONS = "/api/v1/sessions";
const CONTEXT = "/api/v1/sessions/{session_id}/context";

let server: { url: string } & AsyncDisposable;
let bearer: { Authorization: string };
let session: { session_id: string; resume_token: string };

beforeAll(async () => {
  server = await configuredServer({
    connectors: [
      { id: "demo", token: "demo", hosts: ["localhost"], contextKeys: [{ kid: "k", secret }] },
      { id: "hostless", token: "hostless" },
      { id: "flooded", token: "flooded", hosts: ["localhost"] },
    ],
  });
  const { access_token } = (await (await post(TOKEN, connector)).json()) as { access_token: string };
  bearer = { Authorization: `Bearer ${access_token}` };
  session = (await (await post(SESSIONS, bearer)).json()) as typeof session;
});

afterAll(() => server[Symbol.asyncDispose]());

const connector = { "X-Token": "demo", "X-Host": "localhost" };

const post = (path: string, headers: Record<string, string>, body: string | undefined = "{}") =>
  fetch(server.url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body,
  });

const context = (headers: Record<string, string>, body?: string, id = session.session_id) =>
  post(CONTEXT.replace("{session_id}", id), headers, body);

/** A token of the connector's backend that breaks one rule. */
function contextToken(kid: string): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { sub: "another", iat: now, exp: now + 20, ctx: {} };
  return JSON.stringify({ token: jwt({ alg: "HS256", kid }, claims, secret) });
}

const get = (query: Record<string, string>) => fetch(`${server.url}/ws?${new URLSearchParams(query)}`);

/** What the library says of an upgrade that is refused is its status alone. */
function upgrade(query: Record<string, string>): Promise<Response> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws?${new URLSearchParams(query)}`);
    socket.on("open", () => {
      socket.close();
      resolve({ status: 101, headers: new Headers() } as Response);
    });
    socket.on("unexpected-response", (_, answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => {
        const headers = new Headers(answer.headers as Record<string, string>);
        resolve(new Response(Buffer.concat(parts), { status: answer.statusCode ?? 0, headers }));
      });
    });
    socket.on("error", reject);
  });
}

/** The 429 of a connector's own flood. */
async function flood(): Promise<Response> {
  const all = await Promise.all(
    Array.from({ length: 80 }, () => post(TOKEN, { "X-Token": "flooded", "X-Host": "localhost" })),
  );
  return all.find(({ status }) => status === 429) ?? Response.error();
}

const accessTokenOf = () => bearer.Authorization.slice("Bearer ".length);

const cases: [path: string, method: string, what: string, status: number, ask: () => Promise<Response>][] = [
  [TOKEN, "post", "a connector", 200, () => post(TOKEN, connector)],
  [
    TOKEN,
    "post",
    "a session that is resumed",
    200,
    () => post(TOKEN, { ...connector, "X-Resume": `${session.session_id}.${session.resume_token}` }),
  ],
  [TOKEN, "post", "no headers", 401, () => post(TOKEN, {})],
  [TOKEN, "post", "an unknown connector", 401, () => post(TOKEN, { ...connector, "X-Token": "nobody" })],
  [TOKEN, "post", "another host", 401, () => post(TOKEN, { ...connector, "X-Host": "elsewhere.example" })],
  [
    TOKEN,
    "post",
    "a connector without hosts",
    401,
    () => post(TOKEN, { ...connector, "X-Token": "hostless" }),
  ],
  [
    TOKEN,
    "post",
    "a resume token that is none",
    401,
    () => post(TOKEN, { ...connector, "X-Resume": "nonsense" }),
  ],
  [TOKEN, "post", "too large a body", 413, () => post(TOKEN, connector, " ".repeat(100_000))],
  [TOKEN, "post", "a flood", 429, flood],
  [
    SESSIONS,
    "post",
    "a token",
    200,
    () => post(SESSIONS, bearer, '{"streaming_enabled":true,"locale":"fr"}'),
  ],
  [SESSIONS, "post", "no token", 400, () => post(SESSIONS, {})],
  [SESSIONS, "post", "a body that is no JSON", 400, () => post(SESSIONS, bearer, "{")],
  [SESSIONS, "post", "a token that is none", 401, () => post(SESSIONS, { Authorization: "Bearer a.b.c" })],
  [SESSIONS, "post", "another scheme", 401, () => post(SESSIONS, { Authorization: "Basic abc" })],
  [
    SESSIONS,
    "post",
    "a page of elsewhere",
    401,
    () => post(SESSIONS, { ...bearer, Origin: "https://e.example" }),
  ],
  [SESSIONS, "post", "too large a body", 413, () => post(SESSIONS, bearer, " ".repeat(100_000))],
  [CONTEXT, "post", "no token", 400, () => context({})],
  [CONTEXT, "post", "a body without a token", 400, () => context(bearer)],
  [CONTEXT, "post", "a context token that is none", 400, () => context(bearer, '{"token":"nonsense"}')],
  [CONTEXT, "post", "an unknown key", 401, () => context(bearer, contextToken("another"))],
  [CONTEXT, "post", "another sub", 401, () => context(bearer, contextToken("k"))],
  [CONTEXT, "post", "an unknown session", 404, () => context(bearer, "{}", randomUUID())],
  ["/ws", "get", "no upgrade", 400, () => get({})],
  ["/ws", "get", "no parameters", 400, () => upgrade({})],
  ["/ws", "get", "a token that is none", 401, () => upgrade({ session_id: "a", access_token: "b" })],
  [
    "/ws",
    "get",
    "an unknown session",
    404,
    () => upgrade({ session_id: randomUUID(), access_token: accessTokenOf() }),
  ],
  [
    "/ws",
    "get",
    "a session and its token",
    101,
    () => upgrade({ session_id: session.session_id, access_token: accessTokenOf() }),
  ],
];

/** Statuses that only a fault inside the server, a slow client or ten sockets bring about. */
const UNTRIED = [`post ${TOKEN} 408`, `post ${TOKEN} 500`, `post ${SESSIONS} 408`, `post ${SESSIONS} 429`];
UNTRIED.push(`post ${SESSIONS} 500`, `post ${CONTEXT} 204`, `post ${CONTEXT} 408`, `post ${CONTEXT} 413`);
UNTRIED.push(`post ${CONTEXT} 429`, `post ${CONTEXT} 503`, "get /ws 429");

describe("what the server answers over HTTP is what OpenAPI says", () => {
  it.each(cases)("%s %s: %s, %i", async (path, method, _, status, ask) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    const described = openApi.paths[path]?.[method]?.responses[status];
    expect(described, "a status that is described").toBeDefined();
    for (const [name, { $ref }] of Object.entries(described?.headers ?? {})) {
      const value = answer.headers.get(name);
      const typed = value !== null && /^-?\d+$/.test(value) && name === "Retry-After" ? Number(value) : value;
      expect(judge.problem(typed, `${$ref}/schema`), `${name}: ${value}`).toBeNull();
    }
    if (described?.content === undefined) return;
    const schema = schemaOfAnswer(path, method, status);
    const body: unknown = await answer.json();
    expect(judge.problem(body, schema), JSON.stringify(body)).toBeNull();
  });

  it("every status that is described was tried, or is known not to be", () => {
    const described = Object.entries(openApi.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${method} ${path} ${status}`),
      ),
    );
    const tried = cases.map(([path, method, , status]) => `${method} ${path} ${status}`);
    expect([...new Set([...tried, ...UNTRIED])].toSorted()).toEqual(described.toSorted());
    expect(UNTRIED.filter((one) => tried.includes(one))).toEqual([]);
  });
});
