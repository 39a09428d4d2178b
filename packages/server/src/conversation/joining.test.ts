import { LIMITS, SYSTEM_MESSAGES } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { ConversationDriver, kinds, short, told } from "../testing/conversation-driver.ts";

describe("joining", () => {
  it("echoes the join, then joins, greets, and answers what was kept", () => {
    const chat = new ConversationDriver({ streaming: false });
    chat.say("anybody there?");
    expect(short(chat.do({ kind: "join" }))).toEqual(["REQUEST_POLY_AGENT_JOIN"]);
    expect(kinds(chat.effects)).toEqual(["build_agent"]);
    expect(short(chat.do({ kind: "agent_ready", name: "Ada", avatarUrl: "" }))).toEqual([
      "POLY_AGENT_JOINED",
    ]);
    expect(chat.state.turn).toMatchObject({ reason: "greeting", number: 1 });
    chat.answer("Hello.");
    expect(chat.state.turn).toMatchObject({ reason: "messages", number: 2, through: 2 });
    chat.answer("Yes.");
    expect(chat.state).toMatchObject({ turn: null, answered: 2 });
  });

  it("greets nobody twice: a second join gets the first one's echo and nothing else", () => {
    const chat = new ConversationDriver();
    const [echo] = chat.do({ kind: "join" });
    for (const moment of ["joining", "joined"]) {
      expect(chat.do({ kind: "join" }), moment).toEqual([]);
      expect(chat.effects, moment).toEqual([{ kind: "repeat", sequence: echo?.sequence }]);
      chat.do({ kind: "agent_ready", name: "Ada", avatarUrl: "" });
    }
  });

  it("is carried out after a crash, without a second echo", () => {
    const chat = new ConversationDriver();
    chat.do({ kind: "join" });
    expect(chat.crash()).toEqual([]);
    expect(kinds(chat.effects)).toEqual(["build_agent"]);
  });

  it("tells of a failure, and waits longer and longer before the next attempt", () => {
    const chat = new ConversationDriver();
    const waits = Array.from({ length: 6 }, () => {
      chat.do({ kind: "join" });
      const at = chat.effects.find((effect) => effect.kind === "build_agent")?.at ?? Number.NaN;
      const wait = Math.max(0, at - chat.now);
      chat.now += wait;
      chat.do({ kind: "agent_missing" });
      expect(told(chat.effects)).toEqual([SYSTEM_MESSAGES.noAgent]);
      return wait;
    });
    expect(waits).toEqual([0, 2_000, 4_000, 8_000, 16_000, 30_000]);
    // A join that succeeds starts the waiting anew.
    chat.do({ kind: "join" });
    chat.do({ kind: "agent_ready", name: "Ada", avatarUrl: "" });
    expect(chat.state.joinFailures.count).toBe(0);
  });

  it("waits no longer for a clock that was set back", () => {
    const chat = new ConversationDriver();
    chat.do({ kind: "join" });
    chat.do({ kind: "agent_missing" });
    chat.now -= 3_600_000;
    chat.do({ kind: "join" });
    expect(chat.effects).toEqual([{ kind: "build_agent", at: chat.now + LIMITS.rejoinFirstMs }]);
  });

  it("reminds a user whose join failed unheard, but not so soon that its client would ask in a circle", () => {
    const chat = new ConversationDriver();
    chat.do({ kind: "join" });
    chat.do({ kind: "agent_missing" });
    chat.say("hello?");
    chat.do({ kind: "join_overdue" });
    expect(chat.effects).toEqual([]);
    chat.now += LIMITS.rejoinFirstMs;
    chat.do({ kind: "join_overdue" });
    expect(told(chat.effects)).toEqual([SYSTEM_MESSAGES.noConversation]);
  });

  it("reminds a user whose messages nobody attends once in a session", () => {
    const chat = new ConversationDriver();
    chat.say("hello?");
    expect(kinds(chat.effects)).toEqual(["await_join"]);
    chat.do({ kind: "join_overdue" });
    expect(told(chat.effects)).toEqual([SYSTEM_MESSAGES.noConversation]);
    chat.crash();
    chat.do({ kind: "join_overdue" });
    expect(chat.effects).toEqual([]);
  });
});
