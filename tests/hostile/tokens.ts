import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { CONNECTORS, CONTEXT_KEY, SIGNING_SECRET } from "./secrets.ts";

const base64url = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const HASHES: Record<string, string> = { HS256: "sha256", HS384: "sha384", HS512: "sha512" };

/** A JWT with any header and claims; signed by HMAC where the header names one, else with an empty signature. */
export function jwt(header: Record<string, unknown>, claims: unknown, secret: string): string {
  const content = `${base64url(header)}.${base64url(claims)}`;
  const hash = HASHES[String(header.alg)];
  return `${content}.${hash === undefined ? "" : createHmac(hash, secret).update(content).digest("base64url")}`;
}

export const readJwt = (
  token: string,
): [header: Record<string, unknown>, claims: Record<string, unknown>] => {
  const [header = "", claims = ""] = token.split(".");
  const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  return [read(header), read(claims)];
};

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
function signedByOwnKey(header: object, claims: object): string {
  const content = `${base64url({ ...header, alg: "EdDSA", jwk: publicKey.export({ format: "jwk" }) })}.${base64url(claims)}`;
  return `${content}.${sign(null, Buffer.from(content), privateKey).toString("base64url")}`;
}

/** Texts that are not an access token of this server, made from one that is. */
export function forgeries(token: string): [what: string, token: string][] {
  const [header, claims] = readJwt(token);
  const [head = "", body = "", signature = ""] = token.split(".");
  const now = Math.floor(Date.now() / 1_000);
  const signed = (changes: object, headerChanges: object = {}) =>
    jwt({ ...header, ...headerChanges }, { ...claims, ...changes }, SIGNING_SECRET);
  const without = (name: string) => {
    const { [name]: _, ...rest } = claims;
    return jwt(header, rest, SIGNING_SECRET);
  };
  return [
    ["no algorithm", jwt({ ...header, alg: "none" }, claims, "")],
    ["no algorithm, in other letters", jwt({ ...header, alg: "nOnE" }, claims, "")],
    ["no algorithm, with the old signature", `${base64url({ ...header, alg: "none" })}.${body}.${signature}`],
    ["an algorithm that is a list", `${base64url({ ...header, alg: ["HS256"] })}.${body}.${signature}`],
    ["HS384 with the right secret", signed({}, { alg: "HS384" })],
    ["HS512 with the right secret", signed({}, { alg: "HS512" })],
    ["no secret", jwt(header, claims, "")],
    ["the connector's token as the secret", jwt(header, claims, CONNECTORS[0]?.token ?? "")],
    ["the key's name as the secret", jwt(header, claims, String(header.kid))],
    ["a context key's secret", jwt(header, claims, CONTEXT_KEY.secret)],
    ["a key that it brings itself", signedByOwnKey(header, claims)],
    ["a key on another server", jwt({ ...header, jku: "http://127.0.0.1:9/keys" }, claims, "x")],
    ["a key in a file", jwt({ ...header, kid: "../../../dev/null" }, claims, "")],
    ["a key of the prototype", jwt({ ...header, kid: "__proto__" }, claims, "")],
    ["no key", signed({}, { kid: undefined })],
    ["a key that is a list", signed({}, { kid: [header.kid] })],
    ["an extension that must be known", signed({}, { crit: ["x"], x: 1 })],
    ["a payload that is not encoded", signed({}, { crit: ["b64"], b64: false })],
    [
      "other claims under the old signature",
      `${head}.${base64url({ ...claims, sub: "another" })}.${signature}`,
    ],
    ["no signature", `${head}.${body}.`],
    ["half a signature", `${head}.${body}.${signature.slice(0, 20)}`],
    ["a signature and more", `${token}AAAA`],
    ["two parts", `${head}.${body}`],
    ["four parts", `${token}.${signature}`],
    ["five parts, as encrypted ones have", `${token}.${signature}.${signature}`],
    ["only dots", ".."],
    ["many dots", ".".repeat(4_000)],
    ["a header that is no JSON", `${base64url("{")}.${body}.${signature}`],
    ["a header that is null", `${base64url(null)}.${body}.${signature}`],
    ["claims that are no object", jwt(header, "text", SIGNING_SECRET)],
    ["claims that are a list", jwt(header, [claims], SIGNING_SECRET)],
    ["expired", signed({ exp: now - 1 })],
    ["expired before it was made", signed({ exp: 0 })],
    ["an expiry that is a text", signed({ exp: `${now + 1_000}` })],
    ["an expiry in a million years", signed({ exp: "Infinity" })],
    ["no expiry", without("exp")],
    ["not yet valid", signed({ nbf: now + 1_000 })],
    ["no time of issue", without("iat")],
    ["another audience", signed({ aud: "parley:other" })],
    ["no audience", without("aud")],
    ["no user", without("sub")],
    ["a user that is a number", signed({ sub: 1 })],
    ["no connector", without("connector")],
    ["the text undefined", "undefined"],
    ["percent signs", "%E0%A4%A"],
  ];
}
