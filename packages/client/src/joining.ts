import type { Environment } from "./options.ts";
import { NOT_JOINED, NOT_STARTED } from "./phrases.ts";
import { TRIES } from "./timings.ts";
import type { ServerEvent } from "./wire.ts";

/** Who has to ask for an agent, and how often [protocol sections 4 to 6]. */
export class Joining {
  readonly #environment: Environment;
  readonly #isAuto: boolean;
  readonly #join: () => void;
  /** Nobody has asked yet, or the user wants somebody again. */
  #isWanted: boolean;
  #isOpen = false;
  /** Requests of this row: since an agent joined, or the user wrote. */
  #requests = 0;
  #timer: (() => void) | undefined;

  /** @param isAuto ask where nobody has, and where the server says that nobody is there @param join sends the request */
  constructor(environment: Environment, isAuto: boolean, join: () => void) {
    this.#environment = environment;
    this.#isAuto = this.#isWanted = isAuto;
    this.#join = join;
  }

  /** Another session. @param isJoined whether somebody has asked in it already */
  reset(isJoined = false): void {
    this.dropped();
    this.#isWanted = this.#isAuto && !isJoined;
    this.#requests = 0;
  }

  opened(): void {
    this.#isOpen = true;
    // Not counted: the last request may have been lost with its socket.
    if (this.#isWanted) this.#join();
  }

  dropped(): void {
    this.#isOpen = false;
    this.#timer?.();
    this.#timer = undefined;
  }

  /** @returns whether the event says that somebody has asked */
  receive(event: ServerEvent): boolean {
    const isJoined = event.type === "EVENT_TYPE_POLY_AGENT_JOINED";
    if (isJoined) this.#requests = 0;
    if (event.type === "EVENT_TYPE_SYSTEM_MESSAGE" && this.#isAuto) {
      const { message } = event.payload;
      if (NOT_JOINED.test(message) || NOT_STARTED.test(message)) this.#ask();
    }
    if (!isJoined && event.type !== "EVENT_TYPE_REQUEST_POLY_AGENT_JOIN") return false;
    this.#isWanted = false;
    return true;
  }

  /** The user wants an agent now. */
  again(): void {
    this.#requests = 0;
    this.#isWanted = true;
    this.#ask();
  }

  /** The first request of a row goes at once, the next later and later, and then none. */
  #ask(): void {
    if (!this.#isOpen || this.#timer !== undefined || this.#requests >= TRIES.join) return;
    const { clock, timings } = this.#environment;
    const wait = this.#requests === 0 ? 0 : timings.rejoin * 2 ** (this.#requests - 1);
    this.#requests += 1;
    this.#timer = clock.after(wait, () => {
      this.#timer = undefined;
      this.#join();
    });
  }
}
