import { createHmac, type KeyObject } from "node:crypto";
import { LIMITS } from "@parley/protocol";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { isEqual } from "./digest.ts";

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

const claims = z.object({
  sub: z.string(),
  connector: z.string(),
  host: z.string(),
  aud: z.literal(AUDIENCE),
  iat: z.number(),
  exp: z.number(),
  /** Never written here, but no JWT may be taken before it [RFC 7519, section 4.1.5]. */
  nbf: z.number().default(0),
});

/**
 * Makes and checks access tokens: JWTs [RFC 7519], HS256, good for `LIMITS.accessTokenSeconds`.
 *
 * Nobody else makes them, so those of one secret have one header, and a token is looked up by it: what a token says of its
 * algorithm is never read. Why that is no library's: docs/decisions/0011-access-tokens-are-looked-up-by-their-header.md.
 *
 * Of several secrets the first signs and all verify, so that one can be replaced without a client noticing: put the
 * new one first, and take the old one away a day later.
 */
export class AccessTokens {
  readonly #signing: { header: string; secret: KeyObject };
  /** By the header of its tokens. */
  readonly #secrets: ReadonlyMap<string, KeyObject>;
  readonly #clock: Clock;

  constructor(secrets: readonly [KeyObject, ...KeyObject[]], clock: Clock) {
    this.#signing = { header: headerOf(secrets[0]), secret: secrets[0] };
    this.#secrets = new Map(secrets.map((secret) => [headerOf(secret), secret]));
    this.#clock = clock;
  }

  async mint({ sub, connector, host }: AccessGrant): Promise<{ token: string; expiresInSeconds: number }> {
    const { header, secret } = this.#signing;
    const iat = Math.floor(this.#clock.now() / 1_000);
    const exp = iat + LIMITS.accessTokenSeconds;
    const said: z.input<typeof claims> = { connector, host, sub, aud: AUDIENCE, iat, exp };
    const signed = `${header}.${encode(said)}`;
    return { token: `${signed}.${signature(secret, signed)}`, expiresInSeconds: LIMITS.accessTokenSeconds };
  }

  /** What the token says, or null where it is not one of ours, has expired, or has been tampered with. */
  async verify(token: string): Promise<AccessGrant | null> {
    const end = token.lastIndexOf(".");
    const [header = "", payload = ""] = token.slice(0, end).split(".", 2);
    const secret = this.#secrets.get(header);
    const signed = `${header}.${payload}`;
    if (secret === undefined || !isEqual(`${signed}.${signature(secret, signed)}`, token)) return null;
    const { data } = claims.safeParse(decode(payload));
    if (data === undefined) return null;
    const { sub, connector, host, nbf, exp } = data;
    const now = this.#clock.now() / 1_000;
    return nbf <= now && now < exp ? { sub, connector, host } : null;
  }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** To be called for what is signed; undefined where that is no JSON all the same. */
function decode(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString());
  } catch {
    return undefined;
  }
}

const signature = (secret: KeyObject, signed: string): string =>
  createHmac("sha256", secret).update(signed).digest("base64url");

const headerOf = (secret: KeyObject): string => encode({ alg: "HS256", typ: "JWT", kid: keyId(secret) });

/** A name for a secret that says nothing about it: 64 bits of an HMAC, which only who has the secret can compute. */
const keyId = (secret: KeyObject): string =>
  createHmac("sha256", secret).update("parley:key-id").digest().subarray(0, 8).toString("base64url");
