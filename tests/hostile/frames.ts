import { randomBytes } from "node:crypto";
import { EVENT } from "@parley/protocol";
import { type HttpAnswer, RawSocket, readAnswers, request } from "./raw.ts";

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A heartbeat that a flood has swallowed is sent again, milliseconds. */
const HEARTBEAT_MS = 1_000;

/** Masking with zeros leaves the payload as it is, and is as legal as any other key. */
const ZERO_MASK = Buffer.alloc(4);

export interface FrameShape {
  opcode?: number;
  payload?: string | Uint8Array;
  fin?: boolean;
  /** The three reserved bits, from 0 to 7. */
  rsv?: number;
  masked?: boolean;
  mask?: Uint8Array;
  /** What the header says the payload's length is, where that is to be a lie. */
  length?: number;
  /** Bytes of the length's field: 0 (in the second byte), 2 or 8. Default: the shortest that holds it. */
  lengthBytes?: 0 | 2 | 8;
}

/** One frame of a client [RFC 6455, section 5.2], a broken one too. */
export function frame(shape: FrameShape = {}): Buffer {
  const { opcode = OPCODE.text, fin = true, rsv = 0, masked = true, mask = ZERO_MASK } = shape;
  const payload = Buffer.from(shape.payload ?? "");
  const length = shape.length ?? payload.length;
  const lengthBytes = shape.lengthBytes ?? (length < 126 ? 0 : length < 65_536 ? 2 : 8);
  const head = Buffer.alloc(2 + lengthBytes);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) head.writeUInt16BE(length, 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, payload]);
  const body = mask.some((byte) => byte !== 0)
    ? payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0))
    : payload;
  return Buffer.concat([head, mask, body]);
}

export const text = (payload: string | Uint8Array): Buffer => frame({ payload });
export const event = (type: string, payload: object = {}, custom?: object): Buffer =>
  text(JSON.stringify({ type, payload, ...(custom && { metadata: { custom } }) }));

/** The body of a close frame. */
export function closing(code: number, reason: string | Uint8Array = ""): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason)]);
}

export interface ServerFrame {
  opcode: number;
  payload: Buffer;
}

/**
 * Reads the frames that a server sent.
 * @throws where they break RFC 6455, or our promise of text frames alone
 */
export function readFrames(bytes: Buffer): { frames: ServerFrame[]; rest: Buffer } {
  const frames: ServerFrame[] = [];
  let rest = bytes;
  for (;;) {
    const [first, second] = rest;
    if (first === undefined || second === undefined) return { frames, rest };
    const opcode = first & 15;
    if ((first & 0xf0) !== 0x80) throw new Error(`a server's frame begins with ${first.toString(16)}`);
    if (![OPCODE.text, OPCODE.close, OPCODE.ping, OPCODE.pong].some((known) => known === opcode))
      throw new Error(`a server's frame has opcode ${opcode}`);
    if (second > 127) throw new Error("a server's frame is masked");
    const start = second < 126 ? 2 : second === 126 ? 4 : 10;
    if (rest.length < start) return { frames, rest };
    const length =
      second < 126 ? second : second === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
    if (rest.length < start + length) return { frames, rest };
    frames.push({ opcode, payload: rest.subarray(start, start + length) });
    rest = rest.subarray(start + length);
  }
}

export interface Place {
  sessionId: string;
  accessToken: string;
}

export const upgradeRequest = (
  { sessionId, accessToken }: Place,
  headers: Record<string, string | string[]> = {},
  cursor = "0",
): string =>
  request("GET", `/ws?session_id=${sessionId}&access_token=${accessToken}&cursor=${cursor}`, {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    ...headers,
  });

export interface ReceivedEvent {
  id: string;
  sequence: number | null;
  timestamp: string;
  type: string;
  payload: Record<string, unknown>;
  metadata?: { custom: unknown };
}

/** A WebSocket on a raw connection, that sends whatever it is told. */
export class RawWebSocket implements Disposable {
  readonly raw: RawSocket;
  readonly #frames: ServerFrame[] = [];
  readonly #events: ReceivedEvent[] = [];
  #rest: Buffer;

  private constructor(raw: RawSocket, rest: Buffer) {
    this.raw = raw;
    this.#rest = rest;
  }

  /** @throws where the upgrade is refused */
  static async open(url: string, place: Place, cursor = "0"): Promise<RawWebSocket> {
    const raw = await RawSocket.open(url);
    raw.write(upgradeRequest(place, {}, cursor));
    return RawWebSocket.over(raw);
  }

  /** Over a connection on which an upgrade was asked for. @throws where it is refused */
  static async over(raw: RawSocket): Promise<RawWebSocket> {
    const answer = (): HttpAnswer | undefined => readAnswers(raw.received).answers[0];
    await raw.until(() => raw.ended || answer() !== undefined, "the answer to an upgrade");
    if (answer()?.status !== 101) throw new Error(`the upgrade was refused: ${raw.received}`);
    return new RawWebSocket(raw, readAnswers(raw.take()).rest);
  }

  get frames(): readonly ServerFrame[] {
    const { frames, rest } = readFrames(Buffer.concat([this.#rest, this.raw.take()]));
    this.#rest = rest;
    for (const frame of frames) {
      this.#frames.push(frame);
      if (frame.opcode === OPCODE.text) this.#events.push(JSON.parse(frame.payload.toString()));
    }
    return this.#frames;
  }

  /** The texts that came, as events. */
  get events(): readonly ReceivedEvent[] {
    return this.frames && this.#events;
  }

  /** The events that came, those of batches too. */
  get history(): readonly ReceivedEvent[] {
    return this.events.flatMap((event) =>
      event.type === EVENT.EVENT_BATCH ? (event.payload.events as ReceivedEvent[]) : [event],
    );
  }

  get pongs(): Buffer[] {
    return this.frames.filter(({ opcode }) => opcode === OPCODE.pong).map(({ payload }) => payload);
  }

  /** The code of the server's close frame: null before it, 1005 where it has none. */
  get closeCode(): number | null {
    const close = this.frames.find(({ opcode }) => opcode === OPCODE.close);
    if (close === undefined) return null;
    return close.payload.length < 2 ? 1005 : close.payload.readUInt16BE(0);
  }

  write(...frames: Uint8Array[]): void {
    this.raw.write(Buffer.concat(frames));
  }

  until(condition: () => boolean, what: string): Promise<void> {
    return this.raw.until(condition, what);
  }

  /** Waits for the server's close frame, answers it, and waits for the end. @returns the code */
  async closed(): Promise<number | null> {
    await this.until(() => this.closeCode !== null || this.raw.ended, "a close frame");
    if (!this.raw.ended) this.write(frame({ opcode: OPCODE.close, payload: closing(1000) }));
    await this.raw.end();
    return this.closeCode;
  }

  /** Sends a heartbeat that names itself, and waits for it; more than ten a second are not answered. */
  async beats(name: string = randomBytes(8).toString("hex")): Promise<void> {
    const mine = JSON.stringify({ name });
    const isMine = ({ type, metadata }: ReceivedEvent) =>
      type === EVENT.HEARTBEAT && JSON.stringify(metadata?.custom) === mine;
    const send = () => this.write(event(EVENT.HEARTBEAT, {}, { name }));
    send();
    const again = setInterval(send, HEARTBEAT_MS);
    try {
      await this.until(() => this.events.some(isMine) || this.raw.ended, "a heartbeat");
    } finally {
      clearInterval(again);
    }
    if (!this.events.some(isMine)) throw new Error(`closed with ${this.closeCode} instead of a heartbeat`);
  }

  /** The texts of the errors and warnings that came. */
  get complaints(): unknown[] {
    return this.events
      .filter(({ type }) => type === EVENT.SYSTEM_MESSAGE)
      .map(({ payload }) => payload.message);
  }

  [Symbol.dispose](): void {
    this.raw.drop();
  }
}
