import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { decodeJwt, forge, signJwt, unsignedJwt } from "./jwt.ts";

it("signs as RFC 7515 says, and reads it back", () => {
  const token = signJwt({ sub: "ü" }, "secret", { kid: "k" });
  const { parts, header, claims } = decodeJwt(token);
  expect(header).toEqual({ alg: "HS256", typ: "JWT", kid: "k" });
  expect(claims).toEqual({ sub: "ü" });
  const signature = createHmac("sha256", "secret").update(`${parts[0]}.${parts[1]}`).digest("base64url");
  expect(parts[2]).toBe(signature);
});

it("forges a signature and nothing else", () => {
  for (let n = 0; n < 100; n++) {
    const token = signJwt({ n }, "secret");
    const forged = forge(token);
    expect(forged).not.toBe(token);
    expect(forged.split(".").slice(0, 2)).toEqual(token.split(".").slice(0, 2));
    expect(Buffer.from(forged.split(".")[2] ?? "", "base64url")).toHaveLength(32);
  }
});

it("makes a token without a signature", () => {
  expect(decodeJwt(unsignedJwt({ a: 1 }))).toMatchObject({ header: { alg: "none" }, claims: { a: 1 } });
});
