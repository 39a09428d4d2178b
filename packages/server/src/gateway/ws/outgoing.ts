import type { Duplex } from "node:stream";

/** What the first byte of a whole, unmasked message says of it [RFC 6455, section 5.2]. */
const FINAL_TEXT = 0x81;
const FINAL_PONG = 0x8a;
/** Lengths up to this stand in the second byte; above it, that byte says how many bytes hold the length. */
const MAX_SHORT = 125;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MAX_LENGTH_16 = 65_535;

interface Frame {
  head: number;
  payload: string | Buffer;
  /** Bytes of the payload. */
  length: number;
}

/** Those with frames that wait for the end of the tick. */
let waiting: Outgoing[] = [];

function flushAll(): void {
  const flushed = waiting;
  waiting = [];
  for (const outgoing of flushed) outgoing.flush();
}

/**
 * The frames of one socket, gathered: what is sent within a tick of the event loop goes to the network as one buffer
 * in one write. Many small writes cost more than all else that is done for a message.
 */
export class Outgoing {
  readonly #stream: Duplex;
  /** Emptied, not replaced: a list that is made long before it is filled gets old, with all that is in it [docs/decisions/0012]. */
  readonly #frames: Frame[] = [];
  #bytes = 0;

  /** @param stream the socket below the frames; the library's own control frames may go between them */
  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Bytes that wait for the end of the tick. */
  get bytes(): number {
    return this.#bytes;
  }

  text(text: string): void {
    this.#push({ head: FINAL_TEXT, payload: text, length: Buffer.byteLength(text) });
  }

  pong(payload: Buffer): void {
    this.#push({ head: FINAL_PONG, payload, length: payload.length });
  }

  /** Hands over what waits and then the first half of a text frame, at once. */
  half(text: string): void {
    this.flush();
    const length = Buffer.byteLength(text);
    const buffer = Buffer.allocUnsafe(headLength(length) + length);
    fill(buffer, 0, { head: FINAL_TEXT, payload: text, length });
    if (this.#stream.writable) this.#stream.write(buffer.subarray(0, buffer.length >> 1));
  }

  /** Hands over what waits, at once. */
  flush(): void {
    if (this.#bytes === 0) return;
    const buffer = Buffer.allocUnsafe(this.#bytes);
    let offset = 0;
    for (const frame of this.#frames) offset = fill(buffer, offset, frame);
    this.#frames.length = 0;
    this.#bytes = 0;
    if (this.#stream.writable) this.#stream.write(buffer);
  }

  #push(frame: Frame): void {
    if (this.#bytes === 0 && waiting.push(this) === 1) process.nextTick(flushAll);
    this.#frames.push(frame);
    this.#bytes += headLength(frame.length) + frame.length;
  }
}

function headLength(length: number): number {
  if (length <= MAX_SHORT) return 2;
  return length <= MAX_LENGTH_16 ? 4 : 10;
}

/** @returns where the next frame begins */
function fill(buffer: Buffer, offset: number, { head, payload, length }: Frame): number {
  const start = writeHead(buffer, offset, head, length);
  if (typeof payload === "string") buffer.write(payload, start, length);
  else buffer.set(payload, start);
  return start + length;
}

/** @returns where the payload begins */
function writeHead(buffer: Buffer, offset: number, head: number, length: number): number {
  buffer[offset] = head;
  if (length <= MAX_SHORT) {
    buffer[offset + 1] = length;
    return offset + 2;
  }
  if (length <= MAX_LENGTH_16) {
    buffer[offset + 1] = LENGTH_16;
    return buffer.writeUInt16BE(length, offset + 2);
  }
  buffer[offset + 1] = LENGTH_64;
  return buffer.writeBigUInt64BE(BigInt(length), offset + 2);
}
