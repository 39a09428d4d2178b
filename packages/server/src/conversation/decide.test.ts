import { EVENT, LIMITS, SYSTEM_MESSAGES } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { ConversationDriver, kinds, message, short, told } from "../testing/conversation-driver.ts";
import { present } from "./present.ts";

describe("messages", () => {
  it("echoes a repeated key with the first echo, across a crash and after the answer", () => {
    const chat = new ConversationDriver().joined();
    const [echo] = chat.say("hi", { local_id: "a" });
    const again = { kind: "repeat", sequence: echo?.sequence };
    expect(chat.say("hi", { local_id: "a" })).toEqual([]);
    expect(chat.effects).toEqual([again]);
    chat.answer("Hi.");
    chat.crash();
    expect(chat.say("hi", { local_id: "a", more: true })).toEqual([]);
    expect(chat.effects).toEqual([again]);
  });

  it.each([
    ["another text", { local_id: "a" }, { local_id: "a" }, "other", "error"],
    ["another field of the same value", { local_id: "a" }, { client_event_id: "a" }, "hi", "new"],
    [
      "local_id before client_event_id",
      { local_id: "a", client_event_id: "b" },
      { client_event_id: "b" },
      "hi",
      "new",
    ],
    ["a number is no key", { local_id: 7 }, { local_id: 7 }, "hi", "new"],
    ["an empty key is no key", { local_id: "" }, { local_id: "" }, "hi", "new"],
    ["a long key is no key", { local_id: "x".repeat(129) }, { local_id: "x".repeat(129) }, "hi", "new"],
    ["the longest key", { local_id: "x".repeat(128) }, { local_id: "x".repeat(128) }, "hi", "repeat"],
    ["a prototype's name", { local_id: "__proto__" }, { local_id: "__proto__" }, "hi", "repeat"],
    ["no key at all", {}, {}, "hi", "new"],
  ])("%s", (_, first, second, text, expected) => {
    const chat = new ConversationDriver().joined();
    chat.say("hi", first);
    const events = chat.say(text, second);
    const outcome = events.length > 0 ? "new" : chat.effects[0]?.kind === "repeat" ? "repeat" : "error";
    expect(outcome).toBe(expected);
    if (expected === "error") {
      expect(told(chat.effects)).toEqual([
        "Invalid payload for EVENT_TYPE_USER_MESSAGE: local_id was used for another text",
      ]);
    }
  });

  it("does not use up the key of a refused message", () => {
    const chat = new ConversationDriver().joined();
    chat.do({ kind: "message", text: "hi", custom: { local_id: "a" }, throttled: true });
    expect(told(chat.effects)).toEqual([SYSTEM_MESSAGES.rateLimited]);
    expect(short(chat.say("hi", { local_id: "a" }))).toEqual(["USER_MESSAGE"]);
  });

  it("still repeats an echo to a client that sends too fast", () => {
    const chat = new ConversationDriver().joined();
    chat.say("hi", { local_id: "a" });
    chat.do({ kind: "message", text: "hi", custom: { local_id: "a" }, throttled: true });
    expect(kinds(chat.effects)).toEqual(["repeat"]);
  });

  it("keeps at most so many messages before a join", () => {
    const chat = new ConversationDriver();
    for (let i = 0; i < LIMITS.keptMessages; i += 1) expect(chat.say(`${i}`)).toHaveLength(1);
    expect(chat.say("one too many")).toEqual([]);
    expect(told(chat.effects)).toEqual([SYSTEM_MESSAGES.rateLimited]);
    chat.do({ kind: "join" });
    chat.do({ kind: "agent_ready", name: "Ada", avatarUrl: "" });
    expect(chat.say("now there is room")).toHaveLength(1);
  });

  it("keeps at most so many bytes before a join", () => {
    const chat = new ConversationDriver();
    expect(chat.say("x".repeat(LIMITS.keptBytes))).toHaveLength(1);
    expect(chat.say("x")).toEqual([]);
  });

  it("answers together what came while the agent spoke", () => {
    const chat = new ConversationDriver({ streaming: false }).joined();
    chat.say("one");
    chat.say("two");
    const three = chat.say("three");
    chat.answer("One.");
    expect(chat.state.turn).toMatchObject({ reason: "messages", through: three[0]?.sequence });
    chat.answer("Two and three.");
    expect(chat.state.turn).toBeNull();
  });
});

describe("streams", () => {
  it("numbers chunks and completes exactly the last", () => {
    const chat = new ConversationDriver().joined();
    chat.say("hi");
    const chunks = [
      ...chat.agent({ kind: "agent_chunk", text: "One " }),
      ...chat.agent({ kind: "agent_chunk", text: "two " }),
      ...chat.answer("three"),
    ].map(({ payload }) => payload);
    expect(chunks).toMatchObject([
      { text: "One ", chunk_index: 1, is_complete: false },
      { text: "two ", chunk_index: 2, is_complete: false },
      { text: "three", chunk_index: 3, is_complete: true },
    ]);
    expect(new Set(chunks.map((chunk) => "message_id" in chunk && chunk.message_id)).size).toBe(1);
  });

  it("sends call actions behind the completing chunk in a message of their own", () => {
    const chat = new ConversationDriver().joined();
    chat.say("call me");
    const callActions = [{ title: "Call", contact_number: "+49" }];
    const events = chat.agent({ ...message("Here:"), callActions }, { kind: "agent_done" });
    expect(events).toMatchObject([
      { type: EVENT.POLY_AGENT_MESSAGE_CHUNK, payload: { is_complete: true, text: "Here:" } },
      {
        type: EVENT.POLY_AGENT_MESSAGE,
        payload: { text: "", attachments: [], chat_call_actions: callActions },
      },
    ]);
  });

  it.each(["agent_failed", "agent_end", "end", "handoff"] as const)(
    "%s completes an open stream first",
    (how) => {
      const chat = new ConversationDriver().joined();
      chat.say("hi");
      chat.agent({ kind: "agent_chunk", text: "I was " });
      const events = {
        agent_failed: () => chat.agent({ kind: "agent_failed", overloaded: false, spoke: true }),
        agent_end: () => chat.agent({ kind: "agent_end" }),
        end: () => chat.do({ kind: "end" }),
        handoff: () => chat.agent({ kind: "agent_handoff", handoff: { managed: "server" } }),
      }[how]();
      expect(events[0]).toMatchObject({
        type: EVENT.POLY_AGENT_MESSAGE_CHUNK,
        payload: { text: "", is_complete: true, chunk_index: 2 },
      });
    },
  );

  it("tells of a language before the words it holds for, and only of a change", () => {
    const chat = new ConversationDriver({ streaming: false }).joined();
    chat.say("en français");
    expect(short(chat.agent({ ...message("Bonjour"), language: "fr-FR" }, { kind: "agent_done" }))).toEqual([
      "LANGUAGE_CHANGED",
      "POLY_AGENT_MESSAGE",
    ]);
    chat.say("encore");
    expect(short(chat.agent({ ...message("Bonjour"), language: "fr-FR" }))).toEqual(["POLY_AGENT_MESSAGE"]);
  });
});

describe("failed turns", () => {
  it.each([
    ["before its first word", false, false, SYSTEM_MESSAGES.failedBeforeWords],
    ["in the middle", true, false, SYSTEM_MESSAGES.brokeOff],
    ["overloaded", false, true, SYSTEM_MESSAGES.overloaded],
    ["overloaded in the middle", true, true, SYSTEM_MESSAGES.overloaded],
  ])("%s", (_, spoke, overloaded, expected) => {
    const chat = new ConversationDriver().joined();
    chat.say("hi");
    chat.agent({ kind: "agent_failed", overloaded, spoke });
    expect(told(chat.effects)).toEqual([expected]);
    expect(chat.state.answered).toBe(chat.state.asked);
  });

  it("in the middle, where an earlier attempt was heard", () => {
    const chat = new ConversationDriver().joined();
    chat.say("hi");
    chat.agent({ kind: "agent_chunk", text: "I " });
    chat.crash();
    chat.agent({ kind: "agent_failed", overloaded: false, spoke: false });
    expect(told(chat.effects)).toEqual([SYSTEM_MESSAGES.brokeOff]);
  });

  it("an empty answer is one, and the next message gets a turn once somebody has heard of it", () => {
    const chat = new ConversationDriver().joined();
    chat.say("one");
    chat.say("two");
    chat.agent({ kind: "agent_done" });
    expect(told(chat.effects)).toEqual([SYSTEM_MESSAGES.failedBeforeWords]);
    expect(chat.state.turn).toBeNull();
    chat.do({ kind: "failure_told" });
    expect(chat.state.turn?.through).toBe(chat.state.asked);
  });

  it("that nobody has heard of hold back the next turn, over crashes and new messages", () => {
    const chat = new ConversationDriver().joined();
    chat.say("one");
    chat.crash();
    chat.say("two");
    chat.crash();
    expect(told(chat.effects)).toEqual([SYSTEM_MESSAGES.failedBeforeWords]);
    chat.crash();
    chat.say("three");
    expect(chat.state.turn).toBeNull();
    const failure = { payload: { message: SYSTEM_MESSAGES.failedBeforeWords } };
    expect(present(chat.state, chat.context)).toMatchObject([failure]);
    chat.do({ kind: "failure_told" });
    expect(chat.state.turn).toMatchObject({ reason: "messages", attempt: 1, through: chat.state.asked });
    chat.do({ kind: "failure_told" });
    expect(chat.rows.filter(({ kind }) => kind === "failure_told")).toHaveLength(1);
  });

  it.each([true, false])("an empty greeting becomes the default greeting (streaming: %s)", (streaming) => {
    const chat = new ConversationDriver({ streaming });
    chat.do({ kind: "join" });
    chat.do({ kind: "agent_ready", name: "Ada", avatarUrl: "" });
    expect(chat.agent({ kind: "agent_done" })).toMatchObject([{ payload: { text: "Welcome." } }]);
  });
});

describe("after a crash", () => {
  it("completes what broke off and asks again, under a new number, at most twice", () => {
    const chat = new ConversationDriver().joined();
    chat.say("story");
    chat.agent({ kind: "agent_chunk", text: "Once upon " });
    const first = chat.state.turn;
    expect(chat.crash()).toMatchObject([{ payload: { text: "", is_complete: true } }]);
    expect(chat.state.turn).toMatchObject({
      attempt: 2,
      said: true,
      since: first?.since,
      through: first?.through,
    });
    expect(chat.state.turn?.number).toBe((first?.number ?? 0) + 1);
    // Words of the first attempt that were still under way.
    expect(chat.do({ kind: "agent_chunk", turn: first?.number ?? 0, text: "a time" })).toEqual([]);
    chat.crash();
    expect(told(chat.effects)).toEqual([SYSTEM_MESSAGES.brokeOff]);
    expect(chat.state.turn).toBeNull();
  });

  it("starts no turn while the server goes down, and the owed one after the start", () => {
    const chat = new ConversationDriver().joined();
    chat.draining = true;
    chat.say("hi");
    expect(chat.state.turn).toBeNull();
    chat.draining = false;
    chat.crash();
    expect(chat.state.turn).toMatchObject({ reason: "messages", attempt: 1 });
  });
});

describe("the end", () => {
  it("by the user: echo and end in one append, and nothing after it", () => {
    const chat = new ConversationDriver().joined();
    expect(short(chat.do({ kind: "end", custom: { why: "done" } }))).toEqual([
      "USER_END_SESSION",
      "SESSION_END",
    ]);
    expect([...chat.say("hello?"), ...chat.do({ kind: "join" }), ...chat.do({ kind: "abandon" })]).toEqual(
      [],
    );
    expect(chat.effects).toEqual([]);
  });

  it.each([
    ["agent_end", "REASON_NATURAL_END"],
    ["abandon", "REASON_USER_ABANDONED"],
  ] as const)("%s gives %s", (kind, reason) => {
    const chat = new ConversationDriver().joined();
    chat.say("goodbye");
    const events = kind === "abandon" ? chat.do({ kind }) : chat.agent({ kind });
    expect(events.at(-1)).toMatchObject({ type: EVENT.SESSION_END, payload: { reason } });
    expect(kinds(chat.effects)).toEqual(["stop_turn"]);
  });
});

describe("verified context", () => {
  it("is replaced by a newer token and not by an older one", () => {
    const chat = new ConversationDriver();
    chat.do({ kind: "context", context: { tier: "gold" }, iat: 100 });
    chat.do({ kind: "context", context: { tier: "none" }, iat: 99 });
    expect(chat.state.context).toEqual({ values: { tier: "gold" }, iat: 100 });
    chat.do({ kind: "context", context: {}, iat: 100 });
    expect(chat.state.context).toEqual({ values: {}, iat: 100 });
  });
});
