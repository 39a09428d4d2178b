import { CLOSE, EVENT, invalidPayload, LIMITS, notAllowed, SYSTEM_MESSAGES } from "@parley/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { endure } from "./endure.ts";
import { event, frame, OPCODE, type Place, RawWebSocket, text } from "./frames.ts";
import { Target } from "./target.ts";

let target: Target;
let place: Place;
beforeAll(async () => {
  target = await Target.start();
});
afterAll(() => target[Symbol.asyncDispose]());
beforeEach(async () => {
  place = await target.place();
});

const MIB = LIMITS.frameBytes;
/** Opened and closed again, as deep as fits in so many bytes. */
const nested = (bytes: number, [open, close]: [string, string] = ["[", "]"]): string => {
  const depth = Math.floor((bytes - 1) / (open.length + close.length));
  return `${open.repeat(depth)}1${close.repeat(depth)}`;
};
const OBJECT: [string, string] = ['{"a":', "}"];
const wrapped = (type: string, rest: string) => `{"type":"${type}",${rest}}`;
const beat = (custom: string) => wrapped(EVENT.HEARTBEAT, `"metadata":{"custom":${custom}}`);
const message = (payload: string) => wrapped(EVENT.USER_MESSAGE, `"payload":${payload}`);
const { unknownEvent, messageTooLarge } = SYSTEM_MESSAGES;
const tooDeep = invalidPayload(
  EVENT.HEARTBEAT,
  `metadata.custom is nested deeper than ${LIMITS.customDepth}`,
);
const tooBig = invalidPayload(EVENT.HEARTBEAT, `metadata.custom exceeds ${LIMITS.customBytes} bytes`);

describe("a frame that is wrong is answered, and the connection stays", () => {
  it.each([
    ["nothing", "", unknownEvent],
    ["half an object", '{"type":', unknownEvent],
    ["an array", "[]", unknownEvent],
    ["a string", '"x"', unknownEvent],
    ["null", "null", unknownEvent],
    ["no type", "{}", unknownEvent],
    ["a type that is a number", '{"type":1}', unknownEvent],
    ["a type that is an array", `{"type":["${EVENT.HEARTBEAT}"]}`, unknownEvent],
    ["a type in lower case", '{"type":"event_type_heartbeat"}', unknownEvent],
    ["a type of the server's", wrapped(EVENT.SESSION_END, '"payload":{}'), notAllowed(EVENT.SESSION_END)],
    ["a batch", wrapped(EVENT.EVENT_BATCH, '"payload":{"events":[]}'), notAllowed(EVENT.EVENT_BATCH)],
    ["a type that every object has", '{"type":"constructor"}', unknownEvent],
    ["a type that is the prototype", '{"type":"__proto__"}', unknownEvent],
    ["a type in the prototype", `{"__proto__":{"type":"${EVENT.HEARTBEAT}"}}`, unknownEvent],
    [
      "a text in the prototype",
      message('{"__proto__":{"text":"x"}}'),
      invalidPayload(EVENT.USER_MESSAGE, "text must be a string"),
    ],
    [
      "a payload that is an array",
      message("[]"),
      invalidPayload(EVENT.USER_MESSAGE, "payload must be an object"),
    ],
    [
      "a text that is an object",
      message('{"text":{}}'),
      invalidPayload(EVENT.USER_MESSAGE, "text must be a string"),
    ],
    [
      "a text that is too long",
      message(`{"text":"${"x".repeat(LIMITS.messageBytes + 1)}"}`),
      messageTooLarge,
    ],
    ["a mebibyte of opening brackets", "[".repeat(MIB), unknownEvent],
    ["a mebibyte of opening objects", '{"a":'.repeat(MIB / 5), unknownEvent],
    ["brackets half a million deep", nested(MIB), unknownEvent],
    ["objects a hundred thousand deep", nested(MIB, OBJECT), unknownEvent],
    ["custom metadata of that depth", beat(`{"a":${nested(MIB - 100)}}`), tooDeep],
    ["custom metadata one deeper than may be", beat(nested(6 * 33 + 1, OBJECT)), tooDeep],
    ["a hundred thousand keys", beat(`{${Array.from({ length: 90_000 }, (_, i) => `"${i}":1`)}}`), tooBig],
    ["a number of a mebibyte", beat(`{"n":${"9".repeat(MIB - 100)}}`), null],
    [
      "payload of any depth, which nobody reads",
      wrapped(EVENT.HEARTBEAT, `"payload":{"a":${nested(MIB - 100)}}`),
      null,
    ],
  ])("%s", async (_, payload, complaint) => {
    using ws = await RawWebSocket.open(target.url, place);
    ws.write(text(payload));
    await ws.beats();
    expect(ws.complaints).toEqual(complaint === null ? [] : [complaint]);
  });

  it("binary, even if it is JSON", async () => {
    using ws = await RawWebSocket.open(target.url, place);
    const payload = JSON.stringify({ type: EVENT.HEARTBEAT });
    ws.write(frame({ opcode: OPCODE.binary, payload }));
    await ws.beats();
    expect(ws.complaints).toEqual([unknownEvent]);
  });
});

it("keys of the prototype are the client's own, and reach nobody else", async () => {
  using ws = await RawWebSocket.open(target.url, place);
  const custom = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
  ws.write(text(beat(custom)));
  await ws.until(() => ws.events.some(({ type }) => type === EVENT.HEARTBEAT), "the echo");
  const echo = ws.events.find(({ type }) => type === EVENT.HEARTBEAT);
  expect(JSON.stringify(echo?.metadata?.custom)).toBe(custom);
  ws.write(event(EVENT.HEARTBEAT));
  const beats = () => ws.events.filter(({ type }) => type === EVENT.HEARTBEAT);
  await ws.until(() => beats().length === 2, "the second echo");
  expect(beats()[1]).not.toHaveProperty("metadata");
});

/** Frames in writes of this size, so that the server reads many at once. */
const POUR_BYTES = 256 * 1_024;
async function pour(ws: RawWebSocket, one: Uint8Array, count: number): Promise<void> {
  const many = Buffer.alloc(one.length * Math.max(1, Math.floor(POUR_BYTES / one.length)), one);
  for (let left = one.length * count; left > 0 && !ws.raw.ended; left -= many.length) {
    await ws.raw.pour(many.subarray(0, left));
  }
}

const say = event(EVENT.USER_MESSAGE, { text: "again" }, { local_id: "one" });
const part = (opcode: number, payload: string, fin = true) => frame({ opcode, payload, fin });

describe("a flood is bounded, and somebody else's conversation goes on", () => {
  it.each([
    ["frames that are no events", text("{}"), 200_000],
    ["heartbeats", event(EVENT.HEARTBEAT), 100_000],
    [
      "heartbeats with all the metadata there may be",
      event(EVENT.HEARTBEAT, {}, { a: "x".repeat(16_000) }),
      10_000,
    ],
    ["joins", event(EVENT.REQUEST_POLY_AGENT_JOIN), 50_000],
    ["messages", event(EVENT.USER_MESSAGE, { text: "another" }), 50_000],
    ["copies of one message", say, 50_000],
    ["large messages", event(EVENT.USER_MESSAGE, { text: "x".repeat(LIMITS.messageBytes) }), 500],
    ["typing", event(EVENT.USER_TYPING, { state: "TYPING_STATE_STARTED" }), 100_000],
    ["the largest frames", frame({ opcode: OPCODE.binary, payload: Buffer.alloc(MIB) }), 200],
    ["bombs of brackets", text(nested(MIB)), 50],
    ["pings", frame({ opcode: OPCODE.ping, payload: "x".repeat(125) }), 200_000],
    ["pongs", frame({ opcode: OPCODE.pong, payload: "x".repeat(125) }), 200_000],
  ])("%s", async (_, one, count) => {
    await endure(target, async () => {
      using ws = await RawWebSocket.open(target.url, place);
      await pour(ws, one, count);
      await ws.beats();
      expect(ws.closeCode).toBeNull();
    });
  });

  it("messages to an agent that would answer each", async () => {
    await endure(target, async () => {
      using ws = await RawWebSocket.open(target.url, place);
      ws.write(event(EVENT.REQUEST_POLY_AGENT_JOIN));
      await ws.until(() => ws.history.some(({ type }) => type === EVENT.POLY_AGENT_MESSAGE), "the greeting");
      const since = performance.now();
      await pour(ws, event(EVENT.USER_MESSAGE, { text: "another" }), 20_000);
      await ws.beats();
      const taken = ws.history.filter(({ type }) => type === EVENT.USER_MESSAGE).length;
      const seconds = (performance.now() - since) / 1_000;
      expect(taken).toBeGreaterThanOrEqual(LIMITS.messageBurst);
      expect(taken).toBeLessThanOrEqual(LIMITS.messageBurst + LIMITS.messageRate * seconds + 1);
    });
  });

  it.each([
    ["pings", frame({ opcode: OPCODE.ping, payload: "x".repeat(125) })],
    ["heartbeats", event(EVENT.HEARTBEAT, {}, { a: "x".repeat(16_000) })],
    ["joins", event(EVENT.REQUEST_POLY_AGENT_JOIN, {}, { a: "x".repeat(16_000) })],
    [
      "copies of one large message",
      event(EVENT.USER_MESSAGE, { text: "x".repeat(100_000) }, { local_id: "one" }),
    ],
  ])("%s from a client that does not read", async (_, one) => {
    await endure(target, async (holdsLittle) => {
      using ws = await RawWebSocket.open(target.url, place);
      await ws.beats();
      ws.raw.socket.pause();
      await pour(ws, one, Math.ceil((100 * MIB) / one.length));
      await holdsLittle();
    });
  });

  it("a message in more fragments than anybody sends is too large", async () => {
    await endure(target, async () => {
      using ws = await RawWebSocket.open(target.url, place);
      ws.write(part(OPCODE.text, "{", false));
      await pour(ws, Buffer.concat([part(OPCODE.continuation, " ", false), part(OPCODE.ping, "")]), 100_000);
      expect(await ws.closed()).toBe(CLOSE.tooLarge);
    });
  });

  it("one in ten thousand, with pings between, is a message", async () => {
    using ws = await RawWebSocket.open(target.url, place);
    const whole = [...JSON.stringify({ type: EVENT.HEARTBEAT }).padEnd(10_000)];
    const fragments = whole.map((character, i) => {
      const opcode = i === 0 ? OPCODE.text : OPCODE.continuation;
      return Buffer.concat([part(opcode, character, i === whole.length - 1), part(OPCODE.ping, "")]);
    });
    ws.write(...fragments);
    await ws.until(() => ws.events.some(({ type }) => type === EVENT.HEARTBEAT), "the echo");
    expect(ws.closeCode).toBeNull();
  });

  it("a frame that never becomes whole, byte by byte, is cut off", async () => {
    await endure(target, async (holdsLittle) => {
      using ws = await RawWebSocket.open(target.url, place);
      ws.raw.socket.setNoDelay(true);
      ws.write(frame({ length: MIB, lengthBytes: 8 }));
      for (let i = 0; i < 100_000 && !ws.raw.ended && ws.closeCode === null; i += 1) {
        ws.write(Buffer.from("x"));
        await new Promise(setImmediate);
      }
      await holdsLittle();
      expect(await ws.closed()).toBe(CLOSE.tooLarge);
    });
  });

  it("a frame that says it is larger than may be is refused before it comes", async () => {
    using ws = await RawWebSocket.open(target.url, place);
    ws.write(frame({ length: MIB + 1, lengthBytes: 8 }));
    expect(await ws.closed()).toBe(CLOSE.tooLarge);
  });
});

it("nothing of all this was an error of the program's", () => {
  expect(target.log.filter((line) => !line.includes('"a socket failed"'))).toEqual([]);
});
