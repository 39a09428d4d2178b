import { EVENT, SYSTEM_MESSAGES } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { ConversationDriver, kinds, message, short, told } from "../testing/conversation-driver.ts";
import { owed, talking, waiting } from "../testing/handed-off.ts";
import { judgeWish } from "./handoffs.ts";

describe("an agent that hands off", () => {
  it("where nobody is: triggered, left, failed, back, and a turn that knows why", () => {
    const chat = new ConversationDriver().joined();
    chat.say("human");
    expect(
      short(chat.agent({ kind: "agent_handoff", handoff: { managed: "server", queue: "desk" } })),
    ).toEqual(["POLY_AGENT_TRIGGERED_HANDOFF", "POLY_AGENT_LEFT"]);
    expect(chat.effects).toContainEqual(
      expect.objectContaining({
        kind: "request_handoff",
        handoff: expect.objectContaining({ queue: "desk" }),
      }),
    );
    chat.say("are you there?");
    expect(chat.state.turn).toBeNull();
    expect(short(chat.provider({ kind: "fail", reason: "Nobody is here." }))).toEqual([
      "HANDOFF_FAILED",
      "POLY_AGENT_JOINED",
    ]);
    expect(chat.state.turn).toMatchObject({
      reason: "returned",
      returned: { outcome: "failed", reason: "Nobody is here.", person: null },
      through: chat.state.asked,
    });
  });

  it("asked for again and again where nobody comes is a failed turn, until the user has said something new", () => {
    const chat = new ConversationDriver({ streaming: false }).joined();
    const human = { kind: "agent_handoff", handoff: { managed: "server" } } as const;
    chat.say("human");
    chat.agent(human);
    chat.provider({ kind: "fail", reason: "Nobody is here." });
    expect(chat.agent(human)).toEqual([]);
    expect(told(chat.effects)).toEqual([SYSTEM_MESSAGES.handoffNotStarted]);
    expect(chat.state).toMatchObject({ speaker: "agent", turn: null });
    chat.do({ kind: "failure_told" });
    chat.say("human, please");
    expect(short(chat.agent(human))).toContain("POLY_AGENT_TRIGGERED_HANDOFF");
  });

  it("leaves to whoever comes next what was written behind the words that led to it", () => {
    const chat = new ConversationDriver({ streaming: false }).joined();
    chat.say("one");
    const human = chat.say("human");
    const later = chat.say("and another thing");
    chat.answer("One.");
    const answered = human[0]?.sequence ?? 0;
    chat.agent({ kind: "agent_handoff", handoff: { managed: "server" }, answered });
    expect(chat.state.answered).toBe(answered);
    chat.provider({ kind: "fail", reason: "Nobody is here." });
    expect(chat.state.turn).toMatchObject({ reason: "returned", through: later[0]?.sequence });
  });

  it("is asked for again after a crash", () => {
    const chat = new ConversationDriver().joined();
    chat.say("human");
    chat.agent({ kind: "agent_handoff", handoff: { managed: "server" } });
    chat.crash();
    expect(kinds(chat.effects)).toEqual(["request_handoff", "await_person"]);
  });

  it("to the client: messages are kept as before a join, and the next join greets nobody but answers", () => {
    const chat = new ConversationDriver().joined();
    chat.say("elsewhere");
    const handoff = { managed: "client", reason: "POLICY", queue: "q", route: "r" } as const;
    expect(short(chat.agent({ kind: "agent_handoff", handoff }))).toEqual([
      "POLY_AGENT_TRIGGERED_HANDOFF",
      "CLIENT_HANDOFF_REQUIRED",
      "POLY_AGENT_LEFT",
    ]);
    chat.say("back again");
    expect(short(chat.do({ kind: "join" }))).toEqual(["REQUEST_POLY_AGENT_JOIN"]);
    chat.do({ kind: "agent_ready", name: "Ada", avatarUrl: "" });
    expect(chat.state.turn).toMatchObject({ reason: "messages", through: chat.state.asked });
  });
});

describe("an operator who wants a person to go on", () => {
  const wish = { id: "h1", key: "k", reason: "an important customer" };

  it("takes the word from the agent in the middle of its answer, and what it has not answered is still owed", () => {
    const chat = new ConversationDriver({ streaming: false }).joined();
    chat.say("one");
    expect(short(chat.do({ kind: "hand_over", wish }))).toEqual([
      "POLY_AGENT_TRIGGERED_HANDOFF",
      "POLY_AGENT_LEFT",
    ]);
    expect(kinds(chat.effects)).toEqual(["stop_turn", "request_handoff", "await_person"]);
    expect(chat.state.handoff).toMatchObject({ id: "h1", initiator: "operator", queue: "support" });
    chat.provider({ kind: "fail" });
    expect(owed(chat)).toEqual(["one"]);
  });

  it("completes an open stream first, and hears nothing more of its turn", () => {
    const chat = new ConversationDriver().joined();
    chat.say("one");
    const turn = chat.state.turn?.number ?? 0;
    chat.agent({ kind: "agent_chunk", text: "Well, " });
    expect(chat.do({ kind: "hand_over", wish })).toMatchObject([
      { type: EVENT.POLY_AGENT_MESSAGE_CHUNK, payload: { text: "", is_complete: true } },
      { type: EVENT.POLY_AGENT_TRIGGERED_HANDOFF },
      { type: EVENT.POLY_AGENT_LEFT },
    ]);
    expect(chat.do({ ...message("more"), turn })).toEqual([]);
    expect(chat.do({ kind: "agent_done", turn })).toEqual([]);
  });

  it.each([
    ["a session that nobody has joined", () => new ConversationDriver(), { refusal: "not_joined" }],
    ["one that is handed off", waiting, { refusal: "handed_off" }],
    ["one with a person", talking, { refusal: "handed_off" }],
  ] as const)("is refused in %s", (_, make, verdict) => {
    const chat = make();
    expect(judgeWish(chat.state, wish)).toEqual(verdict);
    expect(chat.do({ kind: "hand_over", wish })).toEqual([]);
  });

  it("asks twice with one key and is heard once", () => {
    const chat = new ConversationDriver().joined();
    chat.do({ kind: "hand_over", wish });
    expect(judgeWish(chat.state, { ...wish, id: "h2" })).toEqual({ taken: "h1" });
    expect(judgeWish(chat.state, { ...wish, reason: "another" })).toEqual({ refusal: "key_conflict" });
    chat.do({ kind: "end" });
    expect(judgeWish(chat.folded, { ...wish, id: "h3" })).toEqual({ taken: "h1" });
    expect(judgeWish(chat.state, { id: "h4", key: null })).toEqual({ refusal: "ended" });
  });
});

describe("a rule of the connector's", () => {
  it("looks for a person where the user's words ask for one, before the agent reads them", () => {
    const chat = new ConversationDriver({ streaming: false }).joined();
    chat.handoffs = { ...chat.handoffs, asksForPerson: (text) => text.includes("human") };
    expect(short(chat.say("get me a human"))).toEqual([
      "USER_MESSAGE",
      "POLY_AGENT_TRIGGERED_HANDOFF",
      "POLY_AGENT_LEFT",
    ]);
    expect(chat.state.handoff).toMatchObject({ initiator: "rule", reason: "The user asks for a person." });
    expect(short(chat.say("human!"))).toEqual(["USER_MESSAGE"]);
    chat.provider({ kind: "fail" });
    // They were said to the rule; the agent that is back answers them, and the rule does not read them again.
    expect(owed(chat)).toEqual(["get me a human", "human!"]);
    expect(chat.state.turn).toMatchObject({ reason: "returned" });
  });

  it("looks for a person after so many failed turns in a row, and not for a failure to say that nobody came", () => {
    const chat = new ConversationDriver({ streaming: false }).joined();
    chat.handoffs = { ...chat.handoffs, afterFailedTurns: 2 };
    const fail = () => chat.agent({ kind: "agent_failed", overloaded: false, spoke: false });
    const heard = () => chat.do({ kind: "failure_told" });
    chat.say("one");
    expect(fail()).toEqual([]);
    heard();
    chat.say("two");
    chat.answer("Two.");
    chat.say("three");
    fail();
    heard();
    chat.say("four");
    expect(short(fail())).toEqual(["POLY_AGENT_TRIGGERED_HANDOFF", "POLY_AGENT_LEFT"]);
    expect(told(chat.effects)).toEqual([SYSTEM_MESSAGES.failedBeforeWords]);
    chat.handoffs = { ...chat.handoffs, afterFailedTurns: 1 };
    chat.provider({ kind: "fail" });
    expect(chat.state.turn).toBeNull();
    heard();
    expect(chat.state.turn).toMatchObject({ reason: "returned" });
    expect(fail()).toEqual([]);
    expect(chat.state.speaker).toBe("agent");
  });
});
