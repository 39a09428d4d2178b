import { CLIENT_EVENT_TYPES, EVENT, LIMITS } from "@parley/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Chat } from "../support/chat.ts";
import { configuredServer } from "../support/server.ts";
import { Judge } from "./validators.ts";

/** What waits for a person who takes over: no agent of this release brings it about. */
const OF_PEOPLE: readonly string[] = [
  EVENT.HANDOFF_ACCEPTED,
  EVENT.HANDOFF_QUEUE_STATUS,
  EVENT.HANDOFF_TIMEOUT,
  EVENT.LIVE_AGENT_JOINED,
  EVENT.LIVE_AGENT_TYPING,
  EVENT.LIVE_AGENT_MESSAGE,
  EVENT.LIVE_AGENT_LEFT,
];

interface Frame {
  type: string;
  payload: { events?: Frame[] };
}

let server: { url: string } & AsyncDisposable;
const received: Frame[] = [];
const sent: string[] = [];

/** Listens in on a session: whatever its other sockets see. */
async function listenIn({ sessionId, accessToken }: Chat): Promise<() => void> {
  const query = new URLSearchParams({ session_id: sessionId, access_token: accessToken });
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws?${query}`);
  socket.on("message", (data) => received.push(JSON.parse(String(data))));
  await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
  return () => socket.close();
}

beforeAll(async () => {
  server = await configuredServer({
    connectors: [
      {
        id: "demo",
        token: "demo",
        hosts: ["localhost"],
        contextKeys: [{ kid: "k", secret: "s".repeat(32) }],
      },
    ],
  });
  for (const streaming_enabled of [false, true]) {
    const chat = await Chat.create(server.url, { streaming_enabled });
    await chat.connect();
    const leave = await listenIn(chat);
    const say = async (text: string, done: () => boolean) => {
      chat.say(text, { local_id: text, nested: [{ a: null }] });
      await chat.until(done, `what follows "${text}"`);
    };
    const answers = (count: number) => () =>
      chat.messages.filter(({ isComplete }) => isComplete).length >= count;
    await chat.join();
    await say("menu", answers(2));
    await say("call me", () =>
      chat.of(EVENT.POLY_AGENT_MESSAGE).some(({ payload }) => payload.chat_call_actions),
    );
    const before = chat.messages.length;
    await say("en français", answers(before + 1));
    await say("story", answers(before + 2));
    await say("human", () => chat.of(EVENT.POLY_AGENT_JOINED).length === 2);
    await say("fail now", () => chat.of(EVENT.SYSTEM_MESSAGE).length === 1);
    await say("elsewhere", () => chat.of(EVENT.CLIENT_HANDOFF_REQUIRED).length === 1);
    chat.send(EVENT.HEARTBEAT, {}, { n: 1 });
    await chat.until(() => chat.of(EVENT.HEARTBEAT).length === 1, "an echo");
    leave();
    // Folded, and told once what is true right now.
    const replayed = await listenIn(chat);
    chat.send(EVENT.USER_END_SESSION);
    await chat.until(() => chat.closed !== null, "the end");
    replayed();
    received.push(...(chat.seen as unknown as Frame[]));
  }
  const frame = (type: string, payload?: object, metadata?: object) =>
    JSON.stringify({ type, payload, metadata });
  sent.push(
    ...CLIENT_EVENT_TYPES.map((type) =>
      frame(type, { text: "hello", state: "TYPING_STATE_STARTED" }, { custom: { local_id: "a" } }),
    ),
    frame(EVENT.HEARTBEAT),
    frame(EVENT.REQUEST_POLY_AGENT_JOIN, {}, {}),
  );
});

afterAll(() => server[Symbol.asyncDispose]());

describe("what a server really sends", () => {
  const judge = new Judge("server-events.schema.json");
  const alone = () => received.flatMap((frame) => [frame, ...(frame.payload.events ?? [])]);

  it("is what the JSON Schema says, frame by frame", () => {
    expect(received.length).toBeGreaterThan(50);
    for (const frame of received)
      expect(judge.problem(frame), JSON.stringify(frame).slice(0, 500)).toBeNull();
  });

  it("is what the schema of its event says", () => {
    for (const event of alone()) {
      const name = event.type.replace("EVENT_TYPE_", "");
      expect(judge.problem(event, `#/$defs/${name}`), JSON.stringify(event).slice(0, 500)).toBeNull();
    }
  });

  it("is what AsyncAPI says", () => {
    const socket = new Judge("asyncapi.json");
    for (const event of alone()) {
      const name = event.type.replace("EVENT_TYPE_", "");
      const problem = socket.problem(event, `#/components/schemas/server.${name}`);
      expect(problem, JSON.stringify(event).slice(0, 500)).toBeNull();
    }
  });

  it("is every event there is, but for those of people", () => {
    const types = new Set(alone().map(({ type }) => type));
    const all = Object.values(EVENT).filter(
      (type) => type !== EVENT.USER_TYPING && !OF_PEOPLE.includes(type),
    );
    expect([...types].toSorted()).toEqual(all.toSorted());
  });

  it.each([
    ["a sequence on what is transient", { type: EVENT.HEARTBEAT, sequence: 1, payload: {} }],
    ["no sequence on what is journaled", { type: EVENT.POLY_AGENT_LEFT, sequence: null, payload: {} }],
    ["a payload without what it needs", { type: EVENT.SESSION_END, sequence: 1, payload: {} }],
    ["an unknown type", { type: "EVENT_TYPE_NO_SUCH_THING", sequence: 1, payload: {} }],
    [
      "a timestamp in seconds",
      { type: EVENT.POLY_AGENT_LEFT, sequence: 1, payload: {}, timestamp: "2026-01-01T00:00:00Z" },
    ],
    [
      "a sequence beyond 31 bits",
      { type: EVENT.POLY_AGENT_LEFT, sequence: LIMITS.maxSequence + 1, payload: {} },
    ],
  ])("is never %s", (_, part) => {
    const whole = { id: crypto.randomUUID(), timestamp: "2026-01-01T00:00:00.000Z", ...part };
    expect(judge.problem(whole)).not.toBeNull();
  });
});

describe("what a client sends", () => {
  const judge = new Judge("client-events.schema.json");

  it("is what the JSON Schema says", () => {
    for (const frame of sent) expect(judge.problem(JSON.parse(frame)), frame).toBeNull();
  });

  it.each([
    ["an empty text", { type: EVENT.USER_MESSAGE, payload: { text: "" } }],
    ["no payload where one is needed", { type: EVENT.USER_MESSAGE }],
    ["an unknown state", { type: EVENT.USER_TYPING, payload: { state: "MAYBE" } }],
    ["what only a server sends", { type: EVENT.SESSION_END, payload: {} }],
    ["a custom that is no object", { type: EVENT.HEARTBEAT, metadata: { custom: "a" } }],
  ])("is never %s", (_, frame) => {
    expect(judge.problem(frame)).not.toBeNull();
  });
});
