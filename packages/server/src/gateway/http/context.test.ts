import { randomUUID } from "node:crypto";
import { HTTP_ERRORS } from "@parley/protocol";
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { CONTEXT_ERRORS } from "../../identity/context.ts";
import type { SessionRecord } from "../../journal/journal.ts";
import { CONTEXT_SECRET, faultOf, setup } from "./fixture.ts";

const CONTEXT_ID = "context-1";
const pathOf = (id: string) => `/api/v1/sessions/${id}/context`;

/** A session of `user-1`, and a context token as the connector's backend makes it. */
async function withSession(changes: Partial<SessionRecord> = {}) {
  const context = setup();
  const session = context.sessions.add({
    sub: "user-1",
    connector: "acme",
    contextId: CONTEXT_ID,
    ...changes,
  });
  const iat = context.clock.now() / 1_000;
  const token = await new SignJWT({ ctx: { plan: "pro", seats: 3 } })
    .setProtectedHeader({ alg: "HS256", kid: "key-1" })
    .setSubject(CONTEXT_ID)
    .setIssuedAt(iat)
    .setExpirationTime(iat + 30)
    .sign(Buffer.from(CONTEXT_SECRET));
  const post = async (body: unknown, headers?: Record<string, string>) =>
    context.send("POST", pathOf(session.id), headers ?? (await context.bearer()), body);
  return { ...context, session, iat, token, post };
}

describe("POST /api/v1/sessions/{session_id}/context", () => {
  it("keeps what the connector's backend has signed", async () => {
    const { post, token, sessions, session, iat } = await withSession();
    const response = await post({ token });
    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
    expect(response.headers.get("X-PolyAI-Correlation-Id")).toBeTruthy();
    expect(sessions.contexts).toEqual([{ id: session.id, context: { plan: "pro", seats: 3 }, iat }]);
  });

  it.each<[string, unknown]>([
    ["no body", undefined],
    ["not JSON", "{"],
    ["no token", {}],
    ["a token that is no text", { token: 1 }],
  ])("refuses %s", async (_, body) => {
    const { post, sessions } = await withSession();
    expect(await faultOf(await post(body))).toEqual(HTTP_ERRORS.badRequest);
    expect(sessions.contexts).toEqual([]);
  });

  it("says which rule of section 8 a token breaks", async () => {
    const { post, token, session, sessions } = await withSession();
    expect(await faultOf(await post({ token: "x" }))).toEqual(CONTEXT_ERRORS.malformed);
    expect(await faultOf(await post({ token: `${token.slice(0, -4)}AAAA` }))).toEqual(
      CONTEXT_ERRORS.signature,
    );
    session.contextId = "context-2";
    expect(await faultOf(await post({ token }))).toEqual(CONTEXT_ERRORS.subject);
    session.contextId = null;
    expect(await faultOf(await post({ token }))).toEqual(CONTEXT_ERRORS.notConfigured);
    expect(sessions.contexts).toEqual([]);
  });

  it("refuses a token that is older than the last one, also where two come at once", async () => {
    const { post, token, sessions, iat } = await withSession();
    sessions.lastIat = iat + 1;
    expect(await faultOf(await post({ token }))).toEqual(CONTEXT_ERRORS.stale);
    sessions.lastIat = iat;
    sessions.contextAnswer = "stale";
    expect(await faultOf(await post({ token }))).toEqual(CONTEXT_ERRORS.stale);
  });

  it.each<[string, Record<string, string>, object]>([
    ["no Authorization", {}, HTTP_ERRORS.missingToken],
    ["another scheme", { Authorization: "Basic YTpi" }, HTTP_ERRORS.missingHeaders],
    ["a token of somebody else", { Authorization: "Bearer a.b.c" }, HTTP_ERRORS.invalidToken],
  ])("refuses %s", async (_, headers, fault) => {
    const { post, token } = await withSession();
    expect(await faultOf(await post({ token }, headers))).toEqual(fault);
  });

  it("refuses another user's session, and one of another connector", async () => {
    const { post, token, bearer, session } = await withSession();
    expect(await faultOf(await post({ token }, await bearer("user-2")))).toEqual(HTTP_ERRORS.invalidToken);
    session.connector = "other";
    expect(await faultOf(await post({ token }))).toEqual(HTTP_ERRORS.invalidToken);
  });

  it("refuses an origin that is not the connector's", async () => {
    const { post, token, bearer } = await withSession();
    const headers = { ...(await bearer()), Origin: "https://other.com" };
    expect(await faultOf(await post({ token }, headers))).toEqual(HTTP_ERRORS.wrongHost);
  });

  it("does not find a session that is unknown, or has ended", async () => {
    const { post, token, send, bearer, sessions, session } = await withSession();
    const unknown = await send("POST", pathOf(randomUUID()), await bearer(), { token });
    expect(await faultOf(unknown)).toEqual(HTTP_ERRORS.sessionNotFound);
    sessions.contextAnswer = "ended";
    expect(await faultOf(await post({ token }))).toEqual(HTTP_ERRORS.sessionNotFound);
    session.endedAt = 1;
    expect(await faultOf(await post({ token }))).toEqual(HTTP_ERRORS.sessionNotFound);
  });

  it("tells of a journal that fails with a 5xx", async () => {
    const { post, token, sessions } = await withSession();
    sessions.before = () => Promise.reject(new Error("disk full"));
    expect(await faultOf(await post({ token }))).toEqual(HTTP_ERRORS.unavailable);
  });

  it("has a rate of its own, for each connector and address", async () => {
    const { post, token, send, bearer } = await withSession();
    for (let i = 0; i < 60; i += 1) expect((await post({ token })).status).toBe(204);
    const refused = await post({ token });
    expect(refused.headers.get("Retry-After")).toBe("1");
    expect(await faultOf(refused)).toEqual(HTTP_ERRORS.tooMany);
    expect((await send("POST", "/api/v1/sessions", await bearer())).status).toBe(200);
  });
});
