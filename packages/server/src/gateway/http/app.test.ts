import { RequestError } from "@hono/node-server";
import { HTTP_ERRORS, LIMITS } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { answerBroken } from "./app.ts";
import { acme, faultOf, OPERATOR_KEY, setup } from "./fixture.ts";

const HEADER = "X-PolyAI-Correlation-Id";

describe("the correlation id", () => {
  it.each([
    ["a UUID", "8c3a1f0e-5b6d-4c7e-9f00-112233445566"],
    ["everything that is allowed", "Az09._-"],
    ["one character", "x"],
    ["128 characters", "x".repeat(128)],
  ])("is the request's own: %s", async (_, id) => {
    const { send } = setup();
    const response = await send("POST", "/api/v1/access-token", { [HEADER]: id });
    expect(response.headers.get(HEADER)).toBe(id);
    expect(await response.json()).toMatchObject({ correlation_id: id });
  });

  it.each(["", "x".repeat(129), "a b", "a\tb", "ä", "a,b", '<script>"'])(
    "is a new one instead of %j",
    async (id) => {
      const { send } = setup();
      const response = await send("GET", "/health", { [HEADER]: id });
      expect(response.headers.get(HEADER)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    },
  );

  it.each([
    ["GET", "/health"],
    ["GET", "/nothing"],
    ["DELETE", "/api/v1/sessions"],
    ["OPTIONS", "/api/v1/sessions"],
    ["GET", "/api/v1/sessions"],
    ["HEAD", "/health"],
  ])("is on every answer: %s %s", async (method, path) => {
    const { send } = setup();
    const response = await send(method, path, { [HEADER]: "id-1" });
    expect(response.headers.get(HEADER)).toBe("id-1");
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
  });
});

describe("what is not there", () => {
  it.each([
    "/nothing",
    "/",
    "/api/v1/access-token/",
    "/api/v1/sessions/",
    "/api/v1/sessions/some-id/context/",
    "/API/v1/sessions",
    "//api/v1/sessions",
  ])("is 404, and never a redirect: %s", async (path) => {
    const { send } = setup();
    expect(await faultOf(await send("POST", path, acme))).toEqual(HTTP_ERRORS.notFound);
  });

  it.each([
    ["GET", "/api/v1/access-token", ["POST"]],
    ["PUT", "/api/v1/sessions", ["GET", "HEAD", "POST"]],
    ["GET", "/api/v1/sessions/some-id/context", ["POST"]],
    ["DELETE", "/api/v1/sessions/some-id/events", ["GET", "HEAD"]],
    ["POST", "/health", ["GET", "HEAD"]],
  ])("is 405 with what is: %s %s", async (method, path, methods) => {
    const { send } = setup();
    const response = await send(method, path);
    expect(await faultOf(response)).toEqual(HTTP_ERRORS.wrongMethod);
    expect(response.headers.get("Allow")?.split(", ").toSorted()).toEqual(methods);
  });

  it("is 400 for an upgrade that is none", async () => {
    const { send } = setup();
    const response = await send("GET", "/ws?session_id=x&access_token=y");
    expect((await faultOf(response)).message).toBe("invalid connection parameters");
  });
});

describe("a body", () => {
  const fits = (bytes: number) => `"${"x".repeat(bytes - 2)}"`;

  it("is taken up to its limit, and refused beyond", async () => {
    const { send } = setup();
    const post = (body: string) => send("POST", "/api/v1/access-token", acme, body);
    expect((await post(fits(LIMITS.httpBodyBytes))).status).toBe(200);
    expect(await faultOf(await post(fits(LIMITS.httpBodyBytes + 1)))).toEqual(HTTP_ERRORS.bodyTooLarge);
  });

  it("is not looked at before who sends it", async () => {
    const { send } = setup();
    const response = await send("POST", "/api/v1/sessions", {}, fits(LIMITS.httpBodyBytes + 1));
    expect(await faultOf(response)).toEqual(HTTP_ERRORS.missingToken);
  });
});

describe("the rate of the handshake", () => {
  const mint = "/api/v1/access-token";

  it("is one for both POSTs, 60 at once, and 10 a second after that", async () => {
    const { send, bearer, clock } = setup();
    const headers = { ...acme, ...(await bearer()) };
    for (let i = 0; i < 60; i += 1) {
      expect((await send("POST", i % 2 ? mint : "/api/v1/sessions", headers)).status).toBe(200);
    }
    for (const path of [mint, "/api/v1/sessions"]) {
      const refused = await send("POST", path, headers);
      expect(refused.headers.get("Retry-After")).toBe("1");
      expect(await faultOf(refused)).toEqual(HTTP_ERRORS.tooMany);
    }
    clock.advance(1_000);
    for (let i = 0; i < 10; i += 1) expect((await send("POST", mint, headers)).status).toBe(200);
    expect((await send("POST", mint, headers)).status).toBe(429);
  });

  it("is each connector's and address's own", async () => {
    const { send } = setup();
    for (let i = 0; i < 60; i += 1) await send("POST", mint, acme);
    const other = { "X-Token": "other-token", "X-Host": "other.com" };
    expect((await send("POST", mint, acme)).status).toBe(429);
    expect((await send("POST", mint, other)).status).toBe(200);
    expect((await send("POST", mint, acme, undefined, "203.0.113.2")).status).toBe(200);
  });

  it.each<[string, string, Record<string, string>]>([
    ["an unknown connector token", mint, { "X-Token": "nobody", "X-Host": "acme.com" }],
    ["a host that is not the connector's", mint, { ...acme, "X-Host": "evil.com" }],
    ["no access token", "/api/v1/sessions", {}],
    ["an unknown access token", "/api/v1/sessions", { Authorization: "Bearer a.b.c" }],
  ])("is the address's for %s, and takes nothing from who is let in", async (_, path, headers) => {
    const { send } = setup();
    for (let i = 0; i < 60; i += 1) expect((await send("POST", path, headers)).status).toBeLessThan(402);
    expect((await send("POST", path, headers)).status).toBe(429);
    expect((await send("POST", mint, acme)).status).toBe(200);
  });
});

describe("GET /health", () => {
  it("is 200 when ready", async () => {
    const { send } = setup();
    const response = await send("GET", "/health");
    expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
  });

  it("is 503 with the reason when not", async () => {
    const { send } = setup({ health: () => "The disk is full." });
    const response = await send("GET", "/health");
    expect([response.status, await response.json()]).toEqual([
      503,
      { status: "unavailable", reason: "The disk is full." },
    ]);
  });
});

describe("what is logged", () => {
  it("names no token, no credential and no query", async () => {
    const context = setup({ operatorKeys: () => Promise.reject(new Error("disk full")) });
    const { send, bearer, sessions, logged } = context;
    sessions.before = () => Promise.reject(new Error("disk full"));
    const { Authorization } = await bearer();
    await send("POST", "/api/v1/sessions?access_token=secret-in-query", { Authorization });
    const resume = `8c3a1f0e-5b6d-4c7e-9f00-112233445566.${"r".repeat(43)}`;
    await send("POST", "/api/v1/access-token", { ...acme, "X-Resume": resume });
    await send("GET", "/api/v1/sessions?x=secret-in-query", { Authorization: `Bearer ${OPERATOR_KEY}` });
    expect(logged).toHaveLength(3);
    const secrets = [Authorization.slice(7), "acme-token", "r".repeat(43), OPERATOR_KEY, "secret-in-query"];
    for (const secret of secrets) expect(logged.join()).not.toContain(secret);
  });
});

describe("what never became a request", () => {
  it("is answered like everything else", async () => {
    const answer = answerBroken(() => "id-1");
    expect(await faultOf(answer(new RequestError("Invalid host header")))).toEqual(HTTP_ERRORS.badRequest);
    expect((await faultOf(answer("thrown")))?.status).toBe(500);
  });
});
