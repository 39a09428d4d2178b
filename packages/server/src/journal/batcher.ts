import type { Clock, Timer } from "../clock.ts";

/** Larger batches let those wait longer who came first; smaller ones pay for more commits. */
export const MAX_ROWS = 256;
/** One alone lets its clients march in step: they answer a commit together, and then wait for the next together. */
const MAX_IN_FLIGHT = 2;
/** How long a batch may wait to fill, milliseconds: under load that is half the CPU for a row. */
const LINGER_MS = 1;
/** A turn of the event loop that brings so many rows is part of a burst, and the next is likely to bring more. */
const BURST_ROWS = 16;

export interface BatcherOptions<T> {
  /** Carries out a batch; resolves when it is settled, never rejects. */
  send(batch: T[]): Promise<void>;
  clock: Pick<Clock, "after">;
  /** Calls back when this turn of the event loop has read its sockets. */
  soon?: (callback: () => void) => void;
}

interface Item<T> {
  value: T;
  rows: number;
}

/**
 * Groups writes into commits, in their order. With nothing under way a batch goes at the end of a turn of the event
 * loop, unless a burst is coming in; beside one that is under way it waits for more. It goes in any case when it is full
 * or has lingered; two are never overtaken by a third.
 */
export class Batcher<T> {
  readonly #options: BatcherOptions<T>;
  readonly #soon: (callback: () => void) => void;
  #queue: Item<T>[] = [];
  #rows = 0;
  #inFlight = 0;
  #isSoon = false;
  #linger: Timer | null = null;
  #idle: (() => void)[] = [];

  constructor(options: BatcherOptions<T>) {
    this.#options = options;
    this.#soon = options.soon ?? setImmediate;
  }

  /** @param rows how much of a batch it takes; what is above a batch's size goes alone */
  add(value: T, rows: number): void {
    const weight = Math.max(1, rows);
    this.#queue.push({ value, rows: weight });
    this.#rows += weight;
    this.#next();
  }

  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void> {
    if (this.#queue.length === 0 && this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #next(): void {
    if (this.#queue.length === 0 || this.#inFlight >= MAX_IN_FLIGHT) return;
    if (this.#inFlight > 0 && this.#rows >= MAX_ROWS) {
      this.#send();
      return;
    }
    this.#linger ??= this.#options.clock.after(LINGER_MS, () => {
      this.#linger = null;
      this.#send();
    });
    if (this.#inFlight === 0) this.#sendSoon();
  }

  /** Many who were answered by one commit write again within a few turns: one at each turn would be a commit for a few. */
  #sendSoon(): void {
    if (this.#isSoon) return;
    this.#isSoon = true;
    const rows = this.#rows;
    this.#soon(() => {
      this.#isSoon = false;
      if (this.#queue.length === 0 || this.#inFlight > 0) return;
      if (this.#rows - rows >= BURST_ROWS && this.#rows < MAX_ROWS) this.#sendSoon();
      else this.#send();
    });
  }

  #send(): void {
    this.#linger?.cancel();
    this.#linger = null;
    if (this.#queue.length === 0 || this.#inFlight >= MAX_IN_FLIGHT) return;
    const batch = this.#take();
    this.#inFlight += 1;
    void this.#options.send(batch).then(() => {
      this.#inFlight -= 1;
      this.#next();
      if (this.#queue.length > 0 || this.#inFlight > 0) return;
      for (const resolve of this.#idle.splice(0)) resolve();
    });
    this.#next();
  }

  #take(): T[] {
    let count = 0;
    let rows = 0;
    for (const item of this.#queue) {
      if (count > 0 && rows + item.rows > MAX_ROWS) break;
      count += 1;
      rows += item.rows;
    }
    this.#rows -= rows;
    return this.#queue.splice(0, count).map(({ value }) => value);
  }
}
