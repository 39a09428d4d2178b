import {
  EVENT,
  type Payloads,
  type ServerEvent,
  type SingleEventType,
  SYSTEM_LEVEL,
  SYSTEM_MESSAGES,
  type TurnFailure,
} from "@parley/protocol";
import type { Effect } from "./effects.ts";
import type { Entry, SequencedEvent } from "./entries.ts";
import type { FactEntry, FactKind, Facts } from "./facts.ts";
import type { HandoffRecord } from "./handoff.ts";
import type { HandoffPolicy } from "./handoffs.ts";
import { type Conversation, evolve } from "./state.ts";

/** What a decision may know of the world. */
export interface Context {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** A fresh UUID. */
  readonly newId: () => string;
  /** What the user reads where the agent's greeting yields nothing. */
  readonly greeting: string;
  /** Whether the user's words break off what the agent is saying. */
  readonly interrupts: boolean;
  readonly handoffs: HandoffPolicy;
  /** The server is going down: no new turn starts, what is owed stays owed. */
  readonly draining: boolean;
}

/** What a command leads to: the rows to append, what to do once they are on disk, and the state behind them. */
export interface Decision {
  readonly state: Conversation;
  readonly entries: readonly Entry[];
  readonly effects: readonly Effect[];
  /** The handoffs that changed, as they are now; undefined where none has. */
  readonly handoffs: readonly HandoffRecord[] | undefined;
}

/** A decision being made: each row moves the state at once, so that the next rule sees it. */
export class Draft {
  #state: Conversation;
  readonly #context: Context;
  readonly #entries: Entry[] = [];
  readonly #effects: Effect[] = [];
  /** By id; made when the first changes, which is rare. */
  #handoffs: Map<string, HandoffRecord> | undefined;

  constructor(state: Conversation, context: Context) {
    this.#state = state;
    this.#context = context;
  }

  get state(): Conversation {
    return this.#state;
  }

  get context(): Context {
    return this.#context;
  }

  get decision(): Decision {
    const handoffs = this.#handoffs && [...this.#handoffs.values()];
    return { state: this.#state, entries: this.#entries, effects: this.#effects, handoffs };
  }

  /** Adds a sequenced event. */
  event<Type extends SingleEventType>(type: Type, payload: Payloads[Type], custom?: object): void {
    const sequence = this.#state.sequence + 1;
    const event = envelope(this.#context, sequence, type, payload, custom) as SequencedEvent;
    this.#add({ kind: "event", position: this.#state.position + 1, event });
  }

  fact<Kind extends FactKind>(kind: Kind, data: Facts[Kind]): void {
    this.#add({ kind, position: this.#state.position + 1, data } as FactEntry);
  }

  effect(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** Tells the sender alone that its event was not taken. */
  refuse(level: "warning" | "error", message: string, custom?: object): void {
    const payload = { level: SYSTEM_LEVEL[level], message };
    this.effect({ kind: "reply", event: transient(this.#context, EVENT.SYSTEM_MESSAGE, payload, custom) });
  }

  /** Tells everybody what is true right now and in no journal. */
  broadcast<Type extends SingleEventType>(type: Type, payload: Payloads[Type]): void {
    this.effect({ kind: "tell", event: transient(this.#context, type, payload) });
  }

  /** Tells everybody what went wrong on the agent's side. */
  tell(message: TurnFailure | "noAgent"): void {
    const payload = { level: SYSTEM_LEVEL.error, message: SYSTEM_MESSAGES[message] };
    const event = transient(this.#context, EVENT.SYSTEM_MESSAGE, payload);
    this.effect({ kind: message === "noAgent" ? "tell" : "tell_failure", event });
  }

  #add(entry: Entry): void {
    const { handoff: before } = this.#state;
    this.#state = evolve(this.#state, entry);
    this.#entries.push(entry);
    const { handoff } = this.#state;
    if (handoff === before || handoff === null) return;
    this.#handoffs ??= new Map();
    this.#handoffs.set(handoff.id, handoff);
  }
}

/** An event that is not in the journal [protocol section 3]. */
export function transient<Type extends SingleEventType>(
  context: Pick<Context, "now" | "newId">,
  type: Type,
  payload: Payloads[Type],
  custom?: object,
): ServerEvent {
  return envelope(context, null, type, payload, custom);
}

function envelope<Type extends SingleEventType>(
  { now, newId }: Pick<Context, "now" | "newId">,
  sequence: number | null,
  type: Type,
  payload: Payloads[Type],
  custom?: object,
): ServerEvent {
  return {
    id: newId(),
    sequence,
    timestamp: timestamp(now),
    type,
    payload,
    ...(custom && { metadata: { custom } }),
  } as ServerEvent;
}

let lastText = "";
let lastMs = Number.NaN;

/** RFC 3339 with three fractional digits; kept for the millisecond, since printing costs more than the rest of an event. */
export function timestamp(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}
