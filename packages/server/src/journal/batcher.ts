/** Larger commits let those wait longer who came first; smaller ones pay for more of them. */
export const MAX_ROWS = 256;

export interface BatcherOptions<T> {
  /** Carries out a batch; resolves when it is settled, never rejects. */
  send(batch: T[]): Promise<void>;
  /** Calls back when this turn of the event loop has read its sockets. */
  soon?: (callback: () => void) => void;
}

/**
 * Hands over writes in their order: those of one turn of the event loop together, or as soon as they are a batch. It waits
 * for nothing else: what comes while a commit is under way is joined by the writer's thread, which takes all that is there
 * for its next.
 */
export class Batcher<T> {
  readonly #send: (batch: T[]) => Promise<void>;
  readonly #soon: (callback: () => void) => void;
  #batch: T[] = [];
  #rows = 0;
  #isSoon = false;
  #inFlight = 0;
  #idle: (() => void)[] = [];

  constructor({ send, soon = setImmediate }: BatcherOptions<T>) {
    this.#send = send;
    this.#soon = soon;
  }

  /** @param rows how much of a batch it takes; what is above a batch's size goes alone */
  add(value: T, rows: number): void {
    const weight = Math.max(1, rows);
    if (this.#rows + weight > MAX_ROWS) this.#flush();
    this.#batch.push(value);
    this.#rows += weight;
    // A long turn must not keep the disk waiting for its end.
    if (this.#rows >= MAX_ROWS) this.#flush();
    else this.#flushSoon();
  }

  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  get #isIdle(): boolean {
    return this.#batch.length === 0 && this.#inFlight === 0;
  }

  #flushSoon(): void {
    if (this.#isSoon) return;
    this.#isSoon = true;
    this.#soon(() => {
      this.#isSoon = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#rows = 0;
    this.#inFlight += 1;
    void this.#send(batch).then(() => this.#settled());
  }

  #settled(): void {
    this.#inFlight -= 1;
    if (this.#isIdle) for (const resolve of this.#idle.splice(0)) resolve();
  }
}
