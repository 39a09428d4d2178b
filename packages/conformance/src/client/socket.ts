import { randomUUID } from "node:crypto";
import { EVENT } from "@parley/protocol";
import WebSocket from "ws";
import { Failure, show } from "../failure.ts";
import { ANSWER_MS } from "./http.ts";
import { note, type Received, type Recording, type WireEvent } from "./recording.ts";

/** How long a check waits for an event, unless it says otherwise. */
const PATIENCE_MS = 15_000;

export interface WaitOptions {
  /** Only what came behind it counts. */
  after?: Received | undefined;
  /** Milliseconds. */
  within?: number;
}

export interface SocketOptions {
  /** Answer the server's pings; true unless told. */
  pong?: boolean;
  headers?: Record<string, string>;
}

/** How a frame is written, where it is not one text. */
interface SendOptions {
  binary?: boolean;
  fin?: boolean;
  mask?: boolean;
}

/** A client's end of one socket. It remembers every frame, and waits only for what comes. */
export class Socket {
  readonly recording: Recording;
  readonly #socket: WebSocket;
  readonly #watchers = new Set<() => void>();
  #leaving = false;

  private constructor(socket: WebSocket, recording: Recording) {
    this.#socket = socket;
    this.recording = recording;
  }

  /** @throws Failure where the server answers anything but 101 */
  static open(url: string, recording: Recording, options: SocketOptions = {}): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const ws = new WebSocket(url, {
        perMessageDeflate: false,
        handshakeTimeout: ANSWER_MS,
        autoPong: options.pong ?? true,
        headers: options.headers ?? {},
      });
      const socket = new Socket(ws, recording);
      // Attached before the opening, so that frames which come with the 101 are not missed.
      ws.on("message", (data: Buffer, binary) => {
        note(recording, data.toString(), binary, performance.now());
        socket.#tell();
      });
      ws.on("close", (code, reason) => {
        recording.closed = {
          code,
          reason: reason.toString(),
          at: performance.now(),
          byUs: socket.#leaving,
        };
        socket.#tell();
      });
      ws.on("error", (error) => reject(new Failure("101 to the upgrade", error.message)));
      ws.on("upgrade", () => {
        recording.openedAt = performance.now();
      });
      ws.on("open", () => resolve(socket));
    });
  }

  get received(): readonly Received[] {
    return this.recording.received;
  }

  /** The sequenced events, in the order in which they came. */
  get history(): WireEvent[] {
    return this.received.map(({ event }) => event).filter(({ sequence }) => sequence !== null);
  }

  get last(): Received | undefined {
    return this.recording.received.at(-1);
  }

  /** Sends an event. */
  send(type: string, payload?: unknown, custom?: unknown): void {
    this.sendText(
      JSON.stringify({
        type,
        ...(payload !== undefined && { payload }),
        ...(custom !== undefined && { metadata: { custom } }),
      }),
    );
  }

  /** Sends a text frame as it is; resolves when the system has taken it over. */
  sendText(data: string | Buffer, options: SendOptions = {}): Promise<void> {
    const text = data.toString();
    this.recording.frames.push({
      at: performance.now(),
      direction: "out",
      binary: options.binary ?? false,
      text,
      bytes: Buffer.byteLength(data),
      value: undefined,
    });
    return new Promise((resolve) => {
      // A server that has closed the socket meanwhile is noticed by what does not come.
      this.#socket.send(data, { binary: false, ...options }, () => resolve());
    });
  }

  /** Answers or asks below the frames. */
  ping(): void {
    this.#socket.ping();
  }

  /** Resolves with the time of the server's next ping. */
  pinged(within: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Failure(`a ping within ${within} ms`, "none")), within);
      this.#socket.once("ping", () => {
        clearTimeout(deadline);
        resolve(performance.now());
      });
    });
  }

  /**
   * The first event that fits, of those that came and those that come.
   * @throws Failure when the time is up or the socket is closed before
   */
  async wait(
    what: string,
    fits: (event: WireEvent, received: Received) => boolean,
    { after, within = PATIENCE_MS }: WaitOptions = {},
  ): Promise<Received> {
    const find = () => this.received.find((one) => one.index > (after?.index ?? -1) && fits(one.event, one));
    await this.#until(() => find() !== undefined || this.recording.closed !== null, within);
    const found = find();
    if (found !== undefined) return found;
    throw new Failure(`${what} within ${within} ms`, this.#whatCame(after));
  }

  /** The first event of a type. */
  waitFor(type: string, options: WaitOptions = {}): Promise<Received> {
    return this.wait(type, (event) => event.type === type, options);
  }

  /** Resolves when so many frames have come. */
  async frames(count: number, within = PATIENCE_MS): Promise<void> {
    const inbound = () => this.recording.frames.filter(({ direction }) => direction === "in").length;
    await this.#until(() => inbound() >= count || this.recording.closed !== null, within);
    if (inbound() < count) throw new Failure(`${count} frames within ${within} ms`, inbound());
  }

  /** How the socket ended. @throws Failure while it stays open */
  async closed(within = PATIENCE_MS): Promise<NonNullable<Recording["closed"]>> {
    await this.#until(() => this.recording.closed !== null, within);
    const { closed } = this.recording;
    if (closed === null) throw new Failure(`the socket closed within ${within} ms`, "still open");
    return closed;
  }

  /** @throws Failure unless it is still open */
  ensureOpen(): void {
    if (this.recording.closed !== null) throw new Failure("the socket left open", this.recording.closed);
  }

  /** Resolves when the replay is over and the socket is live: the echo of a heartbeat comes behind it. */
  async fence(): Promise<Received> {
    const custom = { fence: randomUUID() };
    this.send(EVENT.HEARTBEAT, {}, custom);
    return this.wait("the echo of a heartbeat", (event) => carries(event, "fence", custom.fence));
  }

  /** Takes nothing any more from the network, until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Leaves with a close frame. */
  async leave(code = 1000): Promise<void> {
    this.#leaving = true;
    this.#socket.close(code);
    await this.closed();
  }

  /** Breaks the connection without a close frame. */
  break(): void {
    this.#leaving = true;
    this.#socket.terminate();
  }

  #whatCame(after: Received | undefined): string {
    const { closed } = this.recording;
    const came = this.received.slice((after?.index ?? -1) + 1).map(({ event }) => event.type);
    const end = closed === null ? "" : `; closed with ${closed.code} ${closed.reason}`.trimEnd();
    return `${came.length === 0 ? "nothing" : show(came.slice(-20))}${end}`;
  }

  #tell(): void {
    for (const look of this.#watchers) look();
  }

  #until(holds: () => boolean, within: number): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(deadline);
        this.#watchers.delete(look);
        resolve();
      };
      const look = () => {
        if (holds()) done();
      };
      const deadline = setTimeout(done, within);
      this.#watchers.add(look);
    });
  }
}

/** Whether an event's `metadata.custom` has this value under a key. */
export function carries(event: WireEvent, key: string, value: unknown): boolean {
  const custom = event.metadata?.custom;
  return typeof custom === "object" && custom !== null && (custom as Record<string, unknown>)[key] === value;
}
