import type { Clock, Timer } from "./clock.ts";

/**
 * Calls back when it has not been put off for so long. For what is put off many times a second: that sets no timer, which
 * costs more than the piece of an answer that does it; the one there is looks at its hour whether it was put off.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #callback: () => void;
  /** By the monotonic clock, as `#looksAt`. */
  #due = 0;
  #looksAt = 0;
  #timer: Timer | undefined;

  /** @param callback called once for each time that it was set and neither put off nor stopped */
  constructor(clock: Clock, callback: () => void) {
    this.#clock = clock;
    this.#callback = callback;
  }

  /** From now on so many milliseconds, whatever it was set to. */
  set(ms: number): void {
    this.#due = this.#clock.monotonic() + ms;
    if (this.#timer !== undefined && this.#looksAt <= this.#due) return;
    this.stop();
    this.#wait(ms);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wait(ms: number): void {
    this.#looksAt = this.#due;
    this.#timer = this.#clock.after(ms, () => {
      this.#timer = undefined;
      const rest = this.#due - this.#clock.monotonic();
      if (rest > 0) this.#wait(rest);
      else this.#callback();
    });
  }
}
