import { EVENT, HTTP_ERRORS, LIMITS, UPGRADE_ERRORS } from "@parley/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CONTEXT_ERRORS } from "../../packages/server/src/identity/context.ts";
import type { Chat } from "../support/chat.ts";
import { RawWebSocket, upgradeRequest } from "./frames.ts";
import { MALFORMED, PATHS, type Shape, SMUGGLING } from "./http-shapes.ts";
import { exchange, type HttpAnswer, RawSocket, readAnswers, request } from "./raw.ts";
import { CONTEXT_KEY } from "./secrets.ts";
import { Target } from "./target.ts";
import { forgeries, jwt } from "./tokens.ts";

let target: Target;
let chat: Chat;
beforeAll(async () => {
  target = await Target.start();
  chat = await target.chat();
});
afterAll(() => target[Symbol.asyncDispose]());

/** One answer; where the rate was used up by the tests before, the one a second later. */
async function answer(bytes: string | Buffer): Promise<HttpAnswer> {
  for (;;) {
    const [first] = await exchange(target.url, bytes);
    if (first === undefined) throw new Error("closed without an answer");
    if (first.status !== 429) return first;
    await new Promise((resolve) => setTimeout(resolve, Number(first.headers["retry-after"]) * 1_000));
  }
}

/** What every error has [protocol section 1]. */
function expectFault(
  { status, headers, body }: HttpAnswer,
  fault: { status: number; message: string },
): void {
  const read = JSON.parse(body) as Record<string, unknown>;
  expect({ status, message: read.message }).toEqual({ status: fault.status, message: fault.message });
  expect(read.error).toBe(read.message);
  expect(read.code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
  expect(headers["x-polyai-correlation-id"]).toBe(read.correlation_id);
  expect(headers["content-type"]).toMatch(/^application\/json/);
}

const table = (shapes: Shape[]) => shapes.map((shape) => [shape.what, shape] as const);

describe("a request that two readers could read in two ways is refused, and nothing behind it is read", () => {
  it.each(table(SMUGGLING))("%s", async (_, { bytes, fault }) => {
    using raw = await RawSocket.open(target.url);
    raw.write(Buffer.concat([Buffer.from(bytes), Buffer.from(request("GET", "/health"))]));
    await raw.end();
    const { answers, rest } = readAnswers(raw.received);
    expect(rest).toHaveLength(0);
    expect(answers).toHaveLength(1);
    expectFault(answers[0] as HttpAnswer, fault);
  });
});

describe("what is no request is answered all the same", () => {
  it.each(table(MALFORMED))("%s", async (_, { bytes, fault }) => {
    expectFault(await answer(bytes), fault);
  });

  it("an expectation that nobody knows is ignored", async () => {
    expect((await answer(request("GET", "/health", { Expect: "miracle" }))).status).toBe(200);
  });

  it("a word before the body is waited for, and stands in no other answer", async () => {
    const asks = request("GET", "/health", { Expect: "100-continue", "Content-Length": "2" }, "{}");
    using raw = await RawSocket.open(target.url);
    raw.write(asks);
    await raw.until(() => readAnswers(raw.received).answers.length === 1, "an answer");
    expect(`${raw.take()}`).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);

    // The first is answered later than the second.
    const headers = { "X-Token": target.token, "X-Host": "localhost" };
    const answers = await exchange(target.url, request("POST", "/api/v1/access-token", headers) + asks, 2);
    expect(answers.map(({ status, body }) => [status, Object.keys(JSON.parse(body))[0]])).toEqual([
      [200, "access_token"],
      [200, "status"],
    ]);
  });

  it("an offer of HTTP/2 is ignored", async () => {
    const headers = {
      Connection: "Upgrade, HTTP2-Settings",
      Upgrade: "h2c",
      "HTTP2-Settings": "AAMAAABkAAQ",
    };
    expect((await answer(request("GET", "/health", headers))).status).toBe(200);
  });

  it("a tunnel is not opened", async () => {
    using raw = await RawSocket.open(target.url);
    raw.write(request("CONNECT", "example.com:80"));
    await raw.end();
    expect(raw.received).toHaveLength(0);
  });
});

describe("another way to write a path leads nowhere else", () => {
  it.each(table(PATHS))("%s", async (_, { bytes, fault }) => {
    expectFault(await answer(bytes), fault);
  });

  it.each([
    "//ws",
    "/ws/",
    "/WS",
    "/%77s",
    "/ws;a=b",
    "/./ws",
    "/api/v1/ws",
    "/ws%00",
    "http://localhost/ws",
    "*",
  ])("an upgrade at %s", async (path) => {
    const upgrade = upgradeRequest(chat).replace("GET /ws?", `GET ${path}?`);
    expectFault(await answer(upgrade), HTTP_ERRORS.notFound);
  });
});

describe("an upgrade that is no handshake is refused", () => {
  it.each<[string, (upgrade: string) => string]>([
    ["another method", (upgrade) => upgrade.replace("GET", "POST")],
    ["no key", (upgrade) => upgrade.replace(/Sec-WebSocket-Key: .*\r\n/, "")],
    ["a key that is too short", (upgrade) => upgrade.replace(/Key: .*/, "Key: AAAA")],
    ["two keys", (upgrade) => upgrade.replace(/(Sec-WebSocket-Key: .*\r\n)/, "$1$1")],
    ["another version", (upgrade) => upgrade.replace("Version: 13", "Version: 12")],
    ["no version", (upgrade) => upgrade.replace(/Sec-WebSocket-Version: .*\r\n/, "")],
    [
      "protocols that are none",
      (upgrade) => upgrade.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: a b\r\n\r\n"),
    ],
    ["no session", (upgrade) => upgrade.replace("session_id", "session")],
    ["no token", (upgrade) => upgrade.replace("access_token", "token")],
    ["a session that is empty", (upgrade) => upgrade.replace(/session_id=[^&]*/, "session_id=")],
  ])("%s", async (_, change) => {
    const place = await target.place();
    expectFault(await answer(change(upgradeRequest(place))), UPGRADE_ERRORS.badParameters);
    // The place that was kept for it is free again.
    using ws = await RawWebSocket.open(target.url, place);
    await ws.beats();
  });

  it("one that is sent ahead of an answer before it is reset, and answers never stand among frames", async () => {
    const place = await target.place();
    const headers = { "X-Token": target.token, "X-Host": "localhost" };
    using raw = await RawSocket.open(target.url);
    raw.write(request("POST", "/api/v1/access-token", headers) + upgradeRequest(place));
    await raw.end();
    expect(`${raw.received}`).not.toContain("101 Switching Protocols");
    using ws = await RawWebSocket.open(target.url, place);
    await ws.beats();
  });

  it.each([
    ["of another form", "../../etc/passwd"],
    ["with a quote", "%27%20OR%201=1--"],
    ["that is a prototype", "__proto__"],
    ["that is very long", "a".repeat(8_000)],
    ["that does not exist", "00000000-0000-4000-8000-000000000000"],
  ])("a session %s", async (_, sessionId) => {
    const upgrade = upgradeRequest({ sessionId, accessToken: chat.accessToken });
    expectFault(await answer(upgrade), UPGRADE_ERRORS.sessionNotFound);
  });

  it("another user's token", async () => {
    const { accessToken } = await target.place();
    const { sessionId } = chat;
    expectFault(await answer(upgradeRequest({ sessionId, accessToken })), UPGRADE_ERRORS.unauthenticated);
  });
});

/** Made from a token that is good for nothing else, so that the names of the tests need no server. */
const kinds = forgeries(jwt({ alg: "HS256", kid: "" }, {}, "")).map(([what], i) => [what, i] as const);

describe("a token that was tampered with lets nobody in", () => {
  it.each(kinds)("%s", async (_, i) => {
    const forged = forgeries(chat.accessToken)[i]?.[1] ?? "";
    const headers = { Authorization: `Bearer ${forged}` };
    expectFault(await answer(request("POST", "/api/v1/sessions", headers)), HTTP_ERRORS.invalidToken);
    expectFault(
      await answer(upgradeRequest({ sessionId: chat.sessionId, accessToken: encodeURIComponent(forged) })),
      UPGRADE_ERRORS.unauthenticated,
    );
  });

  it("made again as it was, it does", async () => {
    const answered = await answer(
      request("POST", "/api/v1/sessions", { Authorization: `Bearer ${chat.accessToken}` }),
    );
    expect(answered.status).toBe(200);
  });
});

describe("an origin that almost matches", () => {
  const ask = (origin: string) =>
    answer(
      request("POST", "/api/v1/access-token", {
        "X-Token": target.token,
        "X-Host": "acme.example",
        Origin: origin,
      }),
    );

  it.each([
    "https://acme.example.evil.com",
    "https://evilacme.example",
    "https://acme.example.",
    "https://acme.example@evil.com",
    "https://acme.example:443@evil.com",
    "https://evil.com/acme.example",
    "https://evil.com#acme.example",
    "https://acme.example/path",
    "https://acme.example?x",
    "https://acme.example, https://evil.com",
    "https://acme.example https://evil.com",
    "https://*.acme.example",
    "https://partner.example",
    "http://partner.example:8443",
    "https://partner.example:84430",
    "https://partner.example:8443.evil.com",
    "https://sub.partner.example:8443",
    "null",
    "file://",
    "acme.example",
    "https://localhost.evil.com",
    "https://\xe0cme.example",
  ])("is refused: %s", async (origin) => {
    expectFault(await ask(origin), HTTP_ERRORS.wrongHost);
  });

  it.each(["https://acme.example", "http://www.acme.example:8080", "https://partner.example:8443"])(
    "is let in where it does: %s",
    async (origin) => {
      expect((await ask(origin)).status).toBe(200);
    },
  );
});

describe("a context token that breaks a rule is refused with the rule", () => {
  let contextId = "";
  beforeEach(async () => {
    if (contextId !== "") return;
    await chat.connect();
    await chat.until(() => chat.seen.length > 0, "the start of the session");
    contextId = chat.of(EVENT.SESSION_START)[0]?.payload.context_id ?? "";
  });
  const now = () => Math.floor(Date.now() / 1_000);
  const set = (token: unknown) => {
    const body = JSON.stringify({ token });
    const headers = {
      Authorization: `Bearer ${chat.accessToken}`,
      "Content-Length": `${Buffer.byteLength(body)}`,
    };
    return answer(request("POST", `/api/v1/sessions/${chat.sessionId}/context`, headers, body));
  };
  const make = (claims: object = {}, header: object = {}, secret = CONTEXT_KEY.secret) => {
    const all = { sub: contextId, iat: now(), exp: now() + 20, ctx: { name: "x" }, ...claims };
    return jwt({ alg: "HS256", kid: CONTEXT_KEY.kid, ...header }, all, secret);
  };
  const is = CONTEXT_ERRORS;

  it.each<[string, () => unknown, { status: number; message: string }]>([
    ["no token", () => undefined, HTTP_ERRORS.badRequest],
    ["a number", () => 1, HTTP_ERRORS.badRequest],
    ["no JWT", () => "token", is.malformed],
    ["too large", () => "x".repeat(LIMITS.contextTokenBytes + 1), is.tokenTooLarge],
    ["no algorithm", () => make({}, { alg: "none" }), is.algorithm],
    ["HS512", () => make({}, { alg: "HS512" }), is.algorithm],
    ["no key", () => make({}, { kid: undefined }), is.unknownKey],
    ["an unknown key", () => make({}, { kid: "key-2" }), is.unknownKey],
    ["a key of the prototype", () => make({}, { kid: "__proto__" }), is.unknownKey],
    ["another secret", () => make({}, {}, "another"), is.signature],
    ["no secret", () => make({}, {}, ""), is.signature],
    ["another subject", () => make({ sub: "another" }), is.subject],
    ["no subject", () => make({ sub: undefined }), is.subject],
    ["no expiry", () => make({ exp: undefined }), is.times],
    ["times that are texts", () => make({ exp: `${now() + 20}` }), is.times],
    ["expired", () => make({ iat: now() - 30, exp: now() - 10 }), is.expired],
    ["issued ahead", () => make({ iat: now() + 10, exp: now() + 20 }), is.ahead],
    ["a life that is too long", () => make({ exp: now() + 31 }), is.lifetime],
    ["not yet valid", () => make({ nbf: now() + 100 }), is.notYetValid],
    ["context that is nested", () => make({ ctx: { a: {} } }), is.notFlat],
    ["context that is a list", () => make({ ctx: ["a"] }), is.notFlat],
    ["no context", () => make({ ctx: undefined }), is.notFlat],
    ["context that is too large", () => make({ ctx: { a: "x".repeat(LIMITS.contextBytes) } }), is.tooLarge],
    ["an access token", () => chat.accessToken, is.unknownKey],
  ])("%s", async (_, token, fault) => {
    expectFault(await set(token()), fault);
  });

  it("and one that breaks none is taken", async () => {
    expect((await set(make())).status).toBe(204);
    expectFault(await set(make({ iat: now() - 10 })), is.stale);
  });
});

it("answers what is sent in one go in its order", async () => {
  const count = 32;
  const wanted = Array.from({ length: count }, (_, i) => `pipelined-${i}`);
  const requests = wanted.map((id) => request("GET", "/health", { "X-PolyAI-Correlation-Id": id }));
  const answers = await exchange(target.url, requests.join(""), count);
  expect(answers.map(({ headers }) => headers["x-polyai-correlation-id"])).toEqual(wanted);
});

it("none of all this was an error of the program's", () => {
  expect(target.log.filter((line) => !line.includes('"a client went away"'))).toEqual([]);
});
