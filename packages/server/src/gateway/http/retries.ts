import { LIMITS } from "@parley/protocol";

interface Remembered<Answer> {
  answer: Answer;
  /** Milliseconds by the monotonic clock. */
  until: number;
}

/**
 * Makes a retried creation the same creation [protocol section 1]: a copy gets the first one's answer, or waits for it
 * while it runs. Only what resolved is remembered, for `LIMITS.retriedSessionMs` and at most `capacity` of them; a
 * rejection reaches all that waited, and the next copy starts anew.
 */
export class Retries<Answer> {
  readonly #running = new Map<string, Promise<Answer>>();
  // In the order in which they were answered, which is the order in which they expire.
  readonly #remembered = new Map<string, Remembered<Answer>>();
  readonly #now: () => number;
  readonly #capacity: number;

  /** @param now milliseconds by the monotonic clock */
  constructor(now: () => number, capacity: number = LIMITS.retriedSessions) {
    this.#now = now;
    this.#capacity = capacity;
  }

  /** The answer that this key had, or will have; else that of `create`. */
  once(key: string, create: () => Promise<Answer>): Promise<Answer> {
    this.#forget();
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined) return Promise.resolve(remembered.answer);
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    // A turn later, so that a `create` that throws at once is cleaned up after it was entered here, not before.
    const started = Promise.resolve().then(() => this.#run(key, create));
    this.#running.set(key, started);
    return started;
  }

  /** How many answers are remembered. */
  get size(): number {
    return this.#remembered.size;
  }

  async #run(key: string, create: () => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await create();
      this.#remembered.set(key, { answer, until: this.#now() + LIMITS.retriedSessionMs });
      return answer;
    } finally {
      this.#running.delete(key);
      this.#forget();
    }
  }

  #forget(): void {
    const now = this.#now();
    for (const [key, { until }] of this.#remembered) {
      if (until > now && this.#remembered.size <= this.#capacity) return;
      this.#remembered.delete(key);
    }
  }
}
