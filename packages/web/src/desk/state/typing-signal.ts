import type { Clock } from "@parley/client";

/** The server ends what is not said again within 5 s, milliseconds; a slow network takes its part of it. */
const REPEAT = 3_000;
/** Without a key for so long somebody has stopped, milliseconds. */
const IDLE = 4_000;

/** Tells the user that the person writes, in one conversation at a time, and always that they have stopped. */
export class TypingSignal {
  readonly #send: (handoff: string, isTyping: boolean) => void;
  readonly #clock: Clock;
  #handoff: string | null = null;
  #saidAt = 0;
  #cancel = () => {};

  constructor(send: (handoff: string, isTyping: boolean) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** A key was pressed, and something stands in the field. */
  typed(handoff: string): void {
    if (this.#handoff !== handoff) this.stop();
    const now = this.#clock.now();
    if (this.#handoff === null || now - this.#saidAt >= REPEAT) {
      this.#handoff = handoff;
      this.#saidAt = now;
      this.#send(handoff, true);
    }
    this.#cancel();
    this.#cancel = this.#clock.after(IDLE, () => this.stop());
  }

  /** The field is empty, the message is sent, somebody looks at another conversation, or the page goes. */
  stop(): void {
    this.#cancel();
    if (this.#handoff === null) return;
    this.#send(this.#handoff, false);
    this.#handoff = null;
  }

  /** The socket is gone: the server ends it by itself. */
  forget(): void {
    this.#cancel();
    this.#handoff = null;
  }
}
