import type { Clock, Timer } from "../clock.ts";

/** What waits: when it is due, how many bytes it holds, and what is then done. */
interface Waiting {
  due: number;
  bytes: number;
  run: () => void;
}

/** Does things a while later, in the order in which they were handed in, however the while changes. */
export class Delay {
  readonly #clock: Clock;
  #ms = 0;
  #queue: Waiting[] = [];
  #bytes = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** For what is handed in from now on, milliseconds. */
  set ms(ms: number) {
    this.#ms = ms;
  }

  /** Does it now where nothing is delayed, else in its turn. */
  push(bytes: number, run: () => void): void {
    if (this.#ms === 0 && this.#queue.length === 0) {
      run();
      return;
    }
    const due = Math.max(this.#clock.monotonic() + this.#ms, this.#queue.at(-1)?.due ?? 0);
    this.#bytes += bytes;
    if (this.#queue.push({ due, bytes, run }) === 1) this.#wait();
  }

  /** Does all that waits, at once. */
  flush(): void {
    this.#timer?.cancel();
    this.#run(Number.POSITIVE_INFINITY);
  }

  /** Forgets all that waits. */
  clear(): void {
    this.#timer?.cancel();
    this.#queue = [];
    this.#bytes = 0;
  }

  #wait(): void {
    const [first] = this.#queue;
    if (first === undefined) return;
    this.#timer = this.#clock.after(first.due - this.#clock.monotonic(), () =>
      this.#run(this.#clock.monotonic()),
    );
  }

  #run(now: number): void {
    for (let [first] = this.#queue; first !== undefined && first.due <= now; [first] = this.#queue) {
      this.#queue.shift();
      this.#bytes -= first.bytes;
      first.run();
    }
    this.#wait();
  }
}
