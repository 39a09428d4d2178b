import { EVENT, LIMITS } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { ConversationDriver, message } from "../testing/conversation-driver.ts";
import { decode } from "./entries.ts";
import { judgePrompt, PROMPTS, type PromptRequest } from "./prompts.ts";
import { TURN_BYTES } from "./turn.ts";
import { TurnLog } from "./turn-record.ts";

const record = (chat: ConversationDriver) => {
  const log = new TurnLog();
  for (const row of chat.rows) log.add(decode(row));
  return log.records;
};

describe("a user who speaks over the agent", () => {
  const interrupted = (streaming = true) => {
    const chat = new ConversationDriver({ streaming }).joined();
    chat.interrupts = true;
    return chat;
  };

  it("waits by default, and all that waits is answered together", () => {
    const chat = new ConversationDriver().joined();
    chat.say("one");
    const running = chat.state.turn;
    chat.say("two");
    chat.say("three");
    expect(chat.state.turn).toEqual(running);
    chat.answer("First.");
    expect(chat.state.turn).toMatchObject({
      reason: "messages",
      through: chat.state.asked,
      interrupted: null,
    });
  });

  it("gets what waits answered in portions where it is more than a turn may hold, each message once", () => {
    const chat = new ConversationDriver().joined();
    chat.say("one");
    const long = "x".repeat(LIMITS.messageBytes);
    const whole = TURN_BYTES / LIMITS.messageBytes;
    const asked = Array.from({ length: 2 * whole + 1 }, () => chat.say(long)[0]?.sequence);
    chat.answer("First.");
    const answered = [];
    for (let turn = chat.state.turn; turn !== null; turn = chat.state.turn) {
      answered.push(turn.through);
      chat.answer("Next.");
    }
    // The first portion was begun by the message that was being answered.
    expect(answered).toEqual([asked[whole - 2], asked[2 * whole - 2], asked[2 * whole]]);
    expect(chat.state).toMatchObject({ answered: chat.state.asked, portions: [] });
  });

  it("breaks off the open stream, which is completed before the echo; the agent knows what was heard", () => {
    const chat = interrupted();
    chat.say("one");
    const before = chat.state.turn;
    chat.agent({ kind: "agent_chunk", text: "Once upon " });
    const events = chat.say("stop");
    expect(events).toMatchObject([
      { type: EVENT.POLY_AGENT_MESSAGE_CHUNK, payload: { text: "", is_complete: true } },
      { type: EVENT.USER_MESSAGE },
    ]);
    expect(chat.effects.map(({ kind }) => kind)).toEqual(["stop_turn", "run_turn"]);
    const { sequence } = events[0] ?? { sequence: 0 };
    expect(chat.state.turn).toMatchObject({
      number: (before?.number ?? 0) + 1,
      attempt: 1,
      interrupted: { since: before?.since, through: sequence },
    });
    // What was partly answered is dealt with.
    expect(chat.state.answered).toBe(before?.through);
    expect(record(chat).at(-2)).toMatchObject({ outcome: "interrupted" });
    // Words of the turn before that were still under way.
    expect(chat.do({ kind: "agent_chunk", turn: before?.number ?? 0, text: "a time" })).toEqual([]);
  });

  it("gets everything answered where the agent had said nothing yet, with the tools that it had called", () => {
    const chat = interrupted(false);
    chat.say("one");
    const first = chat.state.turn;
    chat.agent({ kind: "agent_note", note: { type: "tool_call", id: "1", name: "pay", arguments: {} } });
    chat.say("two");
    expect(chat.state.answered).toBeLessThan(first?.through ?? 0);
    expect(chat.state.turn).toMatchObject({ from: first?.from, through: chat.state.asked });
    const second = chat.state.turn;
    chat.say("three");
    expect(chat.state.turn).toMatchObject({ from: first?.from, interrupted: second?.interrupted });
    chat.answer("All three.");
    expect(chat.state.answered).toBe(chat.state.asked);
  });

  it("does not break off a greeting, nor a prompted word that nobody has heard yet", () => {
    const chat = new ConversationDriver();
    chat.interrupts = true;
    chat.do({ kind: "join" });
    chat.do({ kind: "agent_ready", name: "Ada", avatarUrl: "" });
    chat.agent({ kind: "agent_chunk", text: "Hello " });
    chat.say("one");
    expect(chat.state.turn).toMatchObject({ reason: "greeting" });
    chat.answer("Hello.");
    chat.answer("One.");
    chat.do({ kind: "prompt", id: "p", key: null, prompt: "shipped", text: null });
    chat.say("two");
    expect(chat.state.turn).toMatchObject({ reason: "prompted" });
    chat.agent({ kind: "agent_chunk", text: "It is " });
    chat.say("three");
    expect(chat.state.turn).toMatchObject({ reason: "messages", through: chat.state.asked });
  });

  it("is known to a second attempt too", () => {
    const chat = interrupted();
    chat.say("one");
    chat.agent({ kind: "agent_chunk", text: "Once " });
    chat.say("two");
    const { interrupted: heard } = chat.state.turn ?? {};
    chat.crash();
    expect(chat.state.turn).toMatchObject({ attempt: 2, interrupted: heard });
  });
});

describe("an operator", () => {
  const ask = (request: Partial<PromptRequest>): PromptRequest => ({
    id: "p1",
    key: null,
    prompt: null,
    text: null,
    ...request,
  });

  it("has the agent speak about something, after what the user has written", () => {
    const chat = new ConversationDriver().joined();
    chat.say("one");
    chat.do({ kind: "prompt", ...ask({ prompt: "The order was shipped." }) });
    chat.say("two");
    chat.answer("One.");
    expect(chat.state.turn).toMatchObject({ reason: "messages" });
    chat.answer("Two.");
    expect(chat.state.turn).toMatchObject({
      reason: "prompted",
      prompt: "The order was shipped.",
      promptId: "p1",
    });
    chat.crash();
    expect(chat.state.turn).toMatchObject({ attempt: 2, prompt: "The order was shipped.", promptId: "p1" });
    chat.answer("It is on its way.");
    expect(chat.state).toMatchObject({ turn: null, prompts: [] });
    expect(record(chat).at(-1)).toMatchObject({ promptId: "p1", outcome: "answered", agent: "Ada" });
  });

  it.each([true, false])(
    "has words of their own said as they are, in one append (streaming: %s)",
    (streaming) => {
      const chat = new ConversationDriver({ streaming }).joined();
      const text = "Your order was shipped. ".repeat(200);
      const events = chat.do({ kind: "prompt", ...ask({ text }) });
      const said = events.flatMap((event) =>
        event.type === EVENT.POLY_AGENT_MESSAGE || event.type === EVENT.POLY_AGENT_MESSAGE_CHUNK
          ? [event]
          : [],
      );
      expect(said.map(({ payload }) => payload.text).join("")).toBe(text);
      expect(new Set(said.map(({ payload }) => payload.message_id)).size).toBe(1);
      if (streaming) {
        expect(said.every(({ payload }) => payload.text.length <= LIMITS.chunkBytes)).toBe(true);
        expect(said.at(-1)).toMatchObject({ payload: { is_complete: true, chunk_index: said.length } });
      } else expect(said).toHaveLength(1);
      expect(chat.effects).toEqual([]);
      expect(chat.state.turn).toBeNull();
      expect(record(chat).at(-1)).toMatchObject({
        agent: null,
        outcome: "answered",
        messageIds: [expect.any(String)],
      });
    },
  );

  it("has their words wait while the agent speaks: messages are not interleaved", () => {
    const chat = new ConversationDriver().joined();
    chat.say("story");
    chat.agent({ kind: "agent_chunk", text: "Once " });
    expect(chat.do({ kind: "prompt", ...ask({ text: "Shipped." }) })).toEqual([]);
    expect(chat.answer("upon a time.").map(({ type }) => type)).toHaveLength(2);
    expect(chat.state.prompts).toEqual([]);
  });

  it("is told the same for the same key, for the session's whole life", () => {
    const chat = new ConversationDriver().joined();
    chat.do({ kind: "prompt", ...ask({ key: "k", text: "Shipped." }) });
    chat.crash();
    expect(judgePrompt(chat.state, ask({ id: "p2", key: "k", text: "Shipped." }))).toEqual({ taken: "p1" });
    expect(judgePrompt(chat.state, ask({ id: "p2", key: "k", prompt: "Shipped." }))).toEqual({
      refusal: "key_conflict",
    });
    expect(judgePrompt(chat.state, ask({ id: "p2", text: "Shipped." }))).toBe("new");
    expect(chat.do({ kind: "prompt", ...ask({ id: "p2", key: "k", text: "Shipped." }) })).toEqual([]);
    chat.do({ kind: "abandon" });
    expect(judgePrompt(chat.state, ask({ id: "p2", key: "k", text: "Shipped." }))).toEqual({ taken: "p1" });
    expect(judgePrompt(chat.state, ask({ id: "p2", text: "Shipped." }))).toEqual({ refusal: "ended" });
  });

  it("is told why not, where nobody has joined, a person is called, or too many wait", () => {
    const chat = new ConversationDriver();
    expect(judgePrompt(chat.state, ask({ text: "x" }))).toEqual({ refusal: "not_joined" });
    chat.do({ kind: "join" });
    expect(judgePrompt(chat.state, ask({ text: "x" }))).toEqual({ refusal: "not_joined" });
    chat.do({ kind: "agent_ready", name: "Ada", avatarUrl: "" });
    for (let i = 0; i < PROMPTS.waiting; i += 1)
      chat.do({ kind: "prompt", ...ask({ id: `${i}`, prompt: "x" }) });
    expect(judgePrompt(chat.state, ask({ text: "x" }))).toEqual({ refusal: "too_many" });
    chat.answer("Hello.");
    expect(judgePrompt(chat.state, ask({ text: "x" }))).toBe("new");
    chat.agent({ kind: "agent_handoff", handoff: { managed: "server" } });
    expect(judgePrompt(chat.state, ask({ text: "x" }))).toEqual({ refusal: "handed_off" });
  });
});

describe("the record of a turn", () => {
  it("is folded from its rows", () => {
    const chat = new ConversationDriver().joined();
    const asked = chat.say("weather?")[0]?.sequence;
    const startedAt = chat.now;
    chat.agent({
      kind: "agent_note",
      note: { type: "tool_call", id: "1", name: "weather", arguments: { city: "Rome" } },
    });
    chat.now += 100;
    chat.crash();
    chat.agent({ kind: "agent_note", note: { type: "tool_call", id: "2", name: "clock", arguments: {} } });
    chat.agent(
      { kind: "agent_note", note: { type: "tool_result", id: "2", result: "noon", failed: true } },
      { kind: "agent_note", note: { type: "usage", inputTokens: 10 } },
      { kind: "agent_note", note: { type: "usage", inputTokens: 5, outputTokens: 2 } },
      { kind: "agent_note", note: { type: "retried", reason: "429" } },
    );
    chat.now += 100;
    chat.agent(message("31 degrees."));
    chat.now += 100;
    chat.agent({ kind: "agent_failed", overloaded: false, spoke: true, cause: "Error: boom" });
    expect(record(chat).slice(1)).toEqual([
      {
        number: 2,
        attempt: 1,
        reason: "messages",
        agent: "Ada",
        promptId: null,
        through: asked,
        startedAt,
        firstWordAt: null,
        endedAt: null,
        outcome: "died",
        failure: null,
        cause: null,
        messageIds: [],
        inputTokens: 0,
        outputTokens: 0,
        tools: [{ id: "1", name: "weather", arguments: { city: "Rome" }, isDone: false }],
        retries: [],
      },
      {
        number: 3,
        attempt: 2,
        reason: "messages",
        agent: "Ada",
        promptId: null,
        through: asked,
        startedAt: startedAt + 100,
        firstWordAt: startedAt + 200,
        endedAt: startedAt + 300,
        outcome: "failed",
        failure: "brokeOff",
        cause: "Error: boom",
        messageIds: [expect.any(String)],
        inputTokens: 15,
        outputTokens: 2,
        tools: [{ id: "2", name: "clock", arguments: {}, result: "noon", failed: true, isDone: true }],
        retries: ["429"],
      },
    ]);
  });

  it("is read of rows of the first release too", () => {
    const old = [
      {
        kind: "turn_started",
        data: { number: 1, attempt: 1, reason: "greeting", since: 1, through: 0, because: null },
      },
      { kind: "turn_ended", data: { number: 1, outcome: "answered" } },
    ];
    const log = new TurnLog();
    for (const [i, { kind, data }] of old.entries()) {
      log.add(decode({ kind, position: i + 4, sequence: null, version: 1, data: JSON.stringify(data) }));
    }
    expect(log.records).toMatchObject([
      { number: 1, agent: null, promptId: null, startedAt: null, endedAt: null, outcome: "answered" },
    ]);
  });
});
