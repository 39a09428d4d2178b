import { sha256 } from "../../identity/digest.ts";
import { TokenBucket } from "../../token-bucket.ts";

/**
 * Attempts to sign in. An account takes 10 at once and 6 a minute: nobody who mistypes notices, and who guesses has 8,640 a
 * day. An address takes 30 at once and 30 a minute: a whole team may come from one (an office, a proxy).
 */
const ATTEMPTS = {
  account: { rate: 6 / 60, burst: 10 },
  address: { rate: 30 / 60, burst: 30 },
} as const;
/**
 * Buckets of each kind that are kept, about 2 MB. The longest unused goes first: who makes so many addresses or names of
 * accounts gets full ones, and has spent that many attempts on it.
 */
const MAX_BUCKETS = 10_000;

/** How often one may try to sign in. Every attempt counts, whatever it comes to and whether there is such an account. */
export class Throttle {
  // Maps iterate in the order of insertion; a key is inserted anew at each use, so the first is the longest unused.
  readonly #accounts = new Map<string, TokenBucket>();
  readonly #addresses = new Map<string, TokenBucket>();

  /**
   * Counts one attempt.
   * @param now milliseconds by the monotonic clock
   * @returns 0 when it is granted, else the seconds for `Retry-After`
   */
  take(login: string, address: string, now: number): number {
    const byAddress = take(this.#addresses, address, ATTEMPTS.address, now);
    // One that is refused by its address does not use up its account: nobody is locked out from one place.
    return byAddress > 0 ? byAddress : take(this.#accounts, sha256(login), ATTEMPTS.account, now);
  }

  /** How many buckets are kept. */
  get size(): number {
    return this.#accounts.size + this.#addresses.size;
  }
}

function take(
  buckets: Map<string, TokenBucket>,
  key: string,
  { rate, burst }: { rate: number; burst: number },
  now: number,
): number {
  const bucket = buckets.get(key) ?? new TokenBucket(rate, burst, now);
  buckets.delete(key);
  buckets.set(key, bucket);
  const [oldest] = buckets.keys();
  if (buckets.size > MAX_BUCKETS && oldest !== undefined) buckets.delete(oldest);
  return bucket.take(now) ? 0 : Math.max(1, Math.ceil(bucket.waitMs(now) / 1_000));
}
