import { EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { short, WAIT_MS } from "../testing/conversation-driver.ts";
import { alan, grace, owed, refusal, talking, waiting } from "../testing/handed-off.ts";
import type { KeptCommand } from "./commands.ts";
import type { Effect } from "./effects.ts";
import { decode } from "./entries.ts";
import { HANDOFF_TEXTS } from "./handoffs.ts";
import { judgeCommand } from "./live.ts";
import { present } from "./present.ts";
import { freeze, owesWork, thaw } from "./state.ts";

const queueStatus = (effects: readonly Effect[]) =>
  effects.flatMap((effect) =>
    effect.kind === "tell_in_order" && effect.event.type === EVENT.HANDOFF_QUEUE_STATUS
      ? [effect.event.payload]
      : [],
  );

describe("a handoff to the server's people", () => {
  it("is accepted, waits, is joined, talked in and ended, in the protocol's order", () => {
    const chat = waiting();
    const events = [
      ...chat.provider({ kind: "accept", queue: "support" }),
      ...chat.provider({
        kind: "queue",
        status: { queue: "support", position: 2, estimatedWaitSeconds: 90 },
      }),
      ...chat.say("still here"),
      ...chat.provider({ kind: "join", person: grace }),
      ...chat.provider({ kind: "message", text: "Hello, I am Grace." }),
      ...chat.say("hi Grace"),
      ...chat.provider({ kind: "end", reason: "Solved" }),
    ];
    expect(short(events)).toEqual([
      "HANDOFF_ACCEPTED",
      "USER_MESSAGE",
      "LIVE_AGENT_JOINED",
      "LIVE_AGENT_MESSAGE",
      "USER_MESSAGE",
      "LIVE_AGENT_LEFT",
      "SESSION_END",
    ]);
    const avatar_url = grace.avatarUrl;
    expect(events.map(({ payload }) => payload)).toMatchObject([
      { queue_name: "support" },
      { text: "still here" },
      { agent: { id: "p1", name: "Grace", avatar_url }, agent_id: "p1", agent_name: "Grace", avatar_url },
      { agent_id: "p1", agent_name: "Grace", avatar_url, text: "Hello, I am Grace.", attachments: [] },
      { text: "hi Grace" },
      { agent_id: "p1", agent_name: "Grace", reason: "Solved" },
      { reason: "REASON_NATURAL_END" },
    ]);
    expect(chat.state.handoff).toMatchObject({
      stage: "ended",
      outcome: "completed",
      reason: "asked",
      summary: "All of it.",
      initiator: "agent",
      person: grace,
      deadline: null,
    });
    expect(chat.rows.filter(({ kind }) => kind === "turn_started")).toHaveLength(2);
  });

  it("is told to be accepted once, whatever the provider says first", () => {
    const chat = waiting();
    expect(short(chat.provider({ kind: "join", person: grace }))).toEqual([
      "HANDOFF_ACCEPTED",
      "LIVE_AGENT_JOINED",
    ]);
    expect(chat.provider({ kind: "accept" })).toEqual([]);
    expect(refusal(chat, { kind: "accept" })).toBeNull();
  });

  it("tells of the queue on change alone, and a socket that has had its replay once", () => {
    const chat = waiting();
    const status = { position: 2, message: "Two before you." };
    chat.provider({ kind: "queue", status });
    const payload = { position_in_queue: 2, display_message: "Two before you." };
    expect(queueStatus(chat.effects)).toEqual([payload]);
    expect(present(chat.state, chat.context)).toMatchObject([{ type: EVENT.HANDOFF_QUEUE_STATUS, payload }]);
    chat.provider({ kind: "queue", status });
    expect(chat.effects).toEqual([]);
    chat.provider({ kind: "queue", status: { position: 1 } });
    expect(queueStatus(chat.effects)).toEqual([{ position_in_queue: 1 }]);
    chat.provider({ kind: "join", person: grace });
    expect(present(chat.state, chat.context)).toEqual([]);
  });

  it("goes on to another queue with one line, and to another person without a second greeting", () => {
    const chat = talking();
    expect(chat.provider({ kind: "transfer", queue: "billing" })).toEqual([]);
    const payload = { queue_name: "billing", display_message: HANDOFF_TEXTS.transferred };
    expect(queueStatus(chat.effects)).toEqual([payload]);
    expect(chat.effects).toContainEqual({ kind: "await_person", until: chat.now + WAIT_MS });
    expect(chat.state).toMatchObject({
      speaker: "handoff",
      handoff: { stage: "queued", queue: "billing", transfers: 1, person: grace },
    });
    expect(refusal(chat, { kind: "message", text: "one more thing" })).toBe("not_joined");
    chat.say("anybody?");
    expect(short(chat.provider({ kind: "join", person: alan }))).toEqual(["LIVE_AGENT_JOINED"]);
    expect(chat.state).toMatchObject({ speaker: "person", handoff: { person: alan } });
    expect(chat.state.answered).toBe(chat.state.asked);
  });

  it("is given back: the agent joins without a LIVE_AGENT_LEFT, and knows who it was and why", () => {
    const chat = talking();
    chat.provider({ kind: "message", text: "I have refunded it." });
    chat.say("thanks");
    const events = chat.provider({ kind: "return", reason: "Refunded; ask for a review." });
    expect(short(events)).toEqual(["POLY_AGENT_JOINED"]);
    expect(chat.state.turn).toMatchObject({
      reason: "returned",
      returned: { outcome: "returned", reason: "Refunded; ask for a review.", person: "Grace" },
    });
    expect(owed(chat)).toEqual([]);
    chat.answer("Glad that this is settled.");
    chat.say("one more");
    expect(chat.state.turn).toMatchObject({ reason: "messages" });
    expect(owed(chat)).toEqual(["one more"]);
  });

  it("answers of the agent's what was written while nobody had joined, and nothing that a person has seen", () => {
    const chat = waiting();
    chat.say("before anybody");
    chat.provider({ kind: "join", person: grace });
    chat.say("to Grace");
    chat.provider({ kind: "transfer" });
    chat.say("to nobody");
    chat.provider({ kind: "fail" });
    expect(owed(chat)).toEqual(["to nobody"]);
    expect(chat.state.turn?.returned).toEqual({
      outcome: "failed",
      reason: HANDOFF_TEXTS.failed,
      person: null,
    });
  });

  it("owes again what a person who was lost had not seen", () => {
    const chat = talking();
    const [seen] = chat.say("seen");
    chat.say("not seen");
    chat.provider({ kind: "transfer", seen: seen?.sequence ?? 0 });
    chat.provider({ kind: "time_out" });
    expect(owed(chat)).toEqual(["not seen"]);
    // Nobody can say that what was seen before was not.
    const other = talking();
    other.say("later");
    other.provider({ kind: "transfer", seen: 0 });
    other.provider({ kind: "fail" });
    expect(owed(other)).toEqual(["later"]);
  });

  it("times out at the queue's limit, and not before", () => {
    const chat = waiting();
    const { id = "", deadline } = chat.state.handoff ?? {};
    expect(chat.effects).toContainEqual({ kind: "await_person", until: deadline });
    chat.now += WAIT_MS - 1;
    expect(chat.do({ kind: "handoff_overdue", handoff: id })).toEqual([]);
    chat.now += 1;
    expect(short(chat.do({ kind: "handoff_overdue", handoff: "another" }))).toEqual([]);
    expect(short(chat.do({ kind: "handoff_overdue", handoff: id }))).toEqual([
      "HANDOFF_TIMEOUT",
      "POLY_AGENT_JOINED",
    ]);
    expect(chat.state.handoff).toMatchObject({ stage: "timed_out", outcomeReason: HANDOFF_TEXTS.timedOut });
  });

  it("does not time out while somebody is there", () => {
    const chat = talking();
    chat.now += WAIT_MS * 2;
    expect(chat.do({ kind: "handoff_overdue", handoff: chat.state.handoff?.id ?? "" })).toEqual([]);
    expect(chat.effects).toEqual([]);
  });

  it.each([
    ["ends", { kind: "end" }, "user_ended"],
    ["is gone for too long", { kind: "abandon" }, "user_abandoned"],
  ] as const)("is over for its provider where the user %s", (_, command, outcome) => {
    for (const [chat, stage] of [
      [waiting(), "cancelled"],
      [talking(), "ended"],
    ] as const) {
      const { id = "" } = chat.state.handoff ?? {};
      chat.do(command);
      expect(chat.state.handoff).toMatchObject({ id, stage, outcome });
      expect(chat.effects).toContainEqual({
        kind: "tell_provider",
        provider: "desk",
        handoff: id,
        news: { kind: "ended", outcome, reason: null },
      });
      expect(short(chat.events).at(-1)).toBe("SESSION_END");
    }
  });

  it("works as often as needed in one session, and an old one's commands do nothing", () => {
    const chat = talking();
    const { id: first = "" } = chat.state.handoff ?? {};
    chat.provider({ kind: "return" });
    chat.answer("Back.");
    chat.say("human again");
    chat.agent({ kind: "agent_handoff", handoff: { managed: "server" } });
    expect(chat.state.handoff?.id).not.toBe(first);
    const late: KeptCommand = { kind: "message", text: "late" };
    expect(chat.do({ kind: "handoff", handoff: first, key: null, command: late })).toEqual([]);
    expect(judgeCommand(chat.state, { handoff: first, key: null, command: late })).toEqual({
      refusal: "over",
    });
    expect(short(chat.provider({ kind: "join", person: alan }))).toContain("LIVE_AGENT_JOINED");
  });

  it("keeps notes for colleagues, and none of it is an event", () => {
    const chat = talking();
    expect(chat.provider({ kind: "note", author: "p1", text: "A regular." })).toEqual([]);
    expect(chat.rows.map(decode).at(-1)).toMatchObject({
      kind: "handoff_noted",
      data: { author: "p1", text: "A regular." },
    });
  });

  it("goes on after a crash where it was: asked again, with its deadline; a talk stays a talk", () => {
    const chat = waiting();
    chat.provider({ kind: "queue", status: { position: 3 } });
    const before = chat.state.handoff;
    chat.crash();
    expect(chat.state.handoff).toEqual(before);
    expect(chat.effects).toEqual([
      { kind: "request_handoff", handoff: before, verified: null },
      { kind: "await_person", until: before?.deadline },
    ]);
    expect(owesWork(chat.state)).toBe(true);
    chat.provider({ kind: "join", person: grace });
    chat.crash();
    expect(chat.state.speaker).toBe("person");
    expect(owesWork(chat.state)).toBe(true);
    expect(short(chat.provider({ kind: "message", text: "Still here." }))).toEqual(["LIVE_AGENT_MESSAGE"]);
  });

  it("is given back by a server that goes down, and the agent goes on after the start", () => {
    const chat = talking();
    chat.draining = true;
    expect(short(chat.provider({ kind: "return" }))).toEqual(["POLY_AGENT_JOINED"]);
    expect(chat.state).toMatchObject({ turn: null, speaker: "agent" });
    expect(owesWork(chat.state)).toBe(true);
    chat.draining = false;
    chat.crash();
    expect(chat.state.turn).toMatchObject({ reason: "returned" });
    expect(owesWork(thaw(freeze(chat.state)))).toBe(true);
  });
});
