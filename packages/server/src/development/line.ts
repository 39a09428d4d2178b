import type { Duplex } from "node:stream";
import { type CloseCode, EVENT, LIMITS } from "@parley/protocol";
import type { Clock } from "../clock.ts";
import type { ClientSocket } from "../gateway/ws/client-socket.ts";
import { reset } from "../gateway/ws/refusal.ts";
import type { Socket } from "../session/socket.ts";
import { Delay } from "./delay.ts";
import type { WireLog } from "./wire-log.ts";

/** What a frame of the server says of itself, as far as faults ask. */
interface Sent {
  type: string;
  sequence: number | null;
  payload: { is_complete?: boolean; chunk_index?: number; events?: readonly Sent[] };
}

export interface LineOptions {
  /** The connection's number in this process. */
  id: number;
  session: string;
  socket: ClientSocket;
  /** The TCP connection below it. */
  stream: Duplex;
  log: WireLog;
  clock: Clock;
  /** Takes a client's frame. */
  take: (data: Buffer, isBinary: boolean) => void;
}

/**
 * One connection with a builder's hand on it: every frame either way is noted, and faults happen here. It stands between
 * a socket and its session in development, and nowhere else.
 */
export class Line implements Socket {
  readonly id: number;
  readonly #options: LineOptions;
  readonly #out: Delay;
  readonly #in: Delay;
  /** The highest sequence that was sent. */
  #position = 0;
  #stall: PromiseWithResolvers<void> | undefined;
  #cut: { chunks: number; done: () => void; isDue: boolean } | undefined;

  constructor(options: LineOptions) {
    this.id = options.id;
    this.#options = options;
    this.#out = new Delay(options.clock);
    this.#in = new Delay(options.clock);
  }

  get position(): number {
    return this.#position;
  }

  get buffered(): number {
    return this.#options.socket.buffered + this.#out.bytes;
  }

  send(text: string): void {
    this.#out.push(Buffer.byteLength(text), () => this.#sendNow(text));
  }

  whenDrained(callback: () => void): void {
    this.#out.push(0, () => this.#options.socket.whenDrained(callback));
  }

  close(code: CloseCode): void {
    this.#out.push(0, () => this.#options.socket.close(code));
  }

  /** A frame of the client. */
  receive(data: Buffer, isBinary: boolean): void {
    const text = isBinary ? `(${data.length} bytes of binary)` : data.toString();
    this.#note({ from: "client", text });
    this.#in.push(data.length, () => this.#options.take(data, isBinary));
  }

  /** The connection is gone. What was received is dealt with all the same [protocol section 3]. */
  closed(code: number): void {
    this.#in.flush();
    this.#out.clear();
    this.unstall();
    const { log, session } = this.#options;
    log.add({ kind: "closed", session, connection: this.id, code });
  }

  /** Closes it now. @param code without one by a reset */
  drop(code: number | undefined, reason: string | undefined): void {
    if (code === undefined) reset(this.#options.stream);
    else this.#options.socket.closeWith(code, reason);
  }

  /** Every frame from now on comes so much later; 0 lets all that wait go, milliseconds. */
  delay(ms: number): void {
    for (const delay of [this.#in, this.#out]) {
      delay.ms = ms;
      if (ms === 0) delay.flush();
    }
  }

  /** Nothing leaves this machine, and nothing is read: as a network that has silently gone. */
  stall(): void {
    if (this.#stall !== undefined) return;
    this.#stall = Promise.withResolvers();
    this.#options.stream.cork();
    // More than may wait for the disk: nothing is read until it is dealt with.
    this.#options.socket.hold(LIMITS.frameBytes, this.#stall.promise);
  }

  unstall(): void {
    if (this.#stall === undefined) return;
    this.#stall.resolve();
    this.#stall = undefined;
    this.#options.stream.uncork();
  }

  /** Resets the connection within the frame that follows so many chunks of an answer. */
  cutBehind(chunks: number, done: () => void): void {
    this.#cut = { chunks, done, isDue: false };
  }

  uncut(): void {
    this.#cut = undefined;
  }

  #sendNow(text: string): void {
    const { socket, stream } = this.#options;
    const sent = JSON.parse(text) as Sent;
    if (this.#cut?.isDue) {
      socket.sendHalf(text);
      reset(stream);
      this.#cut.done();
      this.#cut = undefined;
      return;
    }
    socket.send(text);
    this.#note({ from: "server", text });
    for (const event of sent.payload.events ?? [sent]) {
      this.#position = Math.max(this.#position, event.sequence ?? 0);
      this.#countChunk(event);
    }
  }

  #countChunk({ type, payload }: Sent): void {
    if (this.#cut === undefined || type !== EVENT.POLY_AGENT_MESSAGE_CHUNK) return;
    this.#cut.isDue = (payload.chunk_index ?? 0) >= this.#cut.chunks && payload.is_complete === false;
  }

  #note(frame: { from: "client" | "server"; text: string }): void {
    const { log, session } = this.#options;
    log.add({ kind: "frame", session, connection: this.id, ...frame });
  }
}
