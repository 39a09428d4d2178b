/** Larger commits let those wait longer who came first; smaller ones pay for more of them. */
export const MAX_ROWS = 256;

/** How many of the first are one commit, by their rows: as many as fit, or one that does not. */
export function fitting(rows: Iterable<number>): number {
  let count = 0;
  let sum = 0;
  for (const each of rows) {
    sum += each;
    if (count > 0 && sum > MAX_ROWS) break;
    count += 1;
  }
  return count;
}

export interface BatcherOptions<T> {
  /** Carries out a batch; resolves when it is settled, never rejects. */
  send(batch: T[]): Promise<void>;
  /** Calls back when this turn of the event loop has read its sockets. */
  soon?: (callback: () => void) => void;
}

interface Item<T> {
  value: T;
  rows: number;
}

/**
 * Hands over writes in their order, those of one turn of the event loop together. It waits for nothing: what comes while a
 * commit is under way is joined by the writer's thread, which takes all that is there for its next.
 */
export class Batcher<T> {
  readonly #send: (batch: T[]) => Promise<void>;
  readonly #soon: (callback: () => void) => void;
  #queue: Item<T>[] = [];
  #inFlight = 0;
  #idle: (() => void)[] = [];

  constructor({ send, soon = setImmediate }: BatcherOptions<T>) {
    this.#send = send;
    this.#soon = soon;
  }

  /** @param rows how much of a batch it takes; what is above a batch's size goes alone */
  add(value: T, rows: number): void {
    if (this.#queue.push({ value, rows: Math.max(1, rows) }) === 1) this.#soon(() => this.#flush());
  }

  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  get #isIdle(): boolean {
    return this.#queue.length === 0 && this.#inFlight === 0;
  }

  #flush(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (let from = 0; from < queue.length; ) {
      const to = from + fitting(rowsFrom(queue, from));
      this.#inFlight += 1;
      void this.#send(queue.slice(from, to).map(({ value }) => value)).then(() => this.#settled());
      from = to;
    }
  }

  #settled(): void {
    this.#inFlight -= 1;
    if (this.#isIdle) for (const resolve of this.#idle.splice(0)) resolve();
  }
}

function* rowsFrom(queue: readonly Item<unknown>[], from: number): Iterable<number> {
  for (let index = from; index < queue.length; index += 1) yield queue[index]?.rows ?? 0;
}
