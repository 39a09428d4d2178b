import { EVENT } from "@parley/protocol";
import type { AgentCommand } from "../conversation/agent-commands.ts";
import type { Command, KeptCommand } from "../conversation/commands.ts";
import { decide } from "../conversation/decide.ts";
import type { Context } from "../conversation/draft.ts";
import type { Effect } from "../conversation/effects.ts";
import type { SequencedEvent } from "../conversation/entries.ts";
import { decode, type EncodedEntry, encode } from "../conversation/entries.ts";
import type { HandoffRecord } from "../conversation/handoff.ts";
import { type HandoffPolicy, NO_HANDOFFS } from "../conversation/handoffs.ts";
import { type Conversation, emptyConversation, fold } from "../conversation/state.ts";

/** How long a user of the driver's waits for a person, milliseconds. */
export const WAIT_MS = 300_000;

/** Drives the rules of a conversation without a session: keeps the rows, and what was to be done. */
export class ConversationDriver {
  now = Date.UTC(2026, 0, 1);
  draining = false;
  interrupts = false;
  /** A queue of five minutes, and no rules. */
  handoffs: HandoffPolicy = { ...NO_HANDOFFS, provider: "desk", queue: "support", waitMs: () => WAIT_MS };
  state: Conversation = emptyConversation();
  readonly rows: EncodedEntry[] = [];
  /** The handoffs, as a journal would keep them beside the rows. */
  readonly records = new Map<string, HandoffRecord>();
  /** The effects of the last command. */
  effects: readonly Effect[] = [];
  #ids = 0;

  /** A session whose first row is there. */
  constructor({ streaming = true }: { streaming?: boolean } = {}) {
    this.do({ kind: "start", streaming, contextId: null });
  }

  get context(): Context {
    const { now, draining, interrupts, handoffs } = this;
    return { now, newId: this.#newId, greeting: "Welcome.", draining, interrupts, handoffs };
  }

  /** Carries out commands as one. @returns the events that came of them */
  do(...commands: Command[]): SequencedEvent[] {
    const { state, entries, effects, handoffs = [] } = decide(this.state, commands, this.context);
    for (const handoff of handoffs) this.records.set(handoff.id, handoff);
    this.state = state;
    this.rows.push(...entries.map(encode));
    this.effects = effects;
    return entries.flatMap((entry) => (entry.kind === "event" ? [entry.event] : []));
  }

  /** The agent of the running turn says something. */
  agent(...commands: DistributiveOmit<AgentCommand, "turn">[]): SequencedEvent[] {
    const turn = this.state.turn?.number ?? 0;
    return this.do(...commands.map((command) => ({ ...command, turn }) as AgentCommand));
  }

  /** An answer of one message. */
  answer(text: string): SequencedEvent[] {
    return this.agent(message(text), { kind: "agent_done" });
  }

  /** Joined and greeted. */
  joined(): this {
    this.do({ kind: "join" });
    this.do({ kind: "agent_ready", name: "Ada", avatarUrl: "" });
    this.answer("Hello.");
    return this;
  }

  /** The provider of the newest handoff does something. */
  provider(command: KeptCommand, key: string | null = null): SequencedEvent[] {
    return this.do({ kind: "handoff", handoff: this.state.handoff?.id ?? "", key, command });
  }

  say(text: string, custom?: object): SequencedEvent[] {
    return this.do({ kind: "message", text, throttled: false, ...(custom && { custom }) });
  }

  /** The process dies: only the rows are left. The next one folds them and goes on. */
  crash(): SequencedEvent[] {
    this.state = this.folded;
    return this.do({ kind: "recover" });
  }

  get folded(): Conversation {
    return fold(this.rows.map(decode));
  }

  get events(): SequencedEvent[] {
    return this.rows.flatMap((row) => (row.kind === "event" ? [JSON.parse(row.data) as SequencedEvent] : []));
  }

  get types(): string[] {
    return this.events.map(({ type }) => type.replace("EVENT_TYPE_", ""));
  }

  readonly #newId = (): string => {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, "0")}`;
  };
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** A whole message of an agent. */
export const message = (
  text: string,
): DistributiveOmit<Extract<AgentCommand, { kind: "agent_message" }>, "turn"> => ({
  kind: "agent_message",
  text,
  attachments: [],
  suggestions: [],
  callActions: [],
});

/** The types of events, without their prefix. */
export const short = (events: readonly { type: string }[]) =>
  events.map(({ type }) => type.replace("EVENT_TYPE_", ""));

/** The kinds of effects. */
export const kinds = (effects: readonly Effect[]) => effects.map(({ kind }) => kind);

/** What the sender, or every socket, reads that is in no journal. */
export const told = (effects: readonly Effect[]) =>
  effects.flatMap((effect) =>
    (effect.kind === "reply" || effect.kind === "tell" || effect.kind === "tell_failure") &&
    effect.event.type === EVENT.SYSTEM_MESSAGE
      ? [effect.event.payload.message]
      : [],
  );
