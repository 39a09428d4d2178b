/**
 * A rate with a burst: full it holds `burst` takings, and `rate` a second flow back. All it keeps is the moment at
 * which it is full again, so there is nothing to refill and no fraction to add up.
 */
export class TokenBucket {
  readonly #burstMs: number;
  readonly #intervalMs: number;
  #fullAt: number;

  /**
   * @param rate takings a second, above 0
   * @param burst takings at once, at least 1
   * @param now milliseconds by the monotonic clock; the bucket starts full
   */
  constructor(rate: number, burst: number, now: number) {
    this.#intervalMs = 1_000 / rate;
    this.#burstMs = burst * this.#intervalMs;
    this.#fullAt = now;
  }

  /** Takes one if there is one. A refused taking costs nothing. */
  take(now: number): boolean {
    if (this.waitMs(now) > 0) return false;
    this.#fullAt = Math.max(this.#fullAt, now) + this.#intervalMs;
    return true;
  }

  /** Milliseconds until the next taking is granted; 0 when one is there. */
  waitMs(now: number): number {
    // A clock that was set back leaves at most an empty bucket, not one that is empty for hours.
    this.#fullAt = Math.min(this.#fullAt, now + this.#burstMs);
    return Math.max(0, this.#fullAt + this.#intervalMs - this.#burstMs - now);
  }
}
