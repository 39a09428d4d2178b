import { CLIENT_EVENT_TYPES, EVENT, LIMITS } from "@parley/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Chat } from "../support/chat.ts";
import { configuredServer } from "../support/server.ts";
import { Judge } from "./validators.ts";

/** The key of a program that takes conversations over. */
const KEY = "a-key-of-those-who-take-over-here";

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

/** The program that takes over does something with the session's open handoff. */
async function takeOver({ sessionId }: Chat, ...commands: object[]): Promise<void> {
  const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
  const list = await fetch(`${server.url}/api/v1/handoffs?session_id=${sessionId}&state=open`, { headers });
  const { handoffs } = (await list.json()) as { handoffs: { handoff_id: string }[] };
  for (const command of commands) {
    const url = `${server.url}/api/v1/handoffs/${handoffs[0]?.handoff_id}/commands`;
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(command) });
    expect(answer.status, JSON.stringify(command)).toBe(200);
  }
}

beforeAll(async () => {
  server = await configuredServer({
    handoff: { provider: "api" },
    operators: [{ id: "people", key: KEY, scopes: ["handoffs:read", "handoffs:answer"] }],
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
    const agentGone = (times: number) => () => chat.of(EVENT.POLY_AGENT_LEFT).length === times;
    const agentBack = (times: number) =>
      chat.until(() => chat.of(EVENT.POLY_AGENT_JOINED).length === times, "the agent's return");
    const join = { type: "join", agent: { id: "p1", name: "Grace" } };
    await say("human", agentGone(1));
    const wait = { type: "queue", position_in_queue: 1, estimated_wait_seconds: 9 };
    await takeOver(chat, { type: "accept", queue_name: "support" }, wait, join);
    await takeOver(chat, { type: "typing", state: "started" }, { type: "message", text: "Hello." });
    await takeOver(chat, { type: "transfer" }, join, { type: "return" });
    await agentBack(2);
    for (const [times, type] of [
      [2, "fail"],
      [3, "time_out"],
    ] as const) {
      await say(`human, please, for the ${times}th time`, agentGone(times));
      await takeOver(chat, { type });
      await agentBack(times + 1);
    }
    await say("fail now", () => chat.of(EVENT.SYSTEM_MESSAGE).length === 1);
    await say("elsewhere", () => chat.of(EVENT.CLIENT_HANDOFF_REQUIRED).length === 1);
    chat.send(EVENT.HEARTBEAT, {}, { n: 1 });
    await chat.until(() => chat.of(EVENT.HEARTBEAT).length === 1, "an echo");
    leave();
    // Folded, and told once what is true right now.
    const replayed = await listenIn(chat);
    if (streaming_enabled) chat.send(EVENT.USER_END_SESSION);
    else {
      await chat.join();
      const triggered = () => chat.of(EVENT.POLY_AGENT_TRIGGERED_HANDOFF).length;
      await say("a human at last", () => triggered() === 5);
      await takeOver(chat, join, { type: "end", reason: "Solved" });
    }
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

  it("is every event there is", () => {
    const types = new Set(alone().map(({ type }) => type));
    const all = Object.values(EVENT).filter((type) => type !== EVENT.USER_TYPING);
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
