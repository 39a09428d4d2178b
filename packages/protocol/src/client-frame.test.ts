import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseClientFrame } from "./client-frame.ts";
import { SYSTEM_MESSAGES } from "./errors.ts";
import { EVENT, SERVER_ONLY_TYPES } from "./event-types.ts";
import { LIMITS } from "./limits.ts";

const frame = (type: unknown, payload?: unknown, metadata?: unknown) =>
  JSON.stringify({ type, payload, metadata });
const say = (text: unknown, metadata?: unknown) => frame(EVENT.USER_MESSAGE, { text }, metadata);

function refusal(text: string): string | null {
  const result = parseClientFrame(text);
  return "refusal" in result ? result.refusal.message : null;
}

function event(text: string) {
  const result = parseClientFrame(text);
  if ("refusal" in result) throw new Error(result.refusal.message);
  return result.event;
}

const nested = (depth: number): object => (depth === 1 ? {} : { inner: nested(depth - 1) });

describe("a frame of a client", () => {
  it.each([
    ["nothing", ""],
    ["no JSON", "{type:"],
    ["a list", "[]"],
    ["null", "null"],
    ["a text", '"EVENT_TYPE_HEARTBEAT"'],
    ["no type", "{}"],
    ["a type that is no text", frame(7)],
    ["an unknown type", frame("EVENT_TYPE_USER_SHOUTS")],
    ["a type without its prefix", frame("USER_MESSAGE", { text: "hi" })],
    ["a name of Object's", frame("__proto__")],
    ["an event of a voice add-on", frame("EVENT_TYPE_USER_DTMF")],
  ])("of %s is unknown", (_, text) => {
    expect(refusal(text)).toBe(SYSTEM_MESSAGES.unknownEvent);
  });

  it.each([...SERVER_ONLY_TYPES])("of the server's own %s is not allowed", (type) => {
    expect(refusal(frame(type, {}))).toBe(`Event type not allowed: ${type}`);
  });

  it.each([
    ["no payload", frame(EVENT.USER_MESSAGE), "text must be a string"],
    ["a number as text", say(7), "text must be a string"],
    ["an empty text", say(""), "text must not be empty"],
    ["a payload that is none", frame(EVENT.USER_MESSAGE, "hi"), "payload must be an object"],
    ["metadata that is none", say("hi", 7), "metadata must be an object"],
    ["custom that is none", say("hi", { custom: "hi" }), "metadata.custom must be an object"],
    ["custom that is a list", say("hi", { custom: [] }), "metadata.custom must be an object"],
    [
      "custom that is too deep",
      say("hi", { custom: nested(LIMITS.customDepth + 1) }),
      "metadata.custom is nested deeper than 32",
    ],
    [
      "custom that is too large",
      say("hi", { custom: { x: "x".repeat(LIMITS.customBytes) } }),
      "metadata.custom exceeds 16384 bytes",
    ],
  ])("with %s says what is wrong", (_, text, problem) => {
    expect(refusal(text)).toBe(`Invalid payload for EVENT_TYPE_USER_MESSAGE: ${problem}`);
  });

  it("with a wrong typing state names the right ones", () => {
    expect(refusal(frame(EVENT.USER_TYPING, { state: "yes" }))).toBe(
      "Invalid payload for EVENT_TYPE_USER_TYPING: state must be one of TYPING_STATE_STARTED, TYPING_STATE_STOPPED",
    );
  });

  it.each([
    ["ASCII", "x", 1],
    ["two bytes", "é", 2],
    ["three bytes", "字", 3],
    ["four bytes", "😀", 4],
  ])("is bounded by the bytes of its text: %s", (_, character, bytes) => {
    const most = character.repeat(Math.floor(LIMITS.messageBytes / bytes));
    expect(event(say(most)).payload).toEqual({ text: most });
    expect(refusal(say(`${most}${character}`))).toBe("Message exceeds 131072 bytes");
  });

  it("may leave out a payload that says nothing", () => {
    for (const type of [EVENT.REQUEST_POLY_AGENT_JOIN, EVENT.USER_END_SESSION, EVENT.HEARTBEAT]) {
      expect(event(frame(type))).toEqual({ type, payload: {} });
      expect(event(frame(type, null))).toEqual({ type, payload: {} });
    }
  });

  it("loses what nobody asked for, and keeps its custom metadata as it is", () => {
    const custom = JSON.parse('{"__proto__":{"x":1},"constructor":null,"deep":[[[]]],"n":1e300}');
    const parsed = event(
      JSON.stringify({
        type: EVENT.USER_MESSAGE,
        id: "mine",
        sequence: 7,
        payload: { text: "hi", shout: true },
        metadata: { custom, other: 1 },
      }),
    );
    expect(parsed.payload).toEqual({ text: "hi" });
    expect(JSON.stringify(parsed.custom)).toBe(JSON.stringify(custom));
  });

  it("takes the deepest and the largest custom that are allowed", () => {
    expect(refusal(say("hi", { custom: nested(LIMITS.customDepth) }))).toBeNull();
    const room = LIMITS.customBytes - '{"x":""}'.length;
    expect(refusal(say("hi", { custom: { x: "x".repeat(room) } }))).toBeNull();
    expect(refusal(say("hi", { custom: { x: "x".repeat(room + 1) } }))).not.toBeNull();
  });

  it("gets its custom metadata back with a refusal", () => {
    expect(parseClientFrame(say("", { custom: { local_id: "a" } }))).toMatchObject({
      refusal: { custom: { local_id: "a" } },
    });
  });

  it("of a million brackets costs no stack", () => {
    const bomb = `{"type":"EVENT_TYPE_HEARTBEAT","metadata":{"custom":{"x":${"[".repeat(400_000)}${"]".repeat(400_000)}}}}`;
    expect(refusal(bomb)).toContain("nested deeper");
  });

  it("of any kind is an event or a refusal from the catalogue", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((object) => JSON.stringify(object)),
        ),
        (text) => {
          const result = parseClientFrame(text);
          expect("event" in result || result.refusal.message === SYSTEM_MESSAGES.unknownEvent).toBe(true);
        },
      ),
    );
  });
});
