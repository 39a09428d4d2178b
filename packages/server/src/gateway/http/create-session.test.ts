import { randomUUID } from "node:crypto";
import { HTTP_ERRORS, LIMITS } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { faultOf, setup } from "./fixture.ts";

const PATH = "/api/v1/sessions";
const CORRELATION = "X-Polyai-Correlation-Id";

const defaults = { streaming_enabled: false, platform: "web" };

describe("POST /api/v1/sessions", () => {
  it.each<[string, unknown, object]>([
    ["no body", undefined, defaults],
    ["an empty object", {}, defaults],
    ["null, as some encoders print nothing", "null", defaults],
    ["null for everything", { streaming_enabled: null, platform: null, device_type: null }, defaults],
    [
      "what clients say of themselves",
      { streaming_enabled: true, platform: "ios-web", device_type: "tablet", locale: "fr-CA" },
      { streaming_enabled: true, platform: "ios-web", device_type: "tablet", locale: "fr-CA" },
    ],
    ["strings that are not known", { platform: "fridge" }, { ...defaults, platform: "fridge" }],
    ["keys that are not known", { streamingEnabled: true, x: { y: [] } }, defaults],
    [
      "attributes",
      { attributes: { plan: "pro", age: 3 } },
      { ...defaults, attributes: { plan: "pro", age: 3 } },
    ],
  ])("creates a session from %s", async (_, body, taken) => {
    const { send, bearer, sessions, clock } = setup();
    const response = await send("POST", PATH, await bearer("user-7"), body);
    expect(response.status).toBe(200);
    expect(clock.size).toBe(0);
    const [record] = sessions.records.values();
    expect(await response.json()).toEqual({
      session_id: record?.id,
      resume_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    });
    expect(JSON.parse(JSON.stringify(sessions.created))).toEqual([
      { sub: "user-7", connector: "acme", host: "acme.com", body: taken },
    ]);
  });

  it.each([
    ["no Authorization", {}, HTTP_ERRORS.missingToken],
    ["an empty one", { Authorization: "" }, HTTP_ERRORS.missingToken],
    ["another scheme", { Authorization: "Basic YTpi" }, HTTP_ERRORS.missingHeaders],
    ["a token without a scheme", { Authorization: "eyJhbGciOiJIUzI1NiJ9.e30.x" }, HTTP_ERRORS.missingHeaders],
    ["a scheme without a token", { Authorization: "Bearer" }, HTTP_ERRORS.invalidToken],
    ["a token of somebody else", { Authorization: "Bearer a.b.c" }, HTTP_ERRORS.invalidToken],
    [
      "the connector's credentials instead",
      { "X-Token": "acme-token", "X-Host": "acme.com" },
      HTTP_ERRORS.missingToken,
    ],
  ])("refuses %s", async (_, headers, fault) => {
    const { send } = setup();
    expect(await faultOf(await send("POST", PATH, headers, {}))).toEqual(fault);
  });

  it("takes the scheme in any case", async () => {
    const { send, bearer } = setup();
    const { Authorization } = await bearer();
    const response = await send("POST", PATH, { Authorization: Authorization.replace("Bearer", "bearer") });
    expect(response.status).toBe(200);
  });

  it("refuses a token that has expired", async () => {
    const { send, bearer, clock } = setup();
    const headers = await bearer();
    clock.advance(LIMITS.accessTokenSeconds * 1_000);
    expect(await faultOf(await send("POST", PATH, headers))).toEqual(HTTP_ERRORS.invalidToken);
  });

  it("refuses a token of a connector that was removed", async () => {
    const { send, bearer } = setup();
    expect(await faultOf(await send("POST", PATH, await bearer("u", "gone")))).toEqual(
      HTTP_ERRORS.invalidToken,
    );
  });

  it("refuses an origin that is not its connector's, and takes one that is", async () => {
    const { send, bearer } = setup();
    const from = async (Origin: string) => send("POST", PATH, { ...(await bearer()), Origin });
    expect(await faultOf(await from("https://other.com"))).toEqual(HTTP_ERRORS.wrongHost);
    expect((await from("https://www.acme.com")).status).toBe(200);
  });

  it.each<[string, unknown]>([
    ["not JSON", "{"],
    ["not an object", "[]"],
    ["a text", '"web"'],
    ["streaming_enabled as a text", { streaming_enabled: "true" }],
    ["platform as a number", { platform: 1 }],
    ["device_type as an object", { device_type: {} }],
    ["a locale that is none", { locale: "not a locale" }],
    ["nested attributes", { attributes: { a: { b: 1 } } }],
    ["51 attributes", { attributes: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, i])) }],
    ["attributes above 4 KB", { attributes: { a: "x".repeat(4_096) } }],
  ])("refuses %s", async (_, body) => {
    const { send, bearer, sessions } = setup();
    expect(await faultOf(await send("POST", PATH, await bearer(), body))).toEqual(HTTP_ERRORS.badRequest);
    expect(sessions.created).toEqual([]);
  });

  it("refuses a body that is not UTF-8", async () => {
    const { app, bearer } = setup();
    const body = Buffer.concat([Buffer.from('{"platform":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const response = await app.request(PATH, { method: "POST", headers: await bearer(), body });
    expect(await faultOf(response)).toEqual(HTTP_ERRORS.badRequest);
  });

  it("tells of a journal that fails with a 5xx, which clients try again", async () => {
    const { send, bearer, sessions, logged } = setup();
    sessions.before = () => Promise.reject(new Error("disk full"));
    expect(await faultOf(await send("POST", PATH, await bearer()))).toEqual(HTTP_ERRORS.sessionFailed);
    expect(logged.join()).toContain("disk full");
  });

  it("answers within 10 s, whatever the journal does: shipped clients give up then", async () => {
    const { send, bearer, sessions, clock } = setup();
    const stuck = Promise.withResolvers<void>();
    const called = Promise.withResolvers<void>();
    sessions.before = () => {
      called.resolve();
      return stuck.promise;
    };
    const pending = send("POST", PATH, await bearer());
    await called.promise;
    clock.advance(9_000);
    expect(await faultOf(await pending)).toEqual(HTTP_ERRORS.sessionFailed);
    expect(clock.size).toBe(0);
  });
});

describe("a retried creation", () => {
  const create = async (changes: { id?: string; sub?: string; body?: unknown }, context = setup()) => {
    const { id = "0f0e0d0c-1111-4222-8333-444455556666", sub = "user-1", body = {} } = changes;
    const response = await context.send(
      "POST",
      PATH,
      { ...(await context.bearer(sub)), [CORRELATION]: id },
      body,
    );
    expect(response.status).toBe(200);
    return response.json();
  };

  it("is answered with the same session, however its body is printed", async () => {
    const context = setup();
    const body = { attributes: { a: 1, b: 2 }, platform: "ios" };
    const again = '{ "unknown": 1, "platform": "ios", "attributes": {"b": 2, "a": 1} }';
    const first = await create({ body }, context);
    expect(await create({ body: again }, context)).toEqual(first);
    expect(await create({ body, id: "0F0E0D0C-1111-4222-8333-444455556666" }, context)).toEqual(first);
    expect(context.sessions.created).toHaveLength(1);
  });

  it.each<[string, Parameters<typeof create>[0]]>([
    ["another correlation id", { id: randomUUID() }],
    ["another user", { sub: "user-2" }],
    ["another body", { body: { streaming_enabled: true } }],
    ["other attributes", { body: { attributes: { a: 1 } } }],
  ])("is another one with %s", async (_, changes) => {
    const context = setup();
    const first = await create({}, context);
    expect(await create(changes, context)).not.toEqual(first);
  });

  it("needs a UUID: other correlation ids are taken over, but name no request", async () => {
    const context = setup();
    const first = await create({ id: "request-1" }, context);
    expect(await create({ id: "request-1" }, context)).not.toEqual(first);
  });

  it("is another one after 60 s", async () => {
    const context = setup();
    const first = await create({}, context);
    context.clock.advance(59_999);
    expect(await create({}, context)).toEqual(first);
    context.clock.advance(1);
    expect(await create({}, context)).not.toEqual(first);
  });

  it("waits for the first, and gets its session even where the first was answered too late", async () => {
    const { send, bearer, sessions, clock } = setup();
    const headers = { ...(await bearer()), [CORRELATION]: randomUUID() };
    const slow = Promise.withResolvers<void>();
    const called = Promise.withResolvers<void>();
    sessions.before = () => {
      called.resolve();
      return slow.promise;
    };
    const first = send("POST", PATH, headers);
    await called.promise;
    clock.advance(9_000);
    expect((await first).status).toBe(500);
    const second = send("POST", PATH, headers);
    slow.resolve();
    expect((await second).status).toBe(200);
    expect(sessions.created).toHaveLength(1);
  });

  it("is tried anew where the first failed", async () => {
    const { send, bearer, sessions } = setup();
    const headers = { ...(await bearer()), [CORRELATION]: randomUUID() };
    sessions.before = () => Promise.reject(new Error("disk full"));
    expect((await send("POST", PATH, headers)).status).toBe(500);
    sessions.before = () => Promise.resolve();
    expect((await send("POST", PATH, headers)).status).toBe(200);
  });
});
