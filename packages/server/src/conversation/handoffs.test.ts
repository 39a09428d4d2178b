import { EVENT, SYSTEM_MESSAGES } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { ConversationDriver, message, WAIT_MS } from "../testing/conversation-driver.ts";
import type { KeptCommand } from "./commands.ts";
import type { Effect } from "./effects.ts";
import { decode } from "./entries.ts";
import type { Person } from "./handoff.ts";
import { HANDOFF_TEXTS, judgeWish } from "./handoffs.ts";
import { judgeCommand } from "./live.ts";
import { present } from "./present.ts";
import { fold, freeze, owesWork, thaw } from "./state.ts";

const short = (events: readonly { type: string }[]) =>
  events.map(({ type }) => type.replace("EVENT_TYPE_", ""));
const kinds = (effects: readonly Effect[]) => effects.map(({ kind }) => kind);
/** What every socket is told that is in no journal. */
const told = (effects: readonly Effect[]) =>
  effects.flatMap((effect) =>
    (effect.kind === "tell" || effect.kind === "tell_failure") && "message" in effect.event.payload
      ? [effect.event.payload.message]
      : [],
  );
const queueStatus = (effects: readonly Effect[]) =>
  effects.flatMap((effect) =>
    effect.kind === "tell" && effect.event.type === EVENT.HANDOFF_QUEUE_STATUS ? [effect.event.payload] : [],
  );

const grace: Person = { id: "p1", name: "Grace", avatarUrl: "https://example.com/grace.png" };
const alan: Person = { id: "p2", name: "Alan", avatarUrl: "" };

/** A user who has asked for a person, in a session without streaming. */
const waiting = () => {
  const chat = new ConversationDriver({ streaming: false }).joined();
  chat.say("human");
  chat.agent({
    kind: "agent_handoff",
    handoff: { managed: "server", reason: "asked", summary: "All of it." },
  });
  return chat;
};
const talking = () => {
  const chat = waiting();
  chat.provider({ kind: "join", person: grace });
  return chat;
};
const refusal = (chat: ConversationDriver, command: KeptCommand, key: string | null = null) => {
  const verdict = judgeCommand(chat.state, { handoff: chat.state.handoff?.id ?? "", key, command });
  return typeof verdict === "object" && "refusal" in verdict ? verdict.refusal : null;
};
/** Who answered what: the turn's reason and the texts of its messages. */
const owed = ({ events, state }: ConversationDriver) =>
  events.flatMap((event) =>
    event.type === EVENT.USER_MESSAGE &&
    event.sequence > state.answered &&
    event.sequence <= (state.turn?.through ?? 0)
      ? [event.payload.text]
      : [],
  );

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

describe("a provider's command", () => {
  const commands: Record<string, KeptCommand> = {
    accept: { kind: "accept" },
    queue: { kind: "queue", status: { position: 1 } },
    "join of the same": { kind: "join", person: grace },
    "join of another": { kind: "join", person: alan },
    message: { kind: "message", text: "Hello." },
    "message of another": { kind: "message", text: "Hello.", person: "p2" },
    note: { kind: "note", text: "A regular." },
    transfer: { kind: "transfer" },
    "transfer by another": { kind: "transfer", person: "p2" },
    return: { kind: "return" },
    end: { kind: "end" },
    fail: { kind: "fail" },
    time_out: { kind: "time_out" },
  };

  it.each([
    ["nobody has joined", waiting, { message: 1, "message of another": 1, return: 1, end: 1 }, "not_joined"],
    ["somebody has", talking, { queue: 1, time_out: 1 }, "joined"],
    [
      "somebody else has",
      talking,
      { "join of another": 1, "message of another": 1, "transfer by another": 1 },
      "not_yours",
    ],
  ] as const)("where %s", (_, make, refused, why) => {
    for (const [name, command] of Object.entries(commands)) {
      const chat = make();
      const rows = chat.rows.length;
      const expected = Object.hasOwn(refused, name) ? why : null;
      if (expected === null) {
        expect(refusal(chat, command) === why, name).toBe(false);
        continue;
      }
      expect(refusal(chat, command), name).toBe(expected);
      expect(chat.provider(command)).toEqual([]);
      expect(chat.rows.length, `${name} changes nothing`).toBe(rows);
    }
  });

  it("of a key is carried out once, for the session's life, and answered with the same event", () => {
    const chat = talking();
    const hello: KeptCommand = { kind: "message", text: "Hello." };
    const [event] = chat.provider(hello, "d1");
    const id = chat.state.handoff?.id ?? "";
    const again = () => judgeCommand(chat.state, { handoff: id, key: "d1", command: hello });
    const repeat = { sequence: event?.sequence, isRepeat: true };
    expect(again()).toEqual(repeat);
    expect(chat.provider(hello, "d1")).toEqual([]);
    chat.crash();
    expect(again()).toEqual(repeat);
    chat.state = thaw(freeze(chat.state));
    expect(again()).toEqual(repeat);
    chat.provider({ kind: "end" }, "d2");
    expect(again()).toEqual(repeat);
    expect(judgeCommand(chat.state, { handoff: id, key: "d2", command: { kind: "end" } })).toEqual({
      sequence: null,
      isRepeat: true,
    });
    expect(judgeCommand(chat.state, { handoff: id, key: "d1", command: { kind: "end" } })).toEqual({
      refusal: "key_conflict",
    });
    expect(chat.events.filter(({ type }) => type === EVENT.LIVE_AGENT_MESSAGE)).toHaveLength(1);
  });

  it("that was refused has not used up its key", () => {
    const chat = waiting();
    const hello: KeptCommand = { kind: "message", text: "Hello." };
    chat.provider(hello, "d1");
    chat.provider({ kind: "join", person: grace }, "d0");
    expect(short(chat.provider(hello, "d1"))).toEqual(["LIVE_AGENT_MESSAGE"]);
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

describe("rows of earlier releases", () => {
  it("fold: a request without an id, that nobody took and the agent came back from", () => {
    const chat = waiting();
    chat.provider({ kind: "fail", reason: "Nobody." });
    const old = chat.rows.flatMap((row) => {
      if (row.kind === "handoff_ended") return [];
      if (row.kind === "handoff_requested") {
        return [{ ...row, version: 1, data: JSON.stringify({ reason: "asked", queue: null }) }];
      }
      if (row.kind !== "turn_started") return [row];
      const { returned, ...data } = JSON.parse(row.data);
      return [{ ...row, version: 2, data: JSON.stringify({ ...data, because: returned?.reason ?? null }) }];
    });
    const rows = old.map((row, index) => ({ ...row, position: index + 1 }));
    const state = fold(rows.map(decode));
    expect(state.turn).toMatchObject({
      reason: "returned",
      returned: { outcome: "failed", reason: "Nobody.", person: null },
    });
    expect(state.handoff).toMatchObject({ provider: "none", stage: "failed" });
    const before = rows.findIndex(({ data }) => data.includes("HANDOFF_FAILED"));
    const open = fold(rows.slice(0, before).map(decode));
    expect(open).toMatchObject({ speaker: "handoff", handoff: { stage: "requested", reason: "asked" } });
  });
});
