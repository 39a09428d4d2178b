import { randomFillSync } from "node:crypto";

const UUID_BYTES = 16;
/** Random bytes are asked for this many UUIDs at a time: each call costs more than the bytes. */
const POOL = new Uint8Array(UUID_BYTES * 256);
/** The two hexadecimal digits of each byte, as character codes. */
const HEX = Array.from({ length: 256 }, (_, byte) => Buffer.from([byte]).toString("hex"));
const HIGH = Uint8Array.from(HEX, (digits) => digits.charCodeAt(0));
const LOW = Uint8Array.from(HEX, (digits) => digits.charCodeAt(1));
/** Where the text has a hyphen: before these bytes. */
const HYPHENS = new Set([4, 6, 8, 10]);
const PLACES = Array.from({ length: UUID_BYTES }, (_, byte) => {
  return 2 * byte + [...HYPHENS].filter((before) => before <= byte).length;
});

const text = Buffer.alloc(36, "-");
let used = POOL.length;

/**
 * A fresh UUID of version 4 [RFC 9562, section 5.4], for events, messages and users. Two are needed for each message,
 * and `crypto.randomUUID` leaves a kilobyte of garbage for them.
 */
export function newId(): string {
  if (used === POOL.length) {
    randomFillSync(POOL);
    used = 0;
  }
  for (let i = 0; i < UUID_BYTES; i += 1) {
    let byte = POOL[used + i] as number;
    if (i === 6) byte = (byte & 0x0f) | 0x40;
    else if (i === 8) byte = (byte & 0x3f) | 0x80;
    const place = PLACES[i] as number;
    text[place] = HIGH[byte] as number;
    text[place + 1] = LOW[byte] as number;
  }
  used += UUID_BYTES;
  return text.toString("latin1");
}
