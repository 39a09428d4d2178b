import type { Clock, Timer } from "../clock.ts";

/** A timer that is later than this tells that the process was stopped, or its machine, milliseconds. */
export const STOOD_STILL_MS = 1_000;

/**
 * When somebody was last seen in a session, and what happens when that is too long ago [protocol section 7]. One timer,
 * that looks at its hour whether life was seen meanwhile: a sign of life sets none. While the process stood still nobody
 * could show any, nor could it be seen, so the clock starts anew.
 */
export class Life {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #over: () => void;
  #seenAt: number;
  #timer: Timer;

  /**
   * @param seenAt by the monotonic clock, as all that follows
   * @param idleMs how long it may be silent, milliseconds
   * @param over called once, when it was
   */
  constructor(seenAt: number, idleMs: number, clock: Clock, over: () => void) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#over = over;
    this.#seenAt = seenAt;
    this.#timer = this.#watch();
  }

  get seenAt(): number {
    return this.#seenAt;
  }

  /** When it is over unless somebody shows a sign of life. */
  get deadline(): number {
    return this.#seenAt + this.#idleMs;
  }

  get isOver(): boolean {
    return this.#clock.monotonic() >= this.deadline;
  }

  /** Somebody is there. */
  seen(): void {
    this.#seenAt = this.#clock.monotonic();
  }

  /** Nobody waits for its end any more. */
  stop(): void {
    this.#timer.cancel();
  }

  #watch(): Timer {
    const { deadline } = this;
    return this.#clock.after(deadline - this.#clock.monotonic(), () => {
      if (this.#clock.monotonic() - deadline > STOOD_STILL_MS) this.seen();
      if (this.isOver) this.#over();
      else this.#timer = this.#watch();
    });
  }
}
