import { EVENT } from "@parley/protocol";
import fc from "fast-check";
import { expect } from "vitest";
import type { SequencedEvent } from "../conversation/entries.ts";
import { present } from "../conversation/present.ts";
import { freeze, hidesFailure } from "../conversation/state.ts";
import { ConversationDriver, message, WAIT_MS } from "./conversation-driver.ts";
import { provided, type Step, steps } from "./conversation-steps.ts";

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

/** A conversation that takes steps, beside its model. */
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

/** Checks what holds for a conversation whatever happens in it. */
export const property = (check: (run: Run) => void) =>
  fc.assert(
    fc.property(fc.boolean(), steps, (streaming, list) => check(run(streaming, list))),
    { numRuns: 150 },
  );
