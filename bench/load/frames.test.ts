import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientFrame, FrameReader, OPCODE } from "./frames.ts";

/** A frame as a server sends it, by the letter of RFC 6455, section 5.2. */
function serverFrame(payload: Buffer): Buffer {
  const { length } = payload;
  const head = length < 126 ? Buffer.alloc(2) : length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = 0x80 | OPCODE.text;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

describe("FrameReader", () => {
  const payloads = fc.array(
    fc
      .oneof(fc.nat(300), fc.constantFrom(0, 125, 126, 65_535, 65_536))
      .map((length) => Buffer.alloc(length, length)),
    { minLength: 1, maxLength: 6 },
  );

  it("finds the same frames however the bytes are cut, also where the buffer is used again", () => {
    fc.assert(
      fc.property(payloads, fc.array(fc.integer({ min: 1, max: 5_000 })), (sent, sizes) => {
        const bytes = Buffer.concat(sent.map(serverFrame));
        const shared = Buffer.alloc(bytes.length);
        const reader = new FrameReader();
        const received: Buffer[] = [];
        const cuts = [...sizes, bytes.length];
        for (let at = 0; at < bytes.length; ) {
          const end = Math.min(bytes.length, at + (cuts.shift() ?? bytes.length));
          bytes.copy(shared, 0, at, end);
          reader.read(shared.subarray(0, end - at), (_opcode, data, start, stop) => {
            received.push(Buffer.from(data.subarray(start, stop)));
          });
          at = end;
        }
        expect(received.length).toBe(sent.length);
        expect(Buffer.concat(received).equals(Buffer.concat(sent))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe("clientFrame", () => {
  it.each([0, 1, 125, 126, 65_535])("is masked, and holds a text of %i bytes", (length) => {
    const text = "é".repeat(length >> 1) + "x".repeat(length & 1);
    const frame = clientFrame(text);
    const head = length < 126 ? 2 : 4;
    expect(frame[0]).toBe(0x81);
    expect(frame[1]).toBe(0x80 | Math.min(length, 126));
    if (head === 4) expect(frame.readUInt16BE(2)).toBe(length);
    const key = frame.subarray(head, head + 4);
    const payload = frame.subarray(head + 4).map((byte, index) => byte ^ (key[index & 3] ?? 0));
    expect(Buffer.from(payload).toString()).toBe(text);
  });

  it("refuses what needs the longest form of a length", () => {
    expect(() => clientFrame("x".repeat(65_536))).toThrow(RangeError);
  });
});
