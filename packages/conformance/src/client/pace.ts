/**
 * Keeps the suite below the server's own limit on handshakes: so many at once, then so many a second. In order of
 * asking.
 */
export class Pace {
  readonly #everyMs: number;
  readonly #burst: number;
  readonly #now: () => number;
  readonly #sleep: (ms: number) => Promise<void>;
  /** When the bucket would be full again. */
  #fullAt: number;

  constructor(
    { perSecond, burst }: { perSecond: number; burst: number },
    time = { now: () => performance.now(), sleep },
  ) {
    this.#everyMs = 1_000 / perSecond;
    this.#burst = burst;
    this.#now = time.now;
    this.#sleep = time.sleep;
    this.#fullAt = time.now();
  }

  /** Resolves when one more may go. */
  async take(): Promise<void> {
    const now = this.#now();
    this.#fullAt = Math.max(this.#fullAt, now) + this.#everyMs;
    const wait = this.#fullAt - now - this.#burst * this.#everyMs;
    if (wait > 0) await this.#sleep(wait);
  }
}

/** Waits; for sentences that are about time, and for the limits that a server sets its clients. */
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
