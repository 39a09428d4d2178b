import { randomBytes } from "node:crypto";

/** Opcodes of RFC 6455, section 5.2. */
export const OPCODE = { text: 1, close: 8, ping: 9, pong: 10 } as const;

const FINAL = 0x80;
const MASKED = 0x80;

/** A whole frame as a client sends it, at most 65,535 bytes of payload [RFC 6455, 5.2]. */
export function clientFrame(text: string, opcode: number = OPCODE.text): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > 0xffff) throw new RangeError("frames of the load generator are short");
  const key = randomBytes(4);
  const head =
    payload.length < 126
      ? Buffer.from([FINAL | opcode, MASKED | payload.length])
      : Buffer.from([FINAL | opcode, MASKED | 126, payload.length >> 8, payload.length & 0xff]);
  for (let i = 0; i < payload.length; i += 1) payload[i] = byteAt(payload, i) ^ byteAt(key, i & 3);
  return Buffer.concat([head, key, payload]);
}

const byteAt = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;

/** Takes a frame: its opcode, and where its payload stands. The bytes are valid during the call only. */
export type FrameSink = (opcode: number, bytes: Buffer, start: number, end: number) => void;

/** Cuts what a server sends into frames. Servers do not mask, and those measured here do not fragment. */
export class FrameReader {
  #rest: Buffer | null = null;

  /** @param bytes may be overwritten after the call: what is incomplete is copied */
  read(bytes: Buffer, sink: FrameSink): void {
    const data = this.#rest === null ? bytes : Buffer.concat([this.#rest, bytes]);
    let offset = 0;
    while (offset + 2 <= data.length) {
      const short = byteAt(data, offset + 1);
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (offset + head > data.length) break;
      const length =
        short < 126
          ? short
          : short === 126
            ? data.readUInt16BE(offset + 2)
            : Number(data.readBigUInt64BE(offset + 2));
      const start = offset + head;
      if (start + length > data.length) break;
      sink(byteAt(data, offset) & 0x0f, data, start, start + length);
      offset = start + length;
    }
    this.#rest = offset === data.length ? null : Buffer.from(data.subarray(offset));
  }
}
