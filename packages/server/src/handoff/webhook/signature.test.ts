import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { parseSecret, signedHeaders } from "./signature.ts";

const secretOf = (bytes: Uint8Array) => `whsec_${Buffer.from(bytes).toString("base64")}`;
const secrets = fc.uint8Array({ minLength: 24, maxLength: 64 });

describe("a secret", () => {
  it.each([
    ["without its prefix", Buffer.alloc(32).toString("base64")],
    ["with another prefix", `whsk_${Buffer.alloc(32).toString("base64")}`],
    ["too short", secretOf(Buffer.alloc(23))],
    ["too long", secretOf(Buffer.alloc(65))],
    ["that is no base64", `whsec_${"!".repeat(40)}`],
    ["with something behind it", `${secretOf(Buffer.alloc(32))} `],
    ["in base64url", `whsec_${"-_".repeat(20)}`],
    ["of nothing", "whsec_"],
    ["that is empty", ""],
  ])("is none: %s", (_, text) => {
    expect(parseSecret(text)).toBeNull();
  });

  it("is what its base64 says, with padding or without", () => {
    fc.assert(
      fc.property(secrets, (bytes) => {
        expect(parseSecret(secretOf(bytes))).toEqual(Buffer.from(bytes));
        expect(parseSecret(secretOf(bytes).replaceAll("=", ""))).toEqual(Buffer.from(bytes));
      }),
    );
  });
});

describe("a signature", () => {
  it("is good for the reference library, with each of two secrets, and for none other", () => {
    fc.assert(
      fc.property(secrets, secrets, secrets, fc.uuid(), fc.json(), (first, second, other, id, body) => {
        fc.pre([first, second].every((one) => !Buffer.from(one).equals(Buffer.from(other))));
        const keys = [first, second].map((bytes) => Buffer.from(bytes));
        const headers = signedHeaders(keys, id, Date.now(), body);
        for (const bytes of [first, second]) {
          expect(() => new Webhook(secretOf(bytes)).verify(body, headers)).not.toThrow();
        }
        expect(() => new Webhook(secretOf(other)).verify(body, headers)).toThrow();
        expect(() => new Webhook(secretOf(first)).verify(`${body} `, headers)).toThrow();
        expect(() => new Webhook(secretOf(first)).verify(body, { ...headers, "webhook-id": "x" })).toThrow();
      }),
      { numRuns: 30 },
    );
  });

  it("is of no use five minutes later", () => {
    const key = Buffer.alloc(32, 7);
    const headers = signedHeaders([key], "id", Date.now() - 301_000, "{}");
    expect(() => new Webhook(secretOf(key)).verify("{}", headers)).toThrow(/too old/);
  });
});
