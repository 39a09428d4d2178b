import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { Conversation } from "./conversation.ts";
import { settled } from "./settled.ts";
import { FakeServer } from "./testing/fake-server.ts";
import { settle } from "./testing/manual-clock.ts";

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
});

async function start(options: object = {}): Promise<Conversation> {
  const conversation = new Conversation({ ...server.options, ...options });
  conversation.start();
  await settle();
  return conversation;
}

const mine = (conversation: Conversation) =>
  conversation
    .getSnapshot()
    .messages.filter(({ author }) => author === "user")
    .map(({ text, state }) => `${text}: ${state}`);
const failure = (conversation: Conversation) => conversation.getSnapshot().messages.at(-1)?.error;

describe("a snapshot", () => {
  it("is the same object until something changes, and tells once for a frame", async () => {
    const conversation = await start();
    const before = conversation.getSnapshot();
    expect(conversation.getSnapshot()).toBe(before);
    let changes = 0;
    conversation.subscribe(() => changes++);
    server.say("EVENT_TYPE_LANGUAGE_CHANGED", { language_code: "de" });
    server.say("EVENT_TYPE_LANGUAGE_CHANGED", { language_code: "fr" });
    await settle();
    expect(changes).toBe(1);
    expect(before.language).toBeNull();
    expect(conversation.getSnapshot()).toMatchObject({
      language: "fr",
      sessionId: "session-1",
      presence: "agent",
    });
  });

  it("stops thinking when the agent gives no sign for 10 s, or the connection is gone", async () => {
    const conversation = await start();
    server.mention("EVENT_TYPE_POLY_AGENT_THINKING");
    expect(conversation.getSnapshot().isThinking).toBe(true);
    await server.clock.advance(9_000);
    server.mention("EVENT_TYPE_POLY_AGENT_THINKING");
    await server.clock.advance(9_900);
    expect(conversation.getSnapshot().isThinking).toBe(true);
    await server.clock.advance(200);
    expect(conversation.getSnapshot().isThinking).toBe(false);
    server.mention("EVENT_TYPE_POLY_AGENT_THINKING");
    server.drop();
    expect(conversation.getSnapshot().isThinking).toBe(false);
  });
});

describe("what is said", () => {
  it("stands there at once, and becomes what the server has", async () => {
    const conversation = await start();
    const id = conversation.send("Hello", { custom: { page: 3 } });
    const [message] = conversation.getSnapshot().messages;
    expect(message).toMatchObject({ id, text: "Hello", custom: { page: 3 } });
    expect(await settled(conversation, id)).toMatchObject({
      id,
      state: "sent",
      custom: { page: 3, local_id: id },
    });
  });

  it("before the start and without a connection goes out in order afterwards, once", async () => {
    const conversation = new Conversation(server.options);
    conversation.send("one");
    conversation.start();
    await settle();
    server.isDown = true;
    server.drop();
    conversation.send("two");
    conversation.send("three");
    expect(mine(conversation)).toEqual(["one: sent", "two: sending", "three: sending"]);
    server.isDown = false;
    await server.clock.advance(30_000);
    expect(mine(conversation)).toEqual(["one: sent", "two: sent", "three: sent"]);
    expect(server.kept).toEqual(["one", "two", "three"]);
  });

  it("is sent again with the same key where the echo is missing, and asks whether the socket lives", async () => {
    const conversation = await start();
    server.swallow = 1;
    conversation.send("one");
    conversation.send("two");
    await server.clock.advance(5_000);
    await settle();
    expect(server.messages).toEqual(["one", "one", "two"]);
    expect(server.count("HEARTBEAT")).toBe(1);
    expect(server.kept).toEqual(["one", "two"]);
    expect(mine(conversation)).toEqual(["one: sent", "two: sent"]);
  });

  it("fails where a living server never confirms it, can be tried again, and holds nothing up", async () => {
    const conversation = await start();
    server.lose = 5;
    const id = conversation.send("one");
    conversation.send("two");
    await server.clock.advance(25_000);
    expect(mine(conversation)).toEqual(["one: failed", "two: sent"]);
    expect(conversation.getSnapshot().messages[0]?.error).toMatchObject({
      code: "unconfirmed",
      retryable: true,
    });
    conversation.retry(id);
    await settle();
    expect(mine(conversation)).toEqual(["two: sent", "one: sent"]);
    expect(new Set(server.received.map(({ metadata }) => metadata?.custom.local_id)).size).toBe(3);
  });

  it("waits and goes out in order where it came too fast", async () => {
    const conversation = await start();
    server.refuseWith = ["Rate limit exceeded", "Rate limit exceeded"];
    conversation.send("one");
    conversation.send("two");
    await server.clock.advance(400);
    expect(server.messages).toEqual(["one"]);
    await server.clock.advance(2_000);
    expect(server.kept).toEqual(["one", "two"]);
    expect(conversation.getSnapshot().notice).toBeNull();
  });

  it("fails with the server's words where it is refused", async () => {
    const conversation = await start();
    server.refuseWith = ["Invalid payload for EVENT_TYPE_USER_MESSAGE: no"];
    conversation.send("one");
    conversation.send("two");
    expect(mine(conversation)).toEqual(["one: failed", "two: sent"]);
    expect(conversation.getSnapshot().messages[0]?.error).toMatchObject({
      code: "message_refused",
      message: "Invalid payload for EVENT_TYPE_USER_MESSAGE: no",
    });
  });

  it("is not blamed for an error that asks to join", async () => {
    const conversation = await start();
    server.refuseWith = ["Error: Conversation not found"];
    conversation.send("one");
    await server.clock.advance(6_000);
    expect(mine(conversation)).toEqual(["one: sent"]);
    expect(conversation.getSnapshot().notice).toBeNull();
  });

  it("is refused here where the server could not take it", async () => {
    const conversation = await start();
    expect(() => conversation.send("")).toThrow(expect.objectContaining({ code: "invalid_message" }));
    expect(() => conversation.send("x", { custom: { a: "y".repeat(17_000) } })).toThrow(/custom/);
    conversation.send("é".repeat(65_537));
    expect(failure(conversation)).toMatchObject({ code: "message_too_large" });
    expect(server.messages).toEqual([]);
  });

  it("gives up a message at which the server closes its socket every time", async () => {
    const conversation = await start({ environment: { ...server.environment, random: () => 0 } });
    server.lose = 9;
    conversation.send("poison");
    for (let round = 0; round < 5; round++) {
      server.drop(1009);
      await server.clock.advance(1_000);
    }
    expect(failure(conversation)).toMatchObject({ code: "message_refused" });
  });

  it("fails where the connection cannot go on, and is tried again with it", async () => {
    const conversation = await start();
    server.isDown = true;
    server.drop();
    conversation.send("one");
    await server.clock.advance(600_000);
    expect(failure(conversation)).toMatchObject({ code: "unreachable" });
    server.isDown = false;
    conversation.send("two");
    await settle();
    expect(mine(conversation)).toEqual(["one: failed", "two: sent"]);
  });
});

describe("a page that is loaded again", () => {
  it("sends what the last one could not, and shows what it could", async () => {
    const first = await start();
    first.send("one");
    server.isDown = true;
    server.drop();
    first.send("two");
    first.stop();
    server.isDown = false;
    const second = await start();
    expect(mine(second)).toEqual(["one: sent", "two: sent"]);
    expect(server.sessions).toBe(1);
    expect(server.storage.load("parley:outbox")).toBeNull();
  });

  it("shows what had failed as failed, and does not send it by itself", async () => {
    const first = await start();
    server.refuseWith = ["No"];
    const id = first.send("one");
    first.stop();
    const second = await start();
    expect(mine(second)).toEqual(["one: failed"]);
    expect(failure(second)).toMatchObject({ code: "message_refused" });
    second.retry(id);
    expect(mine(second)).toEqual(["one: sent"]);
  });

  it("does not say in a new conversation what was written in one that is gone", async () => {
    const first = await start();
    server.isDown = true;
    server.drop();
    first.send("one");
    first.stop();
    server.isDown = false;
    server.isGone = true;
    const second = await start();
    expect(second.getSnapshot().sessionId).toBe("session-2");
    expect(failure(second)).toMatchObject({ code: "session_gone" });
    expect(server.messages).toEqual([]);
  });

  it("leaves another tab's messages in the storage", async () => {
    const [first, second] = [await start(), await start()];
    server.isDown = true;
    server.drop();
    first.send("of the first");
    second.send("of the second");
    expect(JSON.parse(server.storage.load("parley:outbox") ?? "[]")).toHaveLength(2);
    server.isDown = false;
    await server.clock.advance(60_000);
    expect([...server.kept].sort()).toEqual(["of the first", "of the second"]);
    expect(server.storage.load("parley:outbox")).toBeNull();
  });
});

describe("the end", () => {
  it("comes once everything before it was said, also after a reconnect", async () => {
    const conversation = await start();
    server.isDown = true;
    server.drop();
    conversation.send("last words");
    conversation.end();
    expect(conversation.getSnapshot().isEnding).toBe(true);
    server.isDown = false;
    await server.clock.advance(30_000);
    expect(server.kept).toEqual(["last words"]);
    expect(conversation.getSnapshot()).toMatchObject({
      ended: "REASON_USER_END",
      connection: { state: "ended" },
    });
    expect(server.count("USER_END_SESSION")).toBe(1);
    expect(conversation.getSnapshot().isEnding).toBe(false);
    conversation.send("too late");
    expect(failure(conversation)).toMatchObject({ code: "conversation_ended" });
    expect(server.messages).toEqual(["last words"]);
  });

  it("leaves nothing in between", async () => {
    const conversation = await start();
    server.lose = 9;
    conversation.send("one");
    server.say("EVENT_TYPE_SESSION_END", { reason: "REASON_NATURAL_END" });
    expect(mine(conversation)).toEqual(["one: failed"]);
  });

  it("leaves no timer behind", async () => {
    const conversation = await start();
    const begin = () => {
      server.say("EVENT_TYPE_LIVE_AGENT_JOINED", { agent: { id: "1", name: "Sam", avatar_url: "" } });
      server.mention("EVENT_TYPE_POLY_AGENT_THINKING");
      conversation.typing();
    };
    begin();
    server.say("EVENT_TYPE_SESSION_END", { reason: "REASON_NATURAL_END" });
    expect(server.clock.size).toBe(0);
    conversation.restart();
    await settle();
    begin();
    conversation.restart();
    conversation.stop();
    await settle();
    expect(server.clock.size).toBe(0);
  });

  it("is not the end of the page: another conversation begins when asked", async () => {
    const conversation = await start();
    conversation.send("one");
    conversation.end();
    await settle();
    conversation.restart();
    expect(conversation.getSnapshot().messages).toEqual([]);
    await settle();
    expect(conversation.getSnapshot()).toMatchObject({
      sessionId: "session-2",
      ended: null,
      presence: "agent",
    });
  });
});

describe("typing", () => {
  it("is told to a person: when it begins, and when it pauses", async () => {
    const conversation = await start();
    const states = () => server.received.flatMap(({ payload }) => payload.state ?? []);
    conversation.typing();
    expect(states()).toEqual([]);
    server.say("EVENT_TYPE_LIVE_AGENT_JOINED", { agent: { id: "1", name: "Sam", avatar_url: "" } });
    conversation.typing();
    await server.clock.advance(3_000);
    conversation.typing();
    await server.clock.advance(3_900);
    expect(states()).toEqual(["TYPING_STATE_STARTED"]);
    await server.clock.advance(200);
    conversation.typing();
    conversation.send("Hi");
    expect(states()).toEqual([
      "TYPING_STATE_STARTED",
      "TYPING_STATE_STOPPED",
      "TYPING_STATE_STARTED",
      "TYPING_STATE_STOPPED",
    ]);
  });
});

it("asks for the agent when the user writes and nobody is there", async () => {
  const conversation = await start();
  server.say("EVENT_TYPE_CLIENT_HANDOFF_REQUIRED", { reason: "POLICY", queue_name: "q", route: "+1" });
  expect(conversation.getSnapshot()).toMatchObject({ presence: "away", handoff: { route: "+1" } });
  conversation.send("Back?");
  await server.clock.advance(0);
  expect(server.count("REQUEST_POLY_AGENT_JOIN")).toBe(2);
  expect(conversation.getSnapshot()).toMatchObject({ presence: "agent", handoff: null });
});

it("delivers everything once and in order, whatever happens on the way", async () => {
  const happening = fc.oneof(
    { weight: 4, arbitrary: fc.constant("say" as const) },
    { weight: 3, arbitrary: fc.constant("wait" as const) },
    fc.constantFrom(
      "drop",
      "silence",
      "down",
      "up",
      "swallow",
      "lose",
      "fast",
      "reload",
      "refuse",
      "wake",
      "sleep",
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 40 }), async (happenings) => {
      server = new FakeServer();
      let conversation = await start({ maxReconnects: Number.POSITIVE_INFINITY });
      const said: string[] = [];
      for (const one of happenings) {
        if (one === "say") {
          said.push(`${said.length + 1}`);
          conversation.send(said.at(-1) ?? "");
        } else if (one === "wait") await server.clock.advance(1_500);
        else if (one === "drop") server.drop();
        else if (one === "silence") server.silence();
        else if (one === "down" || one === "up") {
          server.isDown = one === "down";
          if (server.isDown) server.drop();
        } else if (one === "swallow") server.swallow = 1;
        else if (one === "lose") server.lose = 1;
        else if (one === "fast") server.refuseWith = ["Rate limit exceeded"];
        else if (one === "refuse") server.refuseUpgrades = 2;
        else if (one === "wake") server.wake();
        else if (one === "sleep") await server.clock.sleep(120_000);
        else {
          conversation.stop();
          conversation = await start({ maxReconnects: Number.POSITIVE_INFINITY });
        }
        await settle();
      }
      server.isDown = false;
      await server.clock.advance(300_000);
      expect(server.kept).toEqual(said);
      expect(mine(conversation)).toEqual(said.map((text) => `${text}: sent`));
      expect(server.sessions).toBe(1);
      conversation.stop();
    }),
    { numRuns: 200 },
  );
});
