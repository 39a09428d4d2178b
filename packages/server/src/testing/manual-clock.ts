import type { Clock, Timer } from "../clock.ts";

interface Pending {
  at: number;
  callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number;
  /** How far the time of day was set forward. */
  #set = 0;
  #pending: Pending[] = [];

  /** @param start milliseconds since 1970; any fixed moment */
  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now + this.#set;
  }

  monotonic(): number {
    return this.#now;
  }

  /** Sets the time of day forward, or back; no time passes. */
  set(ms: number): void {
    this.#set += ms;
  }

  /** Time passes while the process stands still: what fell due runs late, and all at once. */
  standStill(ms: number): void {
    this.#now += ms;
    this.advance(0);
  }

  after(ms: number, callback: () => void): Timer {
    const pending = { at: this.#now + Math.max(0, ms), callback };
    this.#pending.push(pending);
    return {
      cancel: () => {
        this.#pending = this.#pending.filter((other) => other !== pending);
      },
    };
  }

  /** Moves on, and runs in order what falls due, including what that adds. Promises are left to the caller. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#pending.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#pending = this.#pending.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }

  /** How many calls are pending. */
  get size(): number {
    return this.#pending.length;
  }
}
