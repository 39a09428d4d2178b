import { randomUUID } from "node:crypto";
import { HTTP_ERRORS, LIMITS } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { newResumeToken } from "../../identity/resume.ts";
import { acme, faultOf, setup } from "./fixture.ts";

const PATH = "/api/v1/access-token";

const grantOf = async (response: Response) => {
  expect(response.status).toBe(200);
  return (await response.json()) as { access_token: string; expires_in: unknown; token_type: string };
};

describe("POST /api/v1/access-token", () => {
  it.each([
    ["no body", undefined],
    ["an empty object", "{}"],
    ["null, as some encoders print nothing", "null"],
    ["blanks", " \n"],
    ["keys that mean nothing here", '{"a":1}'],
  ])("mints a token for %s", async (_, body) => {
    const { send, accessTokens } = setup();
    const answer = await grantOf(await send("POST", PATH, acme, body));
    expect(answer).toEqual({ access_token: expect.any(String), expires_in: 86_400, token_type: "Bearer" });
    const grant = await accessTokens.verify(answer.access_token);
    expect(grant).toEqual({ sub: expect.any(String), connector: "acme", host: "acme.com" });
  });

  it("answers what shipped clients check locally: three parts, a numeric exp, a number of seconds well above 300", async () => {
    const { send, clock } = setup();
    const answer = await grantOf(await send("POST", PATH, acme));
    const parts = answer.access_token.split(".");
    expect(parts).toHaveLength(3);
    const claims = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString());
    expect(claims.exp).toBe(clock.now() / 1_000 + LIMITS.accessTokenSeconds);
    expect(answer.expires_in).toBeGreaterThan(300);
  });

  it("makes a new user each time, also for the same correlation id", async () => {
    const { send, accessTokens } = setup();
    const headers = { ...acme, "X-PolyAI-Correlation-Id": randomUUID() };
    const subs = new Set<unknown>();
    for (let i = 0; i < 3; i += 1) {
      const { access_token } = await grantOf(await send("POST", PATH, headers));
      subs.add((await accessTokens.verify(access_token))?.sub);
    }
    expect(subs.size).toBe(3);
  });

  it.each([
    ["a domain in capitals, with scheme, port and path", { "X-Host": "HTTPS://Acme.com:8443/chat/" }],
    ["a subdomain", { "X-Host": "www.acme.com" }],
    ["an app id", { "X-Host": "com.acme.app" }],
    ["an origin of the connector's hosts", { Origin: "https://shop.acme.com" }],
    ["an origin that is listed", { Origin: "https://partner.example" }],
    ["the server's own public URL", { Origin: "https://chat.parley.example" }],
    ["a content type with a charset", { "Content-Type": "application/json; charset=utf-8" }],
    ["no content type that says JSON", { "Content-Type": "text/plain" }],
  ])("accepts %s", async (_, headers) => {
    const { send } = setup();
    await grantOf(await send("POST", PATH, { ...acme, ...headers }, "{}"));
  });

  it.each([
    ["no token", { "X-Host": "acme.com" }, HTTP_ERRORS.missingHeaders],
    ["no host", { "X-Token": "acme-token" }, HTTP_ERRORS.missingHeaders],
    ["an empty host", { ...acme, "X-Host": "" }, HTTP_ERRORS.missingHeaders],
    ["an unknown token", { ...acme, "X-Token": "nobody" }, HTTP_ERRORS.unknownConnector],
    ["another host", { ...acme, "X-Host": "evilacme.com" }, HTTP_ERRORS.wrongHost],
    ["below an app id", { ...acme, "X-Host": "x.com.acme.app" }, HTTP_ERRORS.wrongHost],
    ["another origin", { ...acme, Origin: "https://evilacme.com" }, HTTP_ERRORS.wrongHost],
    ["another connector's origin", { ...acme, Origin: "https://other.com" }, HTTP_ERRORS.wrongHost],
    ["an origin of null", { ...acme, Origin: "null" }, HTTP_ERRORS.wrongHost],
    ["a connector that nobody can use", { ...acme, "X-Token": "closed-token" }, HTTP_ERRORS.noHosts],
  ])("refuses %s", async (_, headers, fault) => {
    const { send } = setup();
    expect(await faultOf(await send("POST", PATH, headers))).toEqual(fault);
  });

  it.each(["{", "not JSON", "\ufffe{}"])("refuses a body that is not JSON: %j", async (body) => {
    const { send } = setup();
    expect(await faultOf(await send("POST", PATH, acme, body))).toEqual(HTTP_ERRORS.badRequest);
  });

  it("looks at the credentials before the body", async () => {
    const { send } = setup();
    const refused = await send("POST", PATH, { ...acme, "X-Token": "nobody" }, "{");
    expect(await faultOf(refused)).toEqual(HTTP_ERRORS.unknownConnector);
  });

  it("tells of its own failure with a 5xx: shipped clients take 401 and 403 for a key that is wrong for ever", async () => {
    const failing = setup().accessTokens;
    failing.mint = () => Promise.reject(new Error("no randomness"));
    const { send } = setup({ accessTokens: failing });
    expect(await faultOf(await send("POST", PATH, acme))).toEqual(HTTP_ERRORS.tokenFailed);
  });
});

describe("X-Resume", () => {
  const resumable = () => {
    const context = setup();
    const { token, hash } = newResumeToken();
    const session = context.sessions.add({ sub: "user-of-the-session", connector: "acme", resumeHash: hash });
    return { ...context, session, token };
  };

  it("gives a token of the session's own user", async () => {
    const { send, accessTokens, session, token } = resumable();
    const response = await send("POST", PATH, { ...acme, "X-Resume": `${session.id}.${token}` });
    const { access_token } = await grantOf(response);
    expect((await accessTokens.verify(access_token))?.sub).toBe("user-of-the-session");
  });

  it.each<[string, (id: string, token: string) => string, Record<string, string>]>([
    ["another session's token", (id) => `${id}.${newResumeToken().token}`, acme],
    ["an unknown session, or one that ended too long ago", (_, token) => `${randomUUID()}.${token}`, acme],
    ["no token", (id) => `${id}.`, acme],
    ["nothing", () => "", acme],
    ["no form at all", () => "a.b.c", acme],
    [
      "another connector",
      (id, token) => `${id}.${token}`,
      { "X-Token": "other-token", "X-Host": "other.com" },
    ],
  ])("that does not fit is refused: %s", async (_, header, headers) => {
    const { send, session, token } = resumable();
    const response = await send("POST", PATH, { ...headers, "X-Resume": header(session.id, token) });
    expect(await faultOf(response)).toEqual(HTTP_ERRORS.resumeFailed);
  });

  it("is no reason for a 401 where the journal fails", async () => {
    const { send, session, token, sessions } = resumable();
    sessions.before = () => Promise.reject(new Error("disk full"));
    const response = await send("POST", PATH, { ...acme, "X-Resume": `${session.id}.${token}` });
    expect(await faultOf(response)).toEqual(HTTP_ERRORS.tokenFailed);
  });
});
