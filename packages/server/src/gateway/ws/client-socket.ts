import type { Duplex } from "node:stream";
import { CLOSE, type CloseCode, LIMITS } from "@parley/protocol";
import type { WebSocket } from "ws";
import type { Clock, Timer } from "../../clock.ts";
import type { Socket } from "../../session/socket.ts";
import { Outgoing } from "./outgoing.ts";

/** How often a socket with much in its buffer is looked at, milliseconds. */
const STALL_CHECK_MS = 5_000;
/**
 * What a socket may hold without being looked at: ordinary answers pass through in one piece. Pings are not answered
 * beyond it [RFC 6455, section 5.5.3, asks for the last one's pong only], so that they cannot fill it.
 */
const STALL_BYTES = 65_536;
/**
 * Bytes of a socket's frames that may wait for the disk: the largest frame, or some hundred ordinary ones. Beyond it
 * nothing more is read, and the network holds its client back.
 */
const WAITING_BYTES = LIMITS.frameBytes;
/** What a waiting frame costs beside its content: what is to be done with it, and promises. Bytes. */
const FRAME_COST = 1_024;
/** The library's code for too many pieces of a message, which the protocol knows as a frame that is too large. */
const POLICY_VIOLATION = 1008;

/** One WebSocket of a client: frames out, pings, and the rules of closing [protocol sections 2 and 7]. */
export class ClientSocket implements Socket {
  readonly #ws: WebSocket;
  readonly #stream: Duplex;
  readonly #outgoing: Outgoing;
  readonly #clock: Clock;
  readonly #closeNow: (code?: number, reason?: string) => void;
  readonly #openedAt: number;
  #closing = false;
  #misses = 0;
  #waiting = 0;
  #ping: Timer;
  #closeLater: Timer | undefined;
  readonly #closed = Promise.withResolvers<void>();
  #stall: { timer: Timer; since: number; taken: number } | undefined;

  constructor(ws: WebSocket, stream: Duplex, clock: Clock) {
    this.#ws = ws;
    this.#stream = stream;
    this.#outgoing = new Outgoing(stream);
    this.#clock = clock;
    this.#openedAt = clock.monotonic();
    this.#ping = this.#pingLater();
    const close = ws.close.bind(ws);
    this.#closeNow = (code, reason) => {
      this.#outgoing.flush();
      close(code, reason);
    };
    // The library closes by itself too, on a frame that breaks the rules: that close has to wait like ours. With a
    // reason, even an empty one, it answers the client's own close.
    ws.close = (code, reason) =>
      this.#closeInTime(code === POLICY_VIOLATION && reason === undefined ? CLOSE.tooLarge : code);
    ws.on("ping", (payload) => this.#pong(payload));
    ws.on("pong", () => {
      this.#misses = 0;
    });
    ws.on("close", () => this.#stop());
  }

  /** Resolves when the connection is gone. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  get buffered(): number {
    return this.#ws.bufferedAmount + this.#outgoing.bytes;
  }

  /** Not by the library, whose every frame is two writes; see `Outgoing`. */
  send(text: string): void {
    if (this.#closing || this.#ws.readyState !== this.#ws.OPEN) return;
    this.#outgoing.text(text);
    if (this.#stall === undefined && this.buffered > STALL_BYTES) this.#watchStall();
  }

  /** A frame was received and waits for the disk, or for its failure. While too much does, nothing more is read. */
  hold(bytes: number, done: Promise<void>): void {
    const cost = bytes + FRAME_COST;
    this.#waiting += cost;
    if (this.#waiting > WAITING_BYTES) this.#ws.pause();
    const release = () => {
      this.#waiting -= cost;
      if (this.#ws.isPaused && this.#waiting <= WAITING_BYTES) this.#ws.resume();
    };
    done.then(release, release);
  }

  #pong(payload: Buffer): void {
    if (this.buffered > STALL_BYTES) return;
    this.#outgoing.pong(payload);
  }

  whenDrained(callback: () => void): void {
    const check = () => {
      if (this.#stream.writableNeedDrain) this.#stream.once("drain", check);
      else if (!this.#stream.destroyed) callback();
    };
    process.nextTick(check);
  }

  close(code: CloseCode): void {
    if (this.#closing) return;
    this.#closing = true;
    if (code === CLOSE.ended) this.#closeNow(code);
    else this.#closeInTime(code);
  }

  /** Never sooner than a second after the handshake: shipped clients take it for a refusal [protocol section 2]. */
  #closeInTime(code: number | undefined): void {
    const age = this.#clock.monotonic() - this.#openedAt;
    if (age >= LIMITS.socketMinimumMs) this.#closeNow(code);
    else this.#closeLater ??= this.#clock.after(LIMITS.socketMinimumMs - age, () => this.#closeNow(code));
  }

  /** Closes at once, with any code a close frame may have: a fault on demand. */
  closeWith(code: number, reason: string | undefined): void {
    this.#closing = true;
    this.#closeLater?.cancel();
    this.#closeNow(code, reason);
  }

  /** Sends the first half of a text frame, so that nothing whole can follow: a fault on demand. */
  sendHalf(text: string): void {
    this.#closing = true;
    this.#outgoing.half(text);
  }

  /** Whether somebody is still there: a ping, and a bounded time for its answer. */
  probe(): Promise<boolean> {
    return new Promise((resolve) => {
      const answer = (alive: boolean) => {
        timer.cancel();
        this.#ws.off("pong", alivePong);
        this.#ws.off("close", gone);
        resolve(alive);
      };
      const alivePong = () => answer(true);
      const gone = () => answer(false);
      const timer = this.#clock.after(LIMITS.socketProbeMs, gone);
      this.#ws.on("pong", alivePong);
      this.#ws.on("close", gone);
      this.#ws.ping();
    });
  }

  /** Drops the connection without a close frame: nobody is there to read one. */
  terminate(): void {
    this.#ws.terminate();
  }

  #pingLater(): Timer {
    return this.#clock.after(LIMITS.pingMs, () => {
      if (this.#misses >= LIMITS.pingMisses) {
        this.terminate();
        return;
      }
      this.#misses += 1;
      this.#ws.ping();
      this.#ping = this.#pingLater();
    });
  }

  /** While much is buffered: a socket that takes nothing for too long comes back with its cursor. */
  #watchStall(): void {
    const now = this.#clock.monotonic();
    const taken = this.#taken();
    const since = this.#stall?.taken === taken ? this.#stall.since : now;
    if (now - since >= LIMITS.stalledSocketMs) {
      this.#ws.close(CLOSE.tryAgainLater);
      this.terminate();
      return;
    }
    const timer = this.#clock.after(STALL_CHECK_MS, () => {
      if (this.buffered === 0) this.#stall = undefined;
      else this.#watchStall();
    });
    this.#stall = { timer, since, taken };
  }

  /**
   * Bytes that the operating system has taken. A stream counts a write as a whole when it is done, which a slow but
   * living client may take minutes for; only the handle below it knows of a part.
   */
  #taken(): number {
    const { _handle: handle } = this.#stream as {
      _handle?: { bytesWritten: number; writeQueueSize: number };
    };
    return handle === undefined ? 0 : handle.bytesWritten - handle.writeQueueSize;
  }

  #stop(): void {
    this.#closing = true;
    this.#ping.cancel();
    this.#closeLater?.cancel();
    this.#stall?.timer.cancel();
    this.#closed.resolve();
  }
}
