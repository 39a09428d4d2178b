import { EVENT, LIMITS } from "@parley/protocol";
import { UUID } from "../audit/envelope.ts";
import type { Check } from "../check.ts";
import { say } from "../conversation.ts";
import { ensure, same } from "../failure.ts";

/** An object so deep: 1 is flat. */
function nested(depth: number): object {
  let object: object = { bottom: true };
  for (let level = 1; level < depth; level++) object = { level: object };
  return object;
}

/** An object that is so many bytes as JSON. */
function sized(bytes: number): object {
  const empty = JSON.stringify({ fill: "" }).length;
  return { fill: "x".repeat(bytes - empty) };
}

const odd: { name: string; title: string; json: string }[] = [
  { name: "proto", title: "a key __proto__", json: '{"__proto__":{"a":1},"constructor":2,"toString":null}' },
  {
    name: "nested",
    title: "objects and arrays in each other",
    json: '{"a":[1,[2,{"b":[]}],{}],"c":{"d":null}}',
  },
  {
    name: "numbers",
    title: "odd numbers",
    json: '{"a":1e308,"b":5e-324,"c":9007199254740991,"d":0.1,"e":-1.0}',
  },
  {
    name: "keys",
    title: "odd keys",
    json: '{"":1,"10":2,"2":3," a b ":4,"\\u0000":5,"é\\n":6,"hasOwnProperty":7}',
  },
  { name: "unicode", title: "any Unicode", json: '{"a":"🍝 ﷽ e\\u0301","b":"\\u2028\\u2029\\ufeff"}' },
  { name: "surrogates", title: "lone surrogates", json: '{"a":"\\ud83d","b":"\\udf5d\\ud83c"}' },
  { name: "empty", title: "nothing", json: "{}" },
  {
    name: "depth",
    title: `a depth of ${LIMITS.customDepth}`,
    json: JSON.stringify(nested(LIMITS.customDepth)),
  },
  { name: "size", title: "16 KB", json: JSON.stringify(sized(LIMITS.customBytes)) },
];

const message = (text: string, more: string): string =>
  `{"type":"${EVENT.USER_MESSAGE}","payload":{"text":${JSON.stringify(text)}}${more}}`;

export const envelope: Check[] = [
  ...odd.map(
    ({ name, title, json }): Check => ({
      id: `3.custom.${name}`,
      title: `metadata.custom is echoed equal after JSON parsing: ${title}`,
      async run(context) {
        const { socket } = await context.connected();
        socket.sendText(message(name, `,"metadata":{"custom":${json}}`));
        const { event } = await socket.waitFor(EVENT.USER_MESSAGE);
        same(event.metadata?.custom, JSON.parse(json), "custom");
      },
    }),
  ),
  {
    id: "3.custom.all-events",
    title: "metadata.custom is echoed with a join, a heartbeat and an end too",
    async run(context) {
      const { socket } = await context.connected();
      for (const type of [EVENT.HEARTBEAT, EVENT.REQUEST_POLY_AGENT_JOIN, EVENT.USER_END_SESSION]) {
        const before = socket.last;
        socket.send(type, {}, { mine: type });
        const { event } = await socket.waitFor(type, { after: before });
        same(event.metadata, { custom: { mine: type } }, `the metadata of ${type}`);
      }
    },
  },
  {
    id: "3.metadata.absent",
    title: "metadata is absent when there was none",
    async run(context) {
      const { socket } = await context.connected();
      const before = socket.last;
      socket.send(EVENT.HEARTBEAT, {});
      socket.send(EVENT.USER_MESSAGE, { text: "bare" });
      for (const type of [EVENT.HEARTBEAT, EVENT.USER_MESSAGE]) {
        const { event } = await socket.waitFor(type, { after: before });
        ensure(!("metadata" in event), `${type} without metadata`, event);
      }
    },
  },
  {
    id: "3.client-fields.ignored",
    title: "id, sequence and timestamp from a client are ignored",
    async run(context) {
      const { socket } = await context.connected();
      const id = crypto.randomUUID();
      const timestamp = "2001-01-01T00:00:00.000Z";
      socket.sendText(message("own fields", `,"id":"${id}","sequence":77,"timestamp":"${timestamp}"`));
      const { event } = await socket.waitFor(EVENT.USER_MESSAGE);
      ensure(event.id !== id && UUID.test(event.id), "an id made by the server", event);
      ensure(event.sequence === 2 && event.timestamp !== timestamp, "the server's own numbers", event);
    },
  },
  {
    id: "3.client-fields.unknown-keys",
    title: "Unknown keys in a payload are ignored and not echoed",
    async run(context) {
      const { socket } = await context.connected();
      socket.send(EVENT.USER_MESSAGE, { text: "keys", message_id: "mine", extra: { a: 1 } });
      const { event } = await socket.waitFor(EVENT.USER_MESSAGE);
      same(Object.keys(event.payload).sort(), ["message_id", "text"], "the keys of the echo's payload");
      ensure(event.payload.message_id !== "mine", "a message_id made by the server", event.payload);
      ensure(!("extra" in event), "no key of the client's", event);
    },
  },
  {
    id: "3.payload.missing",
    title: "payload may be missing where the event needs nothing",
    async run(context) {
      const { socket } = await context.connected();
      for (const type of [EVENT.HEARTBEAT, EVENT.REQUEST_POLY_AGENT_JOIN, EVENT.USER_END_SESSION]) {
        const before = socket.last;
        socket.sendText(JSON.stringify({ type }));
        const { event } = await socket.waitFor(type, { after: before });
        same(event.payload, {}, `the payload of ${type}`);
      }
    },
  },
  {
    id: "3.frames.fragments",
    title: "A frame may come in fragments, cut anywhere, with a ping in between",
    async run(context) {
      const { socket } = await context.connected();
      const bytes = Buffer.from(message("cut 🍝 here", ""));
      // Behind the first byte of the emoji's four.
      const cut = bytes.indexOf(0xf0) + 1;
      socket.sendText(bytes.subarray(0, cut), { fin: false });
      socket.ping();
      socket.sendText(bytes.subarray(cut), { fin: true });
      const { event } = await socket.waitFor(EVENT.USER_MESSAGE);
      same(event.payload.text, "cut 🍝 here", "the text");
    },
  },
  {
    id: "3.receipt.durable",
    title: "An echo is a receipt: what was echoed is replayed, with the same id and sequence",
    async run(context) {
      const { session, socket } = await context.connected();
      const echo = await say(socket, "kept for good");
      socket.break();
      const again = await context.open(session);
      const { event } = await again.waitFor(EVENT.USER_MESSAGE);
      same(event, echo.event, "the echo at its replay");
    },
  },
  {
    id: "3.receipt.gone-socket",
    title: "A frame that was fully received is processed, also when its socket is gone by then",
    async run(context) {
      const { session, socket } = await context.connected();
      await socket.fence();
      const frames = ["last words", "and one more"].map((text) => socket.sendText(message(text, "")));
      await Promise.all(frames);
      socket.break();
      const again = await context.open(session);
      const last = await again.wait("the last message", ({ payload }) => payload.text === "and one more");
      same(last.event.sequence, 3, "its sequence");
    },
  },
];
