import { createHmac } from "node:crypto";

/** The parts of a JSON Web Token, not verified. */
export interface DecodedJwt {
  parts: string[];
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

/** Takes a token apart. @throws where it is none */
export function decodeJwt(token: string): DecodedJwt {
  const parts = token.split(".");
  const [header, claims] = parts.slice(0, 2).map((part): unknown => {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  });
  return { parts, header: asObject(header), claims: asObject(claims) };
}

/** Signs claims with HS256; the header is written as given, so that bad ones can be made too. */
export function signJwt(claims: object, secret: string, header: object = {}): string {
  const body = [{ alg: "HS256", typ: "JWT", ...header }, claims].map(encode).join(".");
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

/** A token whose header says that it needs no signature. */
export const unsignedJwt = (claims: object): string => `${encode({ alg: "none" })}.${encode(claims)}.`;

/** The same token with its signature broken. */
export function forge(token: string): string {
  const at = token.lastIndexOf(".") + 1;
  // The first character carries six whole bits of the signature; the last one may carry padding.
  return `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new Error("not a JSON object");
  return value as Record<string, unknown>;
}
