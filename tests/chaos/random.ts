/** A source of chance that repeats: the same seed gives the same numbers (mulberry32). */
export class Random {
  #state: number;

  /** @param seed an integer; those that differ by one give sequences that have nothing in common */
  constructor(seed: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) | 0;
  }

  /** From 0, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** From the first to the last, both possible. */
  integer(first: number, last: number): number {
    return Math.floor(this.between(first, last + 1));
  }

  /** @param share from 0, never, to 1, always */
  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.integer(0, choices.length - 1)] ?? choices[0];
  }

  /** Another source, that takes nothing more from this one. */
  fork(): Random {
    return new Random(this.integer(0, 2 ** 31 - 1));
  }
}
