import type { Clock } from "@parley/client";
import { type DeskCommand, type DeskFrame, SIGNED_OUT } from "../wire.ts";

/** Times of the link, milliseconds, with their reasons. */
export const LINK_TIMES = {
  /** The first attempt after a loss comes at most so late, each further one at most twice as late as the one before, at a
   * random moment: a server that restarts does not meet everybody at once. */
  backoffFirst: 1_000,
  /** A person at a desk looks on: half of what a user's client waits at most. */
  backoffLast: 15_000,
  /** From the attempt to the first frame. */
  opening: 10_000,
  /** So often somebody asks whether the other end is there. */
  ping: 20_000,
  /** Without a frame for so long behind a question, it is not. */
  pong: 8_000,
} as const;

/** The part of a browser's WebSocket that is used. */
export type LinkSocket = Pick<WebSocket, "onmessage" | "onclose" | "send" | "close">;

/** `connecting`: the first time · `lost`: an attempt is running or comes at `retryAt` · `signed-out`: for good. */
export type LinkState = "connecting" | "open" | "lost" | "signed-out" | "stopped";

export interface LinkOptions {
  /** A new socket. @param query what the page has of the lists */
  open(query: string): LinkSocket;
  /** What the page has of the lists, to be told only what it missed. */
  since(): { epoch: string; revision: number } | null;
  onFrame(frame: DeskFrame): void;
  onState(state: LinkState, retryAt: number | null): void;
  /** Whether the server still knows who this is, asked where sockets do not open; null where it cannot be reached. */
  isSignedIn(): Promise<boolean | null>;
  clock: Clock;
  random: () => number;
}

/** One socket, and another one whenever it is lost. What is said on it is the model's business. */
export class Link {
  readonly #options: LinkOptions;
  #socket: LinkSocket | null = null;
  #state: LinkState = "connecting";
  #attempts = 0;
  #cancel = () => {};

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  start(): void {
    this.#connect();
  }

  /** For good. */
  stop(): void {
    this.#drop();
    this.#become("stopped");
  }

  send(command: DeskCommand): void {
    if (this.isOpen) this.#socket?.send(JSON.stringify(command));
  }

  /** The network came back, or somebody looks at the page again: do not wait. */
  wake(): void {
    if (this.#state === "open") this.#ask();
    else if (this.#state === "lost" && this.#socket === null) this.#connect();
  }

  #connect(): void {
    const { clock, open, since } = this.#options;
    this.#cancel();
    const has = since();
    const query =
      has === null ? "" : `?${new URLSearchParams({ epoch: has.epoch, revision: `${has.revision}` })}`;
    const socket = open(query);
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#take(JSON.parse(String(data)) as DeskFrame);
    };
    socket.onclose = ({ code }) => {
      if (socket === this.#socket) void this.#lost(code);
    };
    this.#cancel = clock.after(LINK_TIMES.opening, () => this.#lost(null));
    if (this.#state === "lost") this.#options.onState("lost", null);
  }

  #take(frame: DeskFrame): void {
    this.#cancel();
    this.#cancel = this.#options.clock.after(LINK_TIMES.ping, () => this.#ask());
    if (frame.type === "pong") return;
    this.#options.onFrame(frame);
    // What the first frame says is known before anybody hears that the link is open.
    if (this.#state !== "open" && frame.type === "hello") {
      this.#attempts = 0;
      this.#become("open");
    }
  }

  #ask(): void {
    this.#cancel();
    this.#cancel = this.#options.clock.after(LINK_TIMES.pong, () => this.#lost(null));
    this.send({ type: "ping" });
  }

  /** @param code of the close; null where the socket is given up */
  async #lost(code: number | null): Promise<void> {
    const wasOpen = this.#state === "open";
    this.#drop();
    if (code === SIGNED_OUT) return this.#become("signed-out");
    const { clock, isSignedIn, random } = this.#options;
    const most = Math.min(LINK_TIMES.backoffLast, LINK_TIMES.backoffFirst * 2 ** this.#attempts);
    this.#attempts += 1;
    const delay = random() * most;
    this.#cancel = clock.after(delay, () => this.#connect());
    this.#become("lost", clock.now() + delay);
    // A browser does not say why a socket did not open.
    if (!wasOpen && (await isSignedIn()) === false && this.#state === "lost") {
      this.#drop();
      this.#become("signed-out");
    }
  }

  #drop(): void {
    this.#cancel();
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #become(state: LinkState, retryAt: number | null = null): void {
    if (this.#state === "stopped") return;
    this.#state = state;
    this.#options.onState(state, retryAt);
  }
}
