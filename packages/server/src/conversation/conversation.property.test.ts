import { EVENT, SYSTEM_MESSAGES } from "@parley/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConversationDriver, message, WAIT_MS } from "../testing/conversation-driver.ts";
import type { KeptCommand } from "./commands.ts";
import { decode, type SequencedEvent } from "./entries.ts";
import { present } from "./present.ts";
import { Replay } from "./replay.ts";
import { fold, freeze, hidesFailure } from "./state.ts";

/** One thing that happens, in any order and at any moment. */
type Step =
  | {
      kind:
        | "join"
        | "end"
        | "abandon"
        | "crash"
        | "join_overdue"
        | "agent_ready"
        | "agent_missing"
        | "hand_over"
        | "hear";
    }
  | { kind: "message"; key: number | null; text: number; throttled: boolean }
  | {
      kind: "say";
      how:
        | "chunk"
        | "message"
        | "last"
        | "done"
        | "fail"
        | "handoff"
        | "elsewhere"
        | "end"
        | "call"
        | "remember";
      late: boolean;
    }
  | { kind: "prompt"; key: number | null; text: number; literal: boolean }
  | { kind: "provider"; how: keyof typeof provided; key: number | null; late: boolean; wait: boolean }
  | { kind: "drain" | "interrupts" | "rules"; on: boolean };

/** What a provider may do, sensible or not where the handoff is. */
const provided = {
  accept: { kind: "accept" },
  queue: { kind: "queue", status: { position: 2 } },
  next: { kind: "queue", status: { position: 1 } },
  join: { kind: "join", person: { id: "p1", name: "Grace", avatarUrl: "" } },
  joinAnother: { kind: "join", person: { id: "p2", name: "Alan", avatarUrl: "" } },
  say: { kind: "message", text: "a person's words" },
  sayAs: { kind: "message", text: "a person's words", person: "p1" },
  note: { kind: "note", text: "for colleagues" },
  transfer: { kind: "transfer", queue: "other" },
  lose: { kind: "transfer", seen: 4 },
  return: { kind: "return" },
  end: { kind: "end" },
  fail: { kind: "fail" },
  timeOut: { kind: "time_out" },
} as const satisfies Record<string, KeptCommand>;
const ways = Object.keys(provided) as (keyof typeof provided)[];

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<Step>({ kind: "join" }) },
    { weight: 3, arbitrary: fc.constant<Step>({ kind: "agent_ready" }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "agent_missing" }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "join_overdue" }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: "hand_over" }) },
    { weight: 1, arbitrary: fc.boolean().map((on): Step => ({ kind: "rules", on })) },
    {
      weight: 14,
      arbitrary: fc.record({
        kind: fc.constant("provider" as const),
        // Most often what leads on: a handoff that always ends at once has no talk in it.
        how: fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom<keyof typeof provided>("join", "say", "transfer") },
          { weight: 2, arbitrary: fc.constantFrom(...ways.filter((way) => way !== "end")) },
          { weight: 1, arbitrary: fc.constantFrom<keyof typeof provided>("return", "transfer", "end") },
        ),
        key: fc.option(fc.integer({ min: 0, max: 3 })),
        late: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
        wait: fc.integer({ min: 0, max: 19 }).map((dice) => dice === 0),
      }),
    },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: "crash" }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: "hear" }) },
    { weight: 1, arbitrary: fc.boolean().map((on): Step => ({ kind: "drain", on })) },
    { weight: 1, arbitrary: fc.boolean().map((on): Step => ({ kind: "interrupts", on })) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("prompt" as const),
        key: fc.option(fc.integer({ min: 0, max: 3 })),
        text: fc.integer({ min: 0, max: 1 }),
        literal: fc.boolean(),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("message" as const),
        key: fc.option(fc.integer({ min: 0, max: 4 })),
        text: fc.integer({ min: 0, max: 2 }),
        throttled: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
      }),
    },
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constant("say" as const),
        how: fc.constantFrom(
          "chunk",
          "chunk",
          "message",
          "last",
          "last",
          "done",
          "fail",
          "handoff",
          "handoff",
          "elsewhere",
          "call",
          "remember",
        ),
        late: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
      }) as fc.Arbitrary<Step>,
    },
    { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: "end" }, { kind: "abandon" }) },
  ),
  // Long runs: most rules matter only after a join, a greeting and some talk.
  { maxLength: 120, size: "max" },
);

/**
 * What anybody would expect of a conversation, told without its rules: what was accepted, and what is owed. Kept beside
 * the real one and compared.
 */
class Model {
  readonly texts: string[] = [];
  readonly #keys = new Map<number, string>();
  isOver = false;
  /** What operators asked for and was taken, by id. */
  readonly prompts = new Map<string, { key: number | null; literal: boolean }>();
  remembered = 0;
  /** How many handoffs operators have asked for. */
  wishes = 0;
  /** The keys of what people have said. */
  readonly said = new Set<number>();
  /** A handoff before the newest. */
  earlierHandoff: string | null = null;
  /** Whether a join was echoed that nothing has undone. */
  joinStands = false;

  /** Whether a message is taken, by key and text alone. */
  takes(key: number | null, text: string): boolean {
    if (this.isOver || (key !== null && this.#keys.has(key))) return false;
    return text !== "";
  }

  /** Whether the key's first message had this text. */
  isSame(key: number | null, text: string): boolean {
    return key !== null && this.#keys.get(key) === text;
  }

  took(key: number | null, text: string): void {
    this.texts.push(text);
    if (key !== null) this.#keys.set(key, text);
  }
}

class Run {
  readonly chat: ConversationDriver;
  readonly model = new Model();
  readonly told: string[] = [];

  constructor(streaming: boolean) {
    this.chat = new ConversationDriver({ streaming });
  }

  step(step: Step): void {
    const { chat } = this;
    chat.now += 7;
    const { handoff } = chat.state;
    this.#act(step);
    if (handoff !== null && handoff.id !== chat.state.handoff?.id) this.model.earlierHandoff = handoff.id;
    expect(freeze(chat.state), "the state is the fold of the rows").toBe(freeze(chat.folded));
  }

  /** Lets everything that is under way come to its end. */
  settle(): void {
    const { chat } = this;
    chat.draining = false;
    this.step({ kind: "crash" });
    for (let i = 0; i < 40 && chat.state.ended === null; i += 1) {
      if (chat.state.speaker === "nobody") this.step({ kind: "join" });
      if (chat.state.speaker === "joining") this.step({ kind: "agent_ready" });
      if (chat.state.speaker === "handoff") this.#provider("fail");
      if (chat.state.speaker === "person") this.#provider("return");
      this.step({ kind: "hear" });
      if (chat.state.turn !== null) this.step({ kind: "say", how: "last", late: false });
    }
  }

  #provider(how: keyof typeof provided): void {
    this.step({ kind: "provider", how, key: null, late: false, wait: false });
  }

  #act(step: Step): void {
    const { chat, model } = this;
    switch (step.kind) {
      case "message": {
        const text = `text ${step.text}`;
        const expected = model.takes(step.key, text);
        const { throttled } = step;
        const custom = step.key === null ? {} : { custom: { local_id: `key ${step.key}` } };
        const echoes = chat.do({ kind: "message", text, throttled, ...custom });
        if (!expected || throttled)
          expect(echoes, "a message that is not new or not taken has no echo").toEqual([]);
        if (!expected && !model.isOver) {
          const outcome = model.isSame(step.key, text) ? "repeat" : "reply";
          expect(chat.effects.map(({ kind }) => kind)).toEqual([outcome]);
        }
        if (echoes.length > 0) model.took(step.key, text);
        break;
      }
      case "say": {
        const turn = (chat.state.turn?.number ?? 0) - (step.late ? 1 : 0);
        const said = this.#say(step.how, turn);
        if (step.late) expect(said, "words of an old turn").toEqual([]);
        break;
      }
      case "join": {
        const stands = model.joinStands;
        const echoes = chat.do({ kind: "join" });
        expect(echoes.length, "a join has one echo while it stands").toBe(stands || model.isOver ? 0 : 1);
        model.joinStands = true;
        break;
      }
      case "agent_missing":
        if (chat.state.speaker === "joining") model.joinStands = false;
        chat.do({ kind: "agent_missing" });
        break;
      case "agent_ready":
        chat.do({ kind: "agent_ready", name: "Ada", avatarUrl: "" });
        break;
      case "hand_over":
        chat.do({ kind: "hand_over", wish: { id: `wish-${model.wishes}`, key: null } });
        model.wishes += 1;
        break;
      case "provider":
        this.#provide(step);
        break;
      case "rules":
        chat.handoffs = {
          ...chat.handoffs,
          asksForPerson: step.on ? (text) => text === "text 0" : null,
          afterFailedTurns: step.on ? 1 : null,
        };
        chat.effects = [];
        break;
      case "crash":
        chat.crash();
        break;
      case "hear":
        if (hidesFailure(chat.state)) this.#hearNow();
        chat.do({ kind: "failure_told" });
        break;
      case "drain":
        chat.draining = step.on;
        chat.effects = [];
        break;
      case "interrupts":
        chat.interrupts = step.on;
        chat.effects = [];
        break;
      case "prompt":
        this.#prompt(step);
        break;
      default:
        chat.do({ kind: step.kind });
    }
    if (chat.events.at(-2)?.type === EVENT.CLIENT_HANDOFF_REQUIRED) model.joinStands = false;
    if (chat.state.ended !== null) model.isOver = true;
  }

  #prompt({ key, text, literal }: Extract<Step, { kind: "prompt" }>): void {
    const { chat, model } = this;
    const words = `prompt ${text}`;
    const id = `p${model.prompts.size + 1}`;
    const isKnown = key !== null && [...model.prompts.values()].some((prompt) => prompt.key === key);
    chat.do({
      kind: "prompt",
      id,
      key: key === null ? null : `${key}`,
      prompt: literal ? null : words,
      text: literal ? words : null,
    });
    const isTaken = chat.rows.some(({ kind, data }) => kind === "prompted" && data.includes(`"id":"${id}"`));
    if (isKnown || model.isOver)
      expect(isTaken, "a key is taken once, and nothing behind the end").toBe(false);
    if (isTaken) model.prompts.set(id, { key, literal });
  }

  #provide({ how, key, late, wait }: Extract<Step, { kind: "provider" }>): void {
    const { chat, model } = this;
    const { handoff } = chat.state;
    const id = late ? (model.earlierHandoff ?? "never") : (handoff?.id ?? "none yet");
    if (wait) {
      chat.now += WAIT_MS;
      chat.do({ kind: "handoff_overdue", handoff: id });
      return;
    }
    const command = provided[how];
    const events = chat.do({ kind: "handoff", handoff: id, key: key === null ? null : `${key}`, command });
    if (late && id !== handoff?.id) expect(events, "a command of an old handoff").toEqual([]);
    for (const event of events) {
      if (event.type !== EVENT.LIVE_AGENT_MESSAGE) continue;
      expect(key === null || !model.said.has(key), "what was said once is not said again").toBe(true);
      if (key !== null) model.said.add(key);
    }
  }

  #say(how: Extract<Step, { kind: "say" }>["how"], turn: number): SequencedEvent[] {
    const { chat } = this;
    const whole = { ...message("words "), turn };
    const commands = {
      chunk: chat.state.streaming ? ([{ kind: "agent_chunk", turn, text: "some " }] as const) : [],
      message: [whole],
      last: [whole, { kind: "agent_done", turn }],
      done: [{ kind: "agent_done", turn }],
      fail: [{ kind: "agent_failed", turn, overloaded: false, spoke: false }],
      handoff: [{ kind: "agent_handoff", turn, handoff: { managed: "server" } }],
      elsewhere: [
        {
          kind: "agent_handoff",
          turn,
          handoff: { managed: "client", reason: "POLICY", queue: "q", route: "r" },
        },
      ],
      end: [{ kind: "agent_end", turn }],
      call: [
        { kind: "agent_note", turn, note: { type: "tool_call", id: "1", name: "clock", arguments: {} } },
        { kind: "agent_note", turn, note: { type: "tool_result", id: "1", result: "noon" } },
      ],
      remember: [
        {
          kind: "agent_note",
          turn,
          note: { type: "memory", values: { times: this.model.remembered + 1 } },
        },
      ],
    } as const;
    if (how === "remember" && chat.state.turn?.number === turn && chat.state.ended === null) {
      this.model.remembered += 1;
    }
    return chat.do(...commands[how]);
  }

  /** A socket has caught up. */
  #hearNow(): void {
    for (const event of present(this.chat.state, this.chat.context)) {
      if (event.type === EVENT.SYSTEM_MESSAGE) this.told.push(event.payload.message);
    }
  }
}

const run = (streaming: boolean, list: readonly Step[]): Run => {
  const done = new Run(streaming);
  for (const step of list) done.step(step);
  return done;
};

/** What a client shows: messages by id, streamed text joined, and the rest in order. */
function view(events: readonly SequencedEvent[]): unknown[] {
  const shown: unknown[] = [];
  const streams = new Map<string, { text: string; complete: boolean }>();
  for (const event of events) {
    if (event.type !== EVENT.POLY_AGENT_MESSAGE_CHUNK) {
      shown.push(event);
      continue;
    }
    const { message_id, text, is_complete } = event.payload;
    let stream = streams.get(message_id);
    if (stream === undefined) {
      stream = { text: "", complete: false };
      streams.set(message_id, stream);
      shown.push(stream);
    }
    stream.text += text;
    stream.complete = is_complete;
  }
  return shown;
}

function replayed(events: readonly SequencedEvent[], cursor: number): SequencedEvent[] {
  const replay = new Replay({ fold: cursor === 0, together: 0 });
  const rest = events.filter(({ sequence }) => sequence > cursor);
  const batches = rest.flatMap((event) =>
    replay.add({ sequence: event.sequence, data: JSON.stringify(event) }),
  );
  return [...batches, ...replay.flush()].flatMap((batch) => batch.events.map((text) => JSON.parse(text)));
}

const property = (check: (run: Run) => void) =>
  fc.assert(
    fc.property(fc.boolean(), steps, (streaming, list) => check(run(streaming, list))),
    { numRuns: 150 },
  );

describe("a conversation under any interleaving", () => {
  it("numbers its events without a hole, and nothing follows the end", () => {
    property(({ chat }) => {
      expect(chat.events.map(({ sequence }) => sequence)).toEqual(chat.events.map((_, i) => i + 1));
      expect(new Set(chat.events.map(({ id }) => id)).size).toBe(chat.events.length);
      const end = chat.types.indexOf("SESSION_END");
      if (end >= 0) expect(end).toBe(chat.events.length - 1);
    });
  });

  it("takes every message once, in order", () => {
    property(({ chat, model }) => {
      const texts = chat.events.flatMap((event) =>
        event.type === EVENT.USER_MESSAGE ? [event.payload.text] : [],
      );
      expect(texts).toEqual(model.texts);
    });
  });

  it("streams one message at a time, with one completing chunk each", () => {
    property((each) => {
      each.settle();
      let open: string | null = null;
      let index = 0;
      const complete = new Set<string>();
      for (const event of each.chat.events) {
        if (event.type !== EVENT.POLY_AGENT_MESSAGE_CHUNK) {
          if (event.type === EVENT.POLY_AGENT_MESSAGE) expect(open).toBeNull();
          continue;
        }
        const { message_id, chunk_index, is_complete } = event.payload;
        expect(open === null || open === message_id).toBe(true);
        expect(complete.has(message_id)).toBe(false);
        index = open === null ? 1 : index + 1;
        expect(chunk_index).toBe(index);
        open = is_complete ? null : message_id;
        if (is_complete) complete.add(message_id);
      }
      expect(open).toBeNull();
    });
  });

  it("answers every message or tells its failure, once everything has come to its end", () => {
    property((each) => {
      each.settle();
      const { state } = each.chat;
      if (state.ended === null) {
        expect(state.turn).toBeNull();
        expect(state.answered).toBe(state.asked);
      }
      // Behind the end nobody is told what the agent's last turn came to.
      if (state.ended !== null) return;
      const failed = each.chat.rows.filter(
        ({ kind, data }) => kind === "turn_ended" && data.includes('"failed"'),
      ).length;
      const { brokeOff, failedBeforeWords, handoffNotStarted } = SYSTEM_MESSAGES;
      const texts: readonly string[] = [brokeOff, failedBeforeWords, handoffNotStarted];
      expect(each.told.filter((text) => texts.includes(text))).toHaveLength(failed);
    });
  });

  it("gives every prompt that was taken its turn, once, and says an operator's words as they are", () => {
    property((each) => {
      each.settle();
      const { chat, model } = each;
      if (chat.state.ended !== null) return;
      const started = chat.rows.flatMap(({ kind, data }) => {
        const turn = kind === "turn_started" ? JSON.parse(data) : { promptId: null };
        return turn.promptId !== null && turn.attempt === 1 ? [turn.promptId] : [];
      });
      expect(started).toEqual([...model.prompts.keys()]);
      const said = view(chat.events).filter((shown) => JSON.stringify(shown).includes('"text":"prompt '));
      expect(said).toHaveLength([...model.prompts.values()].filter(({ literal }) => literal).length);
    });
  });

  it("remembers what the agent last asked to", () => {
    property(({ chat, model }) => {
      expect(chat.state.memory).toEqual(model.remembered === 0 ? {} : { times: model.remembered });
    });
  });

  it("ends every turn but the last before the next begins, or tries it again", () => {
    property(({ chat }) => {
      let running: { number: number } | null = null;
      for (const { kind, data } of chat.rows) {
        const fact = kind.startsWith("turn_") ? JSON.parse(data) : null;
        if (kind === "turn_started") {
          expect(running === null || fact.attempt === 2).toBe(true);
          running = fact;
        }
        if (kind === "turn_ended") {
          expect(fact.number).toBe(running?.number);
          running = null;
        }
      }
    });
  });

  it("starts no turn behind a failure that nobody has heard of", () => {
    property(({ chat }) => {
      let isHidden = false;
      for (const { kind, data } of chat.rows) {
        if (kind === "turn_started") expect(isHidden).toBe(false);
        if (kind === "failure_told") isHidden = false;
        if (kind === "turn_ended" && data.includes('"failed"')) isHidden = true;
      }
    });
  });

  it("greets once, and says nothing of the agent's while the agent is away", () => {
    property(({ chat }) => {
      const greetings = chat.rows.filter(
        ({ kind, data }) =>
          kind === "turn_started" && data.includes('"greeting"') && data.includes('"attempt":1'),
      );
      expect(greetings.length).toBeLessThanOrEqual(1);
      expect(
        chat.rows.some(({ kind, data }) => kind === "turn_started" && data.includes('"attempt":3')),
      ).toBe(false);
      let isThere = false;
      for (const { type } of chat.events) {
        if (type === EVENT.POLY_AGENT_JOINED) isThere = true;
        if (type === EVENT.POLY_AGENT_TRIGGERED_HANDOFF) isThere = false;
        if (type === EVENT.POLY_AGENT_MESSAGE || type === EVENT.POLY_AGENT_MESSAGE_CHUNK)
          expect(isThere).toBe(true);
      }
    });
  });

  it("has one speaker at a time, and hears nobody who has not joined", () => {
    property(({ chat }) => {
      let speaker: string | null = null;
      for (const entry of chat.rows.map(decode)) {
        if (entry.kind === "handoff_joined") {
          expect(speaker).toBeNull();
          speaker = entry.data.person.id;
        } else if (entry.kind === "handoff_transferred" || entry.kind === "handoff_ended") speaker = null;
        if (entry.kind === "turn_started") expect(speaker).toBe("agent");
        if (entry.kind !== "event") continue;
        const { type, payload } = entry.event;
        if (type === EVENT.POLY_AGENT_JOINED) {
          expect(speaker).toBeNull();
          speaker = "agent";
        } else if (type === EVENT.POLY_AGENT_TRIGGERED_HANDOFF) {
          expect(speaker).toBe("agent");
          speaker = null;
        } else if (type === EVENT.POLY_AGENT_MESSAGE || type === EVENT.POLY_AGENT_MESSAGE_CHUNK) {
          expect(speaker).toBe("agent");
        } else if (type === EVENT.LIVE_AGENT_JOINED || type === EVENT.LIVE_AGENT_MESSAGE) {
          expect(speaker).toBe(payload.agent_id);
        }
      }
    });
  });

  it("ends every handoff before the next begins, and says each step of it in the protocol's order", () => {
    property((each) => {
      each.settle();
      let open: string | null = null;
      const ids = new Set<string>();
      for (const entry of each.chat.rows.map(decode)) {
        if (entry.kind === "handoff_requested") {
          expect(open).toBeNull();
          open = entry.data.id;
          expect(ids.has(open)).toBe(false);
          ids.add(open);
        } else if (entry.kind !== "event" && "handoff" in entry.data) {
          expect(entry.data.handoff).toBe(open);
          if (entry.kind === "handoff_ended") open = null;
        }
      }
      expect(open).toBeNull();
      const steps = each.chat.types.filter((type) => /HANDOFF|LIVE_AGENT_JOINED|POLY_AGENT_LEFT/.test(type));
      const told = steps.join(" ").replaceAll(/ ?LIVE_AGENT_JOINED/g, "");
      const client = "POLY_AGENT_TRIGGERED_HANDOFF CLIENT_HANDOFF_REQUIRED POLY_AGENT_LEFT ?";
      const server =
        "POLY_AGENT_TRIGGERED_HANDOFF POLY_AGENT_LEFT ?(HANDOFF_ACCEPTED ?)?(HANDOFF_(FAILED|TIMEOUT) ?)?";
      expect(told).toMatch(new RegExp(`^(${client}|${server})*$`));
    });
  });

  it("has the agent that is back answer what no person has seen, and nothing else", () => {
    property(({ chat }) => {
      const rows = chat.rows.map(decode);
      for (const [at, entry] of rows.entries()) {
        if (entry.kind !== "turn_started" || entry.data.reason !== "returned" || entry.data.attempt > 1)
          continue;
        const before = rows.slice(0, at);
        const joined = before.findLastIndex(({ kind }) => kind === "handoff_joined");
        const requested = before.findLastIndex(({ kind }) => kind === "handoff_requested");
        const moved = before.findLastIndex(
          ({ kind }) => kind === "handoff_transferred" || kind === "handoff_ended",
        );
        const said = (from: number, to = before.length) =>
          before
            .slice(from, to)
            .flatMap((row) =>
              row.kind === "event" && row.event.type === EVENT.USER_MESSAGE ? [row.event.sequence] : [],
            );
        const { answered } = fold(before);
        const { through } = entry.data;
        const isOwed = (sequence: number) => sequence > answered && sequence <= through;
        if (joined > requested) {
          // All that was there when somebody joined has been seen, and what was written behind the last move has not.
          expect(said(0, joined).filter(isOwed)).toEqual([]);
          expect(said(moved).every(isOwed)).toBe(true);
          // What was said to a person who gave the conversation back was said to them.
          const move = before[moved];
          if (move?.kind === "handoff_ended" && move.data.outcome === "returned") {
            expect(said(joined, moved).filter(isOwed)).toEqual([]);
          }
        } else expect(said(requested).every(isOwed)).toBe(true);
      }
    });
  });

  it("gives the journal a record of each handoff that is what the rows say", () => {
    property(({ chat }) => {
      const { handoff } = chat.folded;
      if (handoff !== null) expect(chat.records.get(handoff.id)).toEqual(handoff);
      const ended = chat.rows.filter(({ kind }) => kind === "handoff_ended").length;
      expect([...chat.records.values()].filter(({ endedAt }) => endedAt !== null)).toHaveLength(ended);
    });
  });

  it("gives a client that was cut at any cursor what one has that never was", () => {
    property(({ chat }) => {
      const { events } = chat;
      for (let cursor = 0; cursor <= events.length; cursor += 1) {
        const seen = events.slice(0, cursor);
        expect(view([...seen, ...replayed(events, cursor)])).toEqual(view(events));
      }
    });
  });
});
