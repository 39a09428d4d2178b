import { LIMITS } from "@parley/protocol";
import fc from "fast-check";
import { CompactSign, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.ts";
import { AccessTokens } from "./access-tokens.ts";
import { secretKey } from "./secret.ts";

const OLD = secretKey("o".repeat(32));
const NEW = secretKey("n".repeat(32));
const grant = { sub: "user-1", connector: "web", host: "yourcompany.com" };

describe("an access token [section 1]", () => {
  it("has the claims of the contract, and a numeric exp that clients check", async () => {
    const clock = new ManualClock();
    const { token, expiresInSeconds } = await new AccessTokens([OLD], clock).mint(grant);
    const iat = clock.now() / 1000;
    expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: "HS256" });
    expect(decodeJwt(token)).toEqual({
      ...grant,
      aud: "parley:access",
      iat,
      exp: iat + LIMITS.accessTokenSeconds,
    });
    expect(expiresInSeconds).toBe(LIMITS.accessTokenSeconds);
  });

  it("says what it was minted for, until it expires", async () => {
    const clock = new ManualClock();
    const tokens = new AccessTokens([OLD], clock);
    const { token } = await tokens.mint(grant);
    expect(await tokens.verify(token)).toEqual(grant);
    clock.advance(LIMITS.accessTokenSeconds * 1000 - 1);
    expect(await tokens.verify(token)).toEqual(grant);
    clock.advance(1);
    expect(await tokens.verify(token)).toBeNull();
  });

  it("outlives a change of the signing secret while the old one still verifies", async () => {
    const clock = new ManualClock();
    const { token } = await new AccessTokens([OLD], clock).mint(grant);
    const both = new AccessTokens([NEW, OLD], clock);
    expect(await both.verify(token)).toEqual(grant);
    const { token: later } = await both.mint(grant);
    const only = new AccessTokens([NEW], clock);
    expect(await only.verify(later)).toEqual(grant);
    expect(await only.verify(token)).toBeNull();
  });

  it("is one for a library too", async () => {
    const clock = new ManualClock();
    const { token } = await new AccessTokens([OLD], clock).mint(grant);
    const check = { algorithms: ["HS256"], audience: "parley:access", currentDate: new Date(clock.now()) };
    expect((await jwtVerify(token, OLD, check)).payload).toMatchObject(grant);
    await expect(jwtVerify(token, NEW, check)).rejects.toThrow();
  });

  it("names its secret without showing it", async () => {
    const { token } = await new AccessTokens([OLD], new ManualClock()).mint(grant);
    expect(decodeProtectedHeader(token).kid).toMatch(/^[\w-]{11}$/);
  });
});

describe("what is no access token", () => {
  const clock = new ManualClock();
  const tokens = new AccessTokens([OLD], clock);
  const iat = clock.now() / 1000;
  const claims = { ...grant, aud: "parley:access", iat, exp: iat + 60 };
  const kid = async () => decodeProtectedHeader((await tokens.mint(grant)).token).kid ?? "";
  const sign = async (payload: object, header: object = {}, secret = OLD) =>
    new SignJWT({ ...payload })
      .setProtectedHeader({ alg: "HS256", typ: "JWT", kid: await kid(), ...header })
      .sign(secret);

  const signText = async (payload: string) =>
    new CompactSign(Buffer.from(payload))
      .setProtectedHeader({ alg: "HS256", typ: "JWT", kid: await kid() })
      .sign(OLD);

  it("accepts the same claims when nothing is wrong with them, signed by a library", async () => {
    expect(await tokens.verify(await sign(claims))).toEqual(grant);
  });

  it("accepts them from the moment on that a library says they begin", async () => {
    expect(await tokens.verify(await sign({ ...claims, nbf: iat }))).toEqual(grant);
  });

  it.each([
    ["another algorithm", () => sign(claims, { alg: "HS512" })],
    ["no algorithm", async () => new UnsecuredJWT(claims).encode()],
    ["another secret under the same kid", () => sign(claims, {}, NEW)],
    ["an unknown kid", () => sign(claims, { kid: "other" })],
    ["no kid", () => sign(claims, { kid: undefined })],
    ["another form of the header", () => sign(claims, { typ: undefined })],
    ["a header that says more", () => sign(claims, { b64: true })],
    ["one part more", async () => `${await sign(claims)}.${(await sign(claims)).split(".")[2]}`],
    ["one part less", async () => (await sign(claims)).split(".").slice(0, 2).join(".")],
    ["no signature", async () => `${(await sign(claims)).split(".").slice(0, 2).join(".")}.`],
    ["a payload that is no JSON", async () => signText("{")],
    ["a payload that is no object", async () => signText("null")],
    ["another audience", () => sign({ ...claims, aud: "other" })],
    ["no audience", () => sign({ ...claims, aud: undefined })],
    ["expired", () => sign({ ...claims, exp: iat - 1 })],
    ["not yet valid", () => sign({ ...claims, nbf: iat + 1 })],
    ["an nbf that is no number", () => sign({ ...claims, nbf: "never" })],
    ["no exp", () => sign({ ...claims, exp: undefined })],
    ["no iat", () => sign({ ...claims, iat: undefined })],
    ["an exp that is no number", () => sign({ ...claims, exp: "never" })],
    ["no sub", () => sign({ ...claims, sub: undefined })],
    ["no connector", () => sign({ ...claims, connector: undefined })],
    ["no host", () => sign({ ...claims, host: undefined })],
    ["a host that is no text", () => sign({ ...claims, host: 1 })],
    ["nothing", async () => ""],
    ["not a JWT", async () => "not.a.jwt"],
  ])("%s", async (_, make) => {
    expect(await tokens.verify(await make())).toBeNull();
  });

  it("none of whose parts may be changed", async () => {
    const { token } = await tokens.mint(grant);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(token.length - 1),
        fc.constantFrom("A", "b", "-", ".", "=", " "),
        async (at, by) => {
          const changed = token.slice(0, at) + by + token.slice(at + 1);
          expect(await tokens.verify(changed)).toEqual(changed === token ? grant : null);
        },
      ),
    );
  });

  it("is null for any text, and never throws", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        expect(await tokens.verify(text)).toBeNull();
      }),
    );
  });
});
