import { type Clock, systemClock, type Timer } from "../clock.ts";

/** Time that passes by itself, as sockets need it, and of which a test can leave out as much as it likes. */
export class SkipClock implements Clock {
  #skipped = 0;
  readonly #pending = new Set<{ at: number; fire: () => void }>();

  now(): number {
    return systemClock.now() + this.#skipped;
  }

  monotonic(): number {
    return systemClock.monotonic() + this.#skipped;
  }

  after(ms: number, callback: () => void): Timer {
    const fire = () => {
      cancel();
      callback();
    };
    const timer = systemClock.after(ms, fire);
    const pending = { at: this.monotonic() + ms, fire };
    const cancel = () => {
      timer.cancel();
      this.#pending.delete(pending);
    };
    this.#pending.add(pending);
    return { cancel };
  }

  /** So much time is over: what falls due runs, in order, including what that adds. */
  skip(ms: number): void {
    const end = this.monotonic() + ms;
    for (;;) {
      const next = [...this.#pending].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#skipped += Math.max(0, next.at - this.monotonic());
      next.fire();
    }
    this.#skipped += Math.max(0, end - this.monotonic());
  }
}
