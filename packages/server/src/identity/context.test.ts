import { LIMITS } from "@parley/protocol";
import fc from "fast-check";
import { CompactSign, type JWTHeaderParameters, SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it } from "vitest";
import { CONTEXT_ERRORS, type ContextCheck, verifyContext } from "./context.ts";
import { secretKey } from "./secret.ts";

const NOW = Date.UTC(2026, 0, 1);
const iat = NOW / 1000;
/** Short and not ASCII on purpose: a secret is used as it was agreed on. */
const keys = [
  { kid: "k1", secret: secretKey("kürz") },
  { kid: "k2", secret: secretKey("another secret") },
];
const check: ContextCheck = { keys, contextId: "ctx-1", lastIat: null, now: NOW };
const good = { sub: "ctx-1", iat, exp: iat + 30, ctx: { plan: "gold", age: 7, vip: true, note: null } };

const sign = (payload: object, header: Partial<JWTHeaderParameters> = {}, secret = keys[0]?.secret) =>
  new SignJWT({ ...payload })
    .setProtectedHeader({ alg: "HS256", kid: "k1", ...header })
    .sign(secret ?? new Uint8Array());

const verify = async (token: string | Promise<string>, rest: Partial<ContextCheck> = {}) =>
  verifyContext(await token, { ...check, ...rest });

const padded = (bytes: number) => ({ text: "x".repeat(bytes - JSON.stringify({ text: "" }).length) });

describe("a context token that is accepted [section 8]", () => {
  it("says its context and its iat", async () => {
    expect(await verify(sign(good))).toEqual({ context: good.ctx, iat });
  });

  it.each([
    ["the other key", sign(good, { kid: "k2" }, keys[1]?.secret)],
    ["further header parameters", sign(good, { typ: "JWT" })],
    ["an empty context", sign({ ...good, ctx: {} })],
    ["exp past by less than the skew", sign({ ...good, iat: iat - 20, exp: iat - 4 })],
    ["iat ahead by the skew", sign({ ...good, iat: iat + 5, exp: iat + 35 })],
    ["a life of exactly the limit", sign({ ...good, iat: iat - 10, exp: iat + 20 })],
    ["a context of exactly the limit", sign({ ...good, ctx: padded(LIMITS.contextBytes) })],
    ["further claims", sign({ ...good, jti: "1", aud: "x" })],
  ])("%s", async (_, token) => {
    expect(await verify(token)).toHaveProperty("context");
  });

  it("may have the iat of the last one, or a later one", async () => {
    expect(await verify(sign(good), { lastIat: iat })).toHaveProperty("context");
    expect(await verify(sign(good), { lastIat: iat - 1 })).toHaveProperty("context");
  });

  it("is measured as it is printed again, not as it was sent", async () => {
    const spaced = `{"sub":"ctx-1","iat":${iat},"exp":${iat + 30},"ctx":{${" ".repeat(9_000)}"a":"\\u0061"}}`;
    expect(await verify(signText(spaced))).toEqual({ context: { a: "a" }, iat });
  });
});

describe("a context token that is refused, with the rule that it breaks [section 8]", () => {
  it.each([
    ["not a JWT", "x", CONTEXT_ERRORS.malformed],
    ["empty", "", CONTEXT_ERRORS.malformed],
    ["a header that is no JSON", "e.e.e", CONTEXT_ERRORS.malformed],
    ["claims that are no object", signText("[1]"), CONTEXT_ERRORS.malformed],
    ["too large", "x".repeat(LIMITS.contextTokenBytes + 1), CONTEXT_ERRORS.tokenTooLarge],
    ["alg none", new UnsecuredJWT(good).encode(), CONTEXT_ERRORS.algorithm],
    ["alg HS512", sign(good, { alg: "HS512" }), CONTEXT_ERRORS.algorithm],
    ["no kid", sign(good, { kid: undefined } as object), CONTEXT_ERRORS.unknownKey],
    ["an unknown kid", sign(good, { kid: "k3" }), CONTEXT_ERRORS.unknownKey],
    ["another key's signature", sign(good, { kid: "k2" }), CONTEXT_ERRORS.signature],
    ["no sub", sign({ ...good, sub: undefined }), CONTEXT_ERRORS.subject],
    ["another sub", sign({ ...good, sub: "ctx-2" }), CONTEXT_ERRORS.subject],
    ["no exp", sign({ ...good, exp: undefined }), CONTEXT_ERRORS.times],
    ["no iat", sign({ ...good, iat: undefined }), CONTEXT_ERRORS.times],
    ["an exp that is no number", sign({ ...good, exp: "soon" }), CONTEXT_ERRORS.times],
    ["exp past by the skew", sign({ ...good, iat: iat - 20, exp: iat - 5 }), CONTEXT_ERRORS.expired],
    ["iat ahead by more than the skew", sign({ ...good, iat: iat + 6 }), CONTEXT_ERRORS.ahead],
    ["nbf ahead", sign({ ...good, nbf: iat + 6 }), CONTEXT_ERRORS.notYetValid],
    ["a life beyond the limit", sign({ ...good, exp: iat + 31 }), CONTEXT_ERRORS.lifetime],
    ["no end to it", signText(`{"sub":"ctx-1","iat":${iat},"exp":1e999,"ctx":{}}`), CONTEXT_ERRORS.lifetime],
    ["no ctx", sign({ ...good, ctx: undefined }), CONTEXT_ERRORS.notFlat],
    ["ctx null", sign({ ...good, ctx: null }), CONTEXT_ERRORS.notFlat],
    ["ctx a list", sign({ ...good, ctx: [] }), CONTEXT_ERRORS.notFlat],
    ["ctx a text", sign({ ...good, ctx: "x" }), CONTEXT_ERRORS.notFlat],
    ["an object in ctx", sign({ ...good, ctx: { a: {} } }), CONTEXT_ERRORS.notFlat],
    ["a list in ctx", sign({ ...good, ctx: { a: [] } }), CONTEXT_ERRORS.notFlat],
    [
      "a number beyond all bounds in ctx",
      signText(`{"sub":"ctx-1","iat":${iat},"exp":${iat + 30},"ctx":{"a":1e999}}`),
      CONTEXT_ERRORS.notFlat,
    ],
    ["ctx too large", sign({ ...good, ctx: padded(LIMITS.contextBytes + 1) }), CONTEXT_ERRORS.tooLarge],
    ["ctx too large in UTF-8", sign({ ...good, ctx: { a: "ü".repeat(4_100) } }), CONTEXT_ERRORS.tooLarge],
  ])("%s", async (_, token, fault) => {
    expect(await verify(token)).toEqual({ fault });
  });

  it("older than the last one accepted", async () => {
    expect(await verify(sign(good), { lastIat: iat + 1 })).toEqual({ fault: CONTEXT_ERRORS.stale });
  });

  it("for a session that began without a context id", async () => {
    expect(await verify(sign(good), { contextId: null })).toEqual({ fault: CONTEXT_ERRORS.notConfigured });
  });

  it("for a connector whose keys are gone", async () => {
    expect(await verify(sign(good), { keys: [] })).toEqual({ fault: CONTEXT_ERRORS.unknownKey });
  });

  it("answers 401 for signature, key and subject alone, and says a rule of its own each time", () => {
    const faults = Object.values(CONTEXT_ERRORS);
    const unauthorised = faults.filter(({ status }) => status === 401);
    expect(unauthorised).toEqual([
      CONTEXT_ERRORS.algorithm,
      CONTEXT_ERRORS.unknownKey,
      CONTEXT_ERRORS.signature,
      CONTEXT_ERRORS.subject,
    ]);
    expect(new Set(faults.map(({ message }) => message)).size).toBe(faults.length);
    expect(new Set(faults.map(({ code }) => code)).size).toBe(faults.length);
  });

  it("whatever the text, without throwing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        expect(await verify(text)).toHaveProperty("fault");
      }),
    );
  });
});

/** A token around a payload as it stands: a JWT library would print it anew. */
function signText(payload: string): Promise<string> {
  return new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: "HS256", kid: "k1" })
    .sign(keys[0]?.secret ?? new Uint8Array());
}
