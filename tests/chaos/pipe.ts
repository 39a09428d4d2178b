import type { Socket } from "node:net";
import type { Random } from "./random.ts";

/** What a network does to the bytes of one direction. */
export interface Line {
  /** Milliseconds each byte is under way. */
  latencyMs: number;
  /** Milliseconds on top, at most; bytes do not overtake each other. */
  jitterMs: number;
  /** Bytes that arrive in one piece, at most. */
  sliceBytes: number;
  bytesPerSecond: number;
}

/** A network that does nothing. */
export const CLEAR: Line = {
  latencyMs: 0,
  jitterMs: 0,
  sliceBytes: Number.POSITIVE_INFINITY,
  bytesPerSecond: Number.POSITIVE_INFINITY,
};

/** Bytes under way at which the sender has to wait, as it does when a socket's buffers are full. */
const UNDER_WAY_BYTES = 262_144;

/** One direction of a connection: takes bytes from one socket and hands them to another, late and in pieces. */
export class Pipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #line: Line;
  readonly #random: Random;
  /** What is under way, with the moment of its arrival; null is the end of the stream. */
  readonly #underWay: { piece: Buffer | null; at: number }[] = [];
  #bytes = 0;
  #lastAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #silent = false;

  constructor(from: Socket, to: Socket, line: Line, random: Random) {
    this.#from = from;
    this.#to = to;
    this.#line = line;
    this.#random = random;
    from.on("data", (bytes) => this.#take(bytes));
    from.on("end", () => this.#add(null));
    to.on("drain", () => this.#flow());
  }

  /** Nothing arrives for so long, milliseconds. What is sent meanwhile arrives afterwards. */
  stall(ms: number): void {
    const until = performance.now() + ms;
    for (const waiting of this.#underWay) waiting.at = Math.max(waiting.at, until);
    this.#lastAt = Math.max(this.#lastAt, until);
    this.#schedule();
  }

  /** Nothing arrives any more, and the sender does not learn of it. */
  silence(): void {
    this.#silent = true;
    this.stop();
    this.#from.resume();
  }

  /** What is under way is lost. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#underWay.length = 0;
    this.#bytes = 0;
  }

  #take(bytes: Buffer): void {
    if (this.#silent) return;
    const size = Math.min(this.#line.sliceBytes, bytes.length);
    for (let start = 0; start < bytes.length; start += size) this.#add(bytes.subarray(start, start + size));
    this.#flow();
  }

  #add(piece: Buffer | null): void {
    if (this.#silent) return;
    const { latencyMs, jitterMs, bytesPerSecond } = this.#line;
    const length = piece?.length ?? 0;
    const soonest = performance.now() + latencyMs + this.#random.between(0, jitterMs);
    this.#lastAt = Math.max(this.#lastAt, soonest) + (length / bytesPerSecond) * 1_000;
    this.#underWay.push({ piece, at: this.#lastAt });
    this.#bytes += length;
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const [first] = this.#underWay;
    if (first === undefined) return;
    this.#timer = setTimeout(() => this.#arrive(), Math.max(0, first.at - performance.now()));
  }

  #arrive(): void {
    // One piece a turn of the event loop: what is written together leaves as one segment and is no piece any more.
    const first = this.#underWay.shift();
    if (first === undefined) return;
    this.#bytes -= first.piece?.length ?? 0;
    if (first.piece === null) this.#to.end();
    else if (this.#to.writable) this.#to.write(first.piece);
    this.#flow();
    this.#schedule();
  }

  #flow(): void {
    if (this.#silent || this.#from.destroyed) return;
    if (this.#bytes > UNDER_WAY_BYTES || this.#to.writableNeedDrain) this.#from.pause();
    else this.#from.resume();
  }
}
