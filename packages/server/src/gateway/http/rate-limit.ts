import { LIMITS } from "@parley/protocol";
import { TokenBucket } from "../../token-bucket.ts";

/**
 * How many buckets are kept: about 2 MB. A bucket that is pushed out comes back full, so the bound must be above what
 * is busy at once; one that has rested for 6 s is full anyway, and 10,000 busy within 6 s is beyond one node.
 */
const MAX_BUCKETS = 10_000;

/** The rate of the handshake [protocol section 1]: a bucket for each key, the longest unused pushed out first. */
export class RateLimit {
  // A Map iterates in the order of insertion; a key is inserted anew at each use, so the first is the longest unused.
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #maxBuckets: number;

  constructor(maxBuckets = MAX_BUCKETS) {
    this.#maxBuckets = maxBuckets;
  }

  /**
   * Counts one request.
   * @param now milliseconds by the monotonic clock
   * @returns 0 when it is granted, else the seconds for `Retry-After`: an integer from 1 to 30
   */
  take(key: string, now: number): number {
    const bucket =
      this.#buckets.get(key) ?? new TokenBucket(LIMITS.handshakeRate, LIMITS.handshakeBurst, now);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#maxBuckets) this.#dropLongestUnused();
    if (bucket.take(now)) return 0;
    return Math.min(LIMITS.retryAfterMaxSeconds, Math.max(1, Math.ceil(bucket.waitMs(now) / 1_000)));
  }

  /** How many buckets are kept. */
  get size(): number {
    return this.#buckets.size;
  }

  #dropLongestUnused(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
