import type { Clock } from "../clock.ts";
import type { AccessGrant, AccessTokens } from "../identity/access-tokens.ts";
import { sha256 } from "../identity/digest.ts";

/** Users whose tokens are known; beyond them those of the longest ago are forgotten, and cannot be made to expire. */
const MAX_USERS = 10_000;

/** What the gateway needs of access tokens. */
export type Tokens = Pick<AccessTokens, "mint" | "verify">;

/** Access tokens that can be made to expire before their time. */
export class ExpirableTokens implements Tokens {
  readonly #tokens: Tokens;
  readonly #clock: Clock;
  /** Digests of each user's tokens that were minted or shown here. */
  readonly #known = new Map<string, Set<string>>();
  readonly #expired = new Set<string>();

  constructor(tokens: Tokens, clock: Clock) {
    this.#tokens = tokens;
    this.#clock = clock;
  }

  async mint(grant: AccessGrant): Promise<{ token: string; expiresInSeconds: number }> {
    for (;;) {
      const minted = await this.#tokens.mint(grant);
      const digest = sha256(minted.token);
      if (!this.#expired.has(digest)) {
        this.#note(grant.sub, digest);
        return minted;
      }
      // Two tokens of a user that are of the same second are the same token.
      await new Promise<void>((resolve) => this.#clock.after(1_000 - (this.#clock.now() % 1_000), resolve));
    }
  }

  async verify(token: string): Promise<AccessGrant | null> {
    const digest = sha256(token);
    const grant = await this.#tokens.verify(token);
    if (grant === null || this.#expired.has(digest)) return null;
    this.#note(grant.sub, digest);
    return grant;
  }

  /** All tokens that a user has by now. */
  expire(sub: string): void {
    for (const digest of this.#known.get(sub) ?? []) this.#expired.add(digest);
    this.#known.delete(sub);
  }

  #note(sub: string, digest: string): void {
    const digests = this.#known.get(sub) ?? new Set();
    this.#known.delete(sub);
    this.#known.set(sub, digests.add(digest));
    if (this.#known.size > MAX_USERS) this.#known.delete(this.#known.keys().next().value ?? "");
  }
}
