import { createHmac, type KeyObject, type webcrypto } from "node:crypto";
import { LIMITS } from "@parley/protocol";
import { errors, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import type { Clock } from "../clock.ts";

/** What an access token says [protocol section 1]. */
export interface AccessGrant {
  /** The user: fresh for every token, unless a session is resumed. */
  sub: string;
  /** The connector's id. */
  connector: string;
  /** The host or app id that the token was asked for from. */
  host: string;
}

/** Sets access tokens apart from whatever else may one day be signed with the same secret. */
const AUDIENCE = "parley:access";

const claims = z.object({ sub: z.string(), connector: z.string(), host: z.string() });

/**
 * Makes and checks access tokens: JWTs, HS256, good for `LIMITS.accessTokenSeconds`.
 *
 * Of several secrets the first signs and all verify, so that one can be replaced without a client noticing: put the
 * new one first, and take the old one away a day later.
 */
export class AccessTokens {
  readonly #signing: { kid: string; secret: webcrypto.CryptoKey };
  readonly #secrets: ReadonlyMap<string, webcrypto.CryptoKey>;
  readonly #clock: Clock;

  constructor(secrets: readonly [KeyObject, ...KeyObject[]], clock: Clock) {
    this.#signing = { kid: keyId(secrets[0]), secret: hmacKey(secrets[0]) };
    this.#secrets = new Map(secrets.map((secret) => [keyId(secret), hmacKey(secret)]));
    this.#clock = clock;
  }

  async mint({ sub, connector, host }: AccessGrant): Promise<{ token: string; expiresInSeconds: number }> {
    const issuedAt = Math.floor(this.#clock.now() / 1000);
    const token = await new SignJWT({ connector, host })
      .setProtectedHeader({ alg: "HS256", typ: "JWT", kid: this.#signing.kid })
      .setSubject(sub)
      .setAudience(AUDIENCE)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIMITS.accessTokenSeconds)
      .sign(this.#signing.secret);
    return { token, expiresInSeconds: LIMITS.accessTokenSeconds };
  }

  /** What the token says, or null where it is not one of ours, has expired, or has been tampered with. */
  async verify(token: string): Promise<AccessGrant | null> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.#secretFor(kid), {
        algorithms: ["HS256"],
        audience: AUDIENCE,
        requiredClaims: ["iat", "exp"],
        currentDate: new Date(this.#clock.now()),
      });
      return claims.safeParse(payload).data ?? null;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  #secretFor(kid: string | undefined): webcrypto.CryptoKey {
    const secret = this.#secrets.get(kid ?? "");
    if (secret === undefined) throw new errors.JWKSNoMatchingKey();
    return secret;
  }
}

/** A name for a secret that says nothing about it: 64 bits of an HMAC, which only who has the secret can compute. */
const keyId = (secret: KeyObject): string =>
  createHmac("sha256", secret).update("parley:key-id").digest().subarray(0, 8).toString("base64url");

/** The form in which the library uses a secret: it would make this of any other, for every token. */
const hmacKey = (secret: KeyObject): webcrypto.CryptoKey =>
  secret.toCryptoKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
