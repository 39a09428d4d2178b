import {
  EVENT,
  invalidPayload,
  LIMITS,
  notAllowed,
  SERVER_ONLY_TYPES,
  SYSTEM_LEVEL,
  SYSTEM_MESSAGES,
} from "@parley/protocol";
import type { Check } from "../check.ts";
import type { WireEvent } from "../client/recording.ts";
import type { Socket } from "../client/socket.ts";
import { errorAfter, say } from "../conversation.ts";
import { ensure, same } from "../failure.ts";

/** Sends a frame and waits for the error, which leaves the connection open. */
async function errorFor(socket: Socket, frame: string | Buffer, binary = false): Promise<WireEvent> {
  const before = socket.last;
  socket.sendText(frame, { binary });
  const { event } = await errorAfter(socket, before);
  same(event.payload.level, SYSTEM_LEVEL.error, "the level of the error");
  same(event.sequence, null, "the sequence of the error");
  await say(socket, "still open");
  return event;
}

const frameOf = (type: string, payload?: unknown, metadata?: unknown): string =>
  JSON.stringify({ type, payload, metadata });

const unknown: { name: string; title: string; frame: string | Buffer; binary?: boolean }[] = [
  { name: "not-json", title: "Not JSON", frame: "hello" },
  { name: "empty", title: "An empty frame", frame: "" },
  { name: "cut-json", title: "JSON that is cut off", frame: '{"type":"EVENT_TYPE_HEARTBEAT"' },
  { name: "null", title: "JSON null", frame: "null" },
  { name: "array", title: "A JSON array", frame: `[${frameOf(EVENT.HEARTBEAT, {})}]` },
  { name: "text", title: "A JSON text", frame: '"EVENT_TYPE_HEARTBEAT"' },
  { name: "no-type", title: "No type", frame: '{"payload":{}}' },
  { name: "type-number", title: "A type that is no text", frame: '{"type":5,"payload":{}}' },
  { name: "type", title: "An unknown type", frame: frameOf("EVENT_TYPE_NO_SUCH_THING", {}) },
  {
    name: "type-prefix",
    title: "A type without its prefix",
    frame: frameOf("USER_MESSAGE", { text: "hello" }),
  },
  { name: "type-case", title: "A type in lower case", frame: frameOf("event_type_heartbeat", {}) },
  { name: "type-inherited", title: "A type that every object has", frame: frameOf("constructor", {}) },
  {
    name: "type-command",
    title: "A type that contains one of the phrases that are commands",
    frame: frameOf("conversation not found", {}),
  },
  { name: "binary", title: "A binary frame", frame: Buffer.from(frameOf(EVENT.HEARTBEAT, {})), binary: true },
];

const MESSAGE = EVENT.USER_MESSAGE;

const invalid: { name: string; title: string; type: string; payload?: unknown; metadata?: unknown }[] = [
  { name: "text-missing", title: "no text", type: MESSAGE, payload: {} },
  { name: "text-empty", title: "an empty text", type: MESSAGE, payload: { text: "" } },
  { name: "text-number", title: "a text that is a number", type: MESSAGE, payload: { text: 5 } },
  { name: "text-null", title: "a text that is null", type: MESSAGE, payload: { text: null } },
  { name: "payload-missing", title: "no payload where one is needed", type: MESSAGE },
  { name: "payload-array", title: "a payload that is an array", type: MESSAGE, payload: ["text"] },
  { name: "payload-text", title: "a payload that is a text", type: MESSAGE, payload: "text" },
  {
    name: "typing-state",
    title: "an unknown state of typing",
    type: EVENT.USER_TYPING,
    payload: { state: "MAYBE" },
  },
  { name: "typing-none", title: "no state of typing", type: EVENT.USER_TYPING, payload: {} },
  {
    name: "metadata-text",
    title: "metadata that is a text",
    type: MESSAGE,
    payload: { text: "a" },
    metadata: "b",
  },
  {
    name: "custom-text",
    title: "a custom that is a text",
    type: MESSAGE,
    payload: { text: "a" },
    metadata: { custom: "b" },
  },
  {
    name: "custom-large",
    title: "a custom above 16 KB",
    type: MESSAGE,
    payload: { text: "a" },
    metadata: { custom: { fill: "x".repeat(LIMITS.customBytes) } },
  },
  {
    name: "custom-deep",
    title: "a custom deeper than 32",
    type: MESSAGE,
    payload: { text: "a" },
    metadata: { custom: JSON.parse(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`) },
  },
];

/** Error replies to one socket are limited, so that the types are spread over several. */
const TYPES_PER_SOCKET = 6;

export const errors: Check[] = [
  ...unknown.map(
    ({ name, title, frame, binary }): Check => ({
      id: `4.error.unknown-${name}`,
      title: `${title}: "${SYSTEM_MESSAGES.unknownEvent}"`,
      async run(context) {
        const { socket } = await context.connected();
        same(
          (await errorFor(socket, frame, binary)).payload.message,
          SYSTEM_MESSAGES.unknownEvent,
          "the error",
        );
      },
    }),
  ),
  ...invalid.map(
    ({ name, title, type, payload, metadata }): Check => ({
      id: `4.error.invalid-${name}`,
      title: `A bad payload or metadata, ${title}: "Invalid payload for ${type}: …"`,
      async run(context) {
        const { socket } = await context.connected();
        const { message } = (await errorFor(socket, frameOf(type, payload, metadata))).payload;
        const start = invalidPayload(type, "");
        ensure(String(message).startsWith(start) && message !== start, `${start}<what is wrong>`, message);
        same(socket.history.length, 2, "sequenced events, the start and what shows that the socket is open");
      },
    }),
  ),
  {
    id: "4.error.sixth-event",
    needs: ["sixthEvent", "departure:sixthEvent=here"],
    title: `The sixth event of the voice add-ons: "${SYSTEM_MESSAGES.unknownEvent}"`,
    async run(context) {
      const { type = "", payload } = context.profile.sixthEvent ?? {};
      const { socket } = await context.connected();
      same(
        (await errorFor(socket, frameOf(type, payload))).payload.message,
        SYSTEM_MESSAGES.unknownEvent,
        "the error",
      );
    },
  },
  {
    id: "4.event.sixth",
    needs: ["sixthEvent", "departure:sixthEvent=documentation"],
    title: "The sixth event of the voice add-ons is taken",
    async run(context) {
      const { type = "", payload } = context.profile.sixthEvent ?? {};
      const { socket } = await context.joined();
      const before = socket.last;
      socket.send(type, payload);
      const fence = await socket.fence();
      const errors = socket.received
        .slice((before?.index ?? -1) + 1, fence.index)
        .filter(({ event }) => event.type === EVENT.SYSTEM_MESSAGE);
      same(
        errors.map(({ event }) => event.payload.message),
        [],
        "errors",
      );
    },
  },
  {
    id: "4.error.not-allowed",
    title: "A type only the server may send: Event type not allowed: EVENT_TYPE_…",
    async run(context) {
      const types = [...SERVER_ONLY_TYPES];
      for (let from = 0; from < types.length; from += TYPES_PER_SOCKET) {
        const { socket } = await context.connected();
        for (const type of types.slice(from, from + TYPES_PER_SOCKET)) {
          same((await errorFor(socket, frameOf(type, {}))).payload.message, notAllowed(type), "the error");
        }
      }
    },
  },
  {
    id: "4.error.custom",
    title: "An error echoes the metadata.custom of the frame it is about",
    async run(context) {
      const { socket } = await context.connected();
      const frames = [
        frameOf("EVENT_TYPE_NO_SUCH_THING", {}, { custom: { mine: 1 } }),
        frameOf(EVENT.SESSION_END, {}, { custom: { mine: 2 } }),
        frameOf(MESSAGE, {}, { custom: { mine: 3 } }),
      ];
      for (const [index, frame] of frames.entries()) {
        const { metadata } = await errorFor(socket, frame);
        same(metadata, { custom: { mine: index + 1 } }, "the metadata of the error");
      }
      const bare = await errorFor(socket, "not JSON");
      ensure(!("metadata" in bare), "no metadata where there was none", bare);
    },
  },
  {
    id: "4.error.sender-alone",
    title: "An error goes to the sender alone",
    async run(context) {
      const { session, socket } = await context.connected();
      const other = await context.open(session);
      await errorFor(socket, "not JSON");
      // All sockets see a message; an error for all would have come before it.
      socket.send(MESSAGE, { text: "fence" });
      await other.waitFor(MESSAGE);
      const told = other.received.filter(({ event }) => event.type === EVENT.SYSTEM_MESSAGE);
      same(told.length, 0, "errors on the other socket");
    },
  },
  {
    id: "4.error.catalogue",
    title: "No error carries text from a client",
    async run(context) {
      const { socket } = await context.connected();
      const phrase = "Unable To Start A Conversation";
      const frames = [
        frameOf(EVENT.USER_TYPING, { state: phrase }),
        frameOf(EVENT.USER_TYPING, { [phrase]: 1 }),
        frameOf(MESSAGE, { text: { [phrase]: phrase } }),
        frameOf(MESSAGE, { text: "a" }, phrase),
        frameOf(`EVENT_TYPE_${phrase}`, {}),
        phrase,
      ];
      for (const frame of frames) {
        const { message } = (await errorFor(socket, frame)).payload;
        ensure(
          !String(message).toLowerCase().includes(phrase.toLowerCase()),
          "an error in the server's own words",
          message,
        );
      }
    },
  },
];
