import type { Environment, Socket } from "./options.ts";
import type { EventBatch, ServerEvent } from "./wire.ts";

export interface LinkHandlers {
  /** The events of one frame, in order. */
  received(events: readonly ServerEvent[]): void;
  /** Behind the events of the first frame: what is sent from now on goes out. */
  opened(): void;
  /** It is over, by itself; nothing is called afterwards. @param code null where no close was seen */
  gone(code: number | null): void;
  /** How often a heartbeat goes out, milliseconds. */
  heartbeat(): number;
}

/**
 * One socket, from its upgrade to its end. It does not believe that an open socket is alive: a heartbeat that brings
 * nothing back ends it, and after a sign that the machine slept it asks at once.
 */
export class Link {
  readonly #environment: Environment;
  readonly #handlers: LinkHandlers;
  readonly #socket: Socket;
  /** The upgrade was accepted, whatever came then. */
  wasAccepted = false;
  #isOpen = false;
  #isOver = false;
  #tickedAt = 0;
  #askedAt = 0;
  /** When the socket is given up unless a frame comes before. */
  #deadline = Number.POSITIVE_INFINITY;
  #stopPatience = () => {};
  #stopTick = () => {};

  /** @throws where the environment's `WebSocket` does */
  constructor(url: string, environment: Environment, handlers: LinkHandlers) {
    this.#environment = environment;
    this.#handlers = handlers;
    this.#socket = new environment.WebSocket(url);
    this.#socket.onopen = () => {
      this.wasAccepted = true;
    };
    this.#socket.onmessage = ({ data }) => this.#take(data);
    this.#socket.onclose = ({ code }) => this.#end(code);
    // A `close` follows; some sockets throw where nobody listens.
    this.#socket.onerror = () => {};
    this.#stopPatience = environment.clock.after(environment.timings.upgrade, () => this.#end(null));
  }

  /** @returns whether it was handed to an open socket; whether it arrived only an echo tells */
  send(type: string, payload: object, custom?: object): boolean {
    if (!this.#isOpen) return false;
    try {
      this.#socket.send(JSON.stringify({ type, payload, ...(custom && { metadata: { custom } }) }));
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Asks whether the server is still there, and ends itself where nothing comes.
   * @param patience milliseconds @param isAgain the last time to be asked, however late that ends
   */
  probe(patience: number = this.#environment.timings.probe, isAgain = false): void {
    const { clock, timings } = this.#environment;
    const now = clock.now();
    if (!this.#isOpen || this.#deadline <= now + patience) return;
    this.#askedAt = now;
    this.#deadline = now + patience;
    this.#stopPatience();
    this.#stopPatience = clock.after(patience, () => {
      const late = clock.now() - this.#deadline;
      this.#deadline = Number.POSITIVE_INFINITY;
      // The machine slept meanwhile: the answer may lie in a buffer that has not been read. In a page in the
      // background every timer is late.
      if (late > timings.asleep && !isAgain) this.probe(timings.probe, true);
      else this.#end(null);
    });
    this.send("EVENT_TYPE_HEARTBEAT", {});
  }

  /** Gives it up. No handler is called any more. */
  close(): void {
    this.#release();
    this.#socket.close();
  }

  #take(data: unknown): void {
    const events = eventsIn(data);
    if (this.#isOver || events === null) return;
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#stopPatience();
    this.#handlers.received(events);
    if (this.#isOver || this.#isOpen) return;
    this.#isOpen = true;
    this.#tickedAt = this.#askedAt = this.#environment.clock.now();
    this.#tick();
    this.#handlers.opened();
  }

  #tick(): void {
    const { clock, timings } = this.#environment;
    this.#stopTick = clock.after(timings.tick, () => {
      const now = clock.now();
      const isLate = Math.abs(now - this.#tickedAt - timings.tick) > timings.asleep;
      this.#tickedAt = now;
      this.#tick();
      if (isLate) this.probe();
      else if (now - this.#askedAt >= this.#handlers.heartbeat()) this.probe(timings.echo);
    });
  }

  #end(code: number | null): void {
    this.#release();
    if (code === null) this.#socket.close();
    this.#handlers.gone(code);
  }

  #release(): void {
    this.#isOver = true;
    this.#isOpen = false;
    this.#stopPatience();
    this.#stopTick();
    // Not `onerror`: an error may still come of a socket that is closed before it was open.
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
  }
}

/** The events of a frame, or null for what is none. */
function eventsIn(data: unknown): readonly ServerEvent[] | null {
  try {
    const frame: ServerEvent | EventBatch = JSON.parse(String(data));
    const events = frame.type === "EVENT_TYPE_EVENT_BATCH" ? frame.payload.events : [frame];
    return events.filter((event) => event?.type && event.payload);
  } catch {
    return null;
  }
}
