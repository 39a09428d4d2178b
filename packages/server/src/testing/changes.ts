/** Waiting longer than this is a failure unless told, milliseconds. */
const PATIENCE_MS = 20_000;

/** Tells those who wait for something of each change in what was seen. */
export class Changes {
  readonly #seen: () => string;
  #waiting: (() => void)[] = [];

  /** @param seen what has been seen so far, for the message of a failure */
  constructor(seen: () => string) {
    this.#seen = seen;
  }

  /** Something was seen. */
  tell(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Waits until something is true of what was seen. @throws when it is not within so many milliseconds */
  async until(condition: () => boolean, what: string, patienceMs = PATIENCE_MS): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (!condition()) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`${what} did not come; seen:\n${this.#seen()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
}
