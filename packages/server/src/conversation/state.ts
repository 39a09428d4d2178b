import { type EndReason, EVENT, type TurnFailure } from "@parley/protocol";
import type { Entry, SequencedEvent } from "./entries.ts";
import type { ContextValues, FactEntry } from "./facts.ts";
import type { HandoffRecord } from "./handoff.ts";
import { closeUnended, takeHandoffFact } from "./handoff-fold.ts";
import { digest, type KeyedMessage, Keys, messageKey, nameOf } from "./keys.ts";
import type { TakenRequest } from "./operators.ts";
import { type Json, type Prompt, type Return, type RunningTurn, TURN_BYTES } from "./turn.ts";

/** Who has the word. */
export type Speaker =
  /** No agent has joined, or a client-managed handoff took the user elsewhere. */
  | "nobody"
  /** A join was echoed and the agent is being built. */
  | "joining"
  | "agent"
  /** The server looks for a person. */
  | "handoff"
  /** A person has joined. */
  | "person";

/** A command of a provider that was carried out. */
export interface Delivery {
  /** The position of its fact. */
  readonly at: number;
  /** Tells whether a second command of its key is the same one. */
  readonly digest: string;
  /** Of the event that came of it. */
  readonly sequence: number | null;
}

/** The message that is being streamed. */
export interface OpenStream {
  readonly messageId: string;
  /** The index of its last chunk. */
  readonly chunks: number;
}

/** The state of a session: a fold over its list, and nothing else. */
export interface Conversation {
  /** Of the last row. */
  readonly position: number;
  /** Of the last event. */
  readonly sequence: number;
  readonly streaming: boolean;
  readonly speaker: Speaker;
  /** The sequence of the join that stands; null where the next join is a new one. */
  readonly join: number | null;
  /** Attempts at joining that failed since the last that succeeded, and when the last one did. */
  readonly joinFailures: { readonly count: number; readonly lastAt: number };
  /** Whether the user was already told that no conversation was found. */
  readonly hinted: boolean;
  readonly greeted: boolean;
  /** The sequence of the first `POLY_AGENT_JOINED`; 0 before it. */
  readonly firstJoined: number;
  readonly agent: { readonly name: string; readonly avatarUrl: string } | null;
  readonly language: string | null;
  /** The number of the newest turn. */
  readonly turns: number;
  readonly turn: RunningTurn | null;
  readonly stream: OpenStream | null;
  /** How many user messages were taken. */
  readonly messages: number;
  /** The sequence of the last user message. */
  readonly asked: number;
  /** The sequence of the last user message that was answered, or whose failure was told. */
  readonly answered: number;
  /** Where turns over what waits must end, so that none holds more than `TURN_BYTES`: sequences behind `answered`, ascending. */
  readonly portions: readonly number[];
  /** UTF-8 bytes of the texts behind the last of those. */
  readonly portionBytes: number;
  /** What waits for somebody to join. */
  readonly kept: { readonly messages: number; readonly bytes: number };
  /** The keys of user messages, at most `LIMITS.messagesPerSession`. */
  readonly keys: Keys<KeyedMessage>;
  /**
   * The last turn's failure, and the sequence behind which it stands. Until somebody was told of it no turn follows, since
   * what follows would hide it.
   */
  readonly failure: {
    readonly kind: TurnFailure;
    readonly sequence: number;
    readonly isTold: boolean;
  } | null;
  /** Turns that failed since the last that did not. */
  readonly failedTurns: number;
  /** The newest handoff, open or over. */
  readonly handoff: HandoffRecord | null;
  /** The sequence of the last user message when a person last joined: those up to it have been seen. */
  readonly seenByPerson: number;
  /** The agent has the conversation back and has not been asked to go on. */
  readonly returned: Return | null;
  /** The commands of providers that had a key, at most `HANDOFFS.commandsPerSession`. */
  readonly deliveries: Keys<Delivery>;
  /** Handoffs in the session's life that operators have asked for with a key. */
  readonly handoffKeys: readonly TakenRequest[];
  readonly context: { readonly values: ContextValues; readonly iat: number } | null;
  /** What the agent asked to remember; at most `NOTE_BYTES.memory`. */
  readonly memory: Readonly<Record<string, Json>>;
  /** What operators have asked for, and that waits for its turn; at most `PROMPTS.waiting`. */
  readonly prompts: readonly Prompt[];
  /** How many were taken in the session's life; at most `PROMPTS.perSession`. */
  readonly promptCount: number;
  /** Those that had a key. */
  readonly promptKeys: readonly TakenRequest[];
  /** `at`: milliseconds since 1970. */
  readonly ended: { readonly at: number; readonly reason: EndReason } | null;
}

/** A session before its first row. */
export const emptyConversation = (): Conversation => ({
  position: 0,
  sequence: 0,
  streaming: false,
  speaker: "nobody",
  join: null,
  joinFailures: { count: 0, lastAt: 0 },
  hinted: false,
  greeted: false,
  firstJoined: 0,
  agent: null,
  language: null,
  turns: 0,
  turn: null,
  stream: null,
  messages: 0,
  asked: 0,
  answered: 0,
  portions: [],
  portionBytes: 0,
  kept: { messages: 0, bytes: 0 },
  keys: new Keys(),
  failure: null,
  failedTurns: 0,
  handoff: null,
  seenByPerson: 0,
  returned: null,
  deliveries: new Keys(),
  handoffKeys: [],
  context: null,
  memory: {},
  prompts: [],
  promptCount: 0,
  promptKeys: [],
  ended: null,
});

export const fold = (entries: Iterable<Entry>, from: Conversation = emptyConversation()): Conversation => {
  let state = from;
  for (const entry of entries) state = evolve(state, entry);
  return state;
};

/** A state that is being made, and that nobody else has yet. */
export type Next = { -readonly [Key in keyof Conversation]: Conversation[Key] };

/** The state behind one more row. @throws where rows are missing: a list with a hole must not be continued. */
export function evolve(state: Conversation, entry: Entry): Conversation {
  if (entry.position !== state.position + 1) {
    throw new Error(`row ${entry.position} cannot follow row ${state.position}`);
  }
  const next: Next = { ...state, position: entry.position };
  if (entry.kind === "event") takeEvent(next, entry.event);
  else takeFact(next, entry);
  return next;
}

function takeEvent(next: Next, event: SequencedEvent): void {
  next.sequence = event.sequence;
  switch (event.type) {
    case EVENT.SESSION_START:
      next.streaming = event.payload.capabilities.streaming;
      break;
    case EVENT.REQUEST_POLY_AGENT_JOIN:
      next.speaker = "joining";
      next.join = event.sequence;
      break;
    case EVENT.POLY_AGENT_JOINED:
      next.speaker = "agent";
      closeUnended(next, event.timestamp);
      next.firstJoined ||= event.sequence;
      next.agent = { name: event.payload.agent_name, avatarUrl: event.payload.agent_avatar_url };
      next.joinFailures = { count: 0, lastAt: 0 };
      next.kept = { messages: 0, bytes: 0 };
      break;
    case EVENT.USER_MESSAGE:
      takeMessage(next, event.sequence, event.payload.text, event.metadata?.custom);
      break;
    case EVENT.POLY_AGENT_MESSAGE:
      next.turn = spoken(next.turn);
      break;
    case EVENT.POLY_AGENT_MESSAGE_CHUNK: {
      const { message_id, chunk_index, is_complete } = event.payload;
      next.turn = spoken(next.turn);
      next.stream = is_complete ? null : { messageId: message_id, chunks: chunk_index };
      break;
    }
    case EVENT.POLY_AGENT_TRIGGERED_HANDOFF:
      next.speaker = "handoff";
      break;
    case EVENT.CLIENT_HANDOFF_REQUIRED:
      next.speaker = "nobody";
      next.join = null;
      break;
    case EVENT.LANGUAGE_CHANGED:
      next.language = event.payload.language_code;
      break;
    case EVENT.SESSION_END:
      next.turn = null;
      next.ended = { at: Date.parse(event.timestamp), reason: event.payload.reason };
      break;
  }
}

function takeMessage(next: Next, sequence: number, text: string, custom: object | undefined): void {
  const key = messageKey(custom);
  if (key !== null) next.keys.add(nameOf(key), { at: sequence, digest: digest(text) });
  next.messages += 1;
  takePortion(next, Buffer.byteLength(text));
  next.asked = sequence;
  // For the person, who sees it.
  if (next.speaker === "person") next.answered = sequence;
  if (!isUnattended(next)) return;
  const { messages, bytes } = next.kept;
  next.kept = { messages: messages + 1, bytes: bytes + keptBytes(text, custom) };
}

/** One more message, behind `asked`, belongs to the last portion, or begins another. */
function takePortion(next: Next, bytes: number): void {
  const waits = next.asked > next.answered;
  if (!waits && next.portions.length > 0) next.portions = [];
  const isFull = waits && next.portionBytes + bytes > TURN_BYTES;
  if (isFull) next.portions = [...next.portions, next.asked];
  next.portionBytes = waits && !isFull ? next.portionBytes + bytes : bytes;
}

function takeFact(next: Next, fact: FactEntry): void {
  switch (fact.kind) {
    case "turn_started": {
      const { agent: _, at: __, ...turn } = fact.data;
      next.turns = turn.number;
      next.turn = { ...turn, said: turn.attempt > 1 && next.turn?.said === true };
      next.prompts = next.prompts.filter(({ id }) => id !== turn.promptId);
      next.greeted ||= turn.reason === "greeting";
      if (turn.reason === "returned") next.returned = null;
      next.failure = null;
      break;
    }
    case "turn_ended": {
      const { outcome, failure, answered = next.turn?.through ?? 0 } = fact.data;
      next.turn = null;
      next.answered = Math.max(next.answered, answered);
      if (next.portions.length > 0) next.portions = next.portions.filter((end) => end > next.answered);
      if (outcome === "failed") next.failedTurns += 1;
      else if (outcome === "answered") next.failedTurns = 0;
      next.failure =
        outcome === "failed" && failure ? { kind: failure, sequence: next.sequence, isTold: false } : null;
      break;
    }
    case "failure_told":
      next.failure &&= { ...next.failure, isTold: true };
      break;
    case "tool_called":
    case "tool_returned":
    case "tokens_used":
    case "provider_retried":
    case "agent_chosen":
      break;
    case "memory_replaced":
      next.memory = fact.data.values;
      break;
    case "prompted": {
      const { key, digest, ...prompt } = fact.data;
      next.prompts = [...next.prompts, prompt];
      next.promptCount += 1;
      if (key !== null) next.promptKeys = [...next.promptKeys, { key, id: prompt.id, digest }];
      break;
    }
    case "join_failed":
      next.speaker = "nobody";
      next.join = null;
      next.joinFailures = { count: next.joinFailures.count + 1, lastAt: fact.data.at };
      break;
    case "join_hinted":
      next.hinted = true;
      break;
    case "context_verified":
      next.context = { values: fact.data.context, iat: fact.data.iat };
      break;
    case "command_taken": {
      const { key, ...delivery } = fact.data;
      next.deliveries.add(key, { ...delivery, at: fact.position });
      break;
    }
    default:
      takeHandoffFact(next, fact);
  }
}

const spoken = (turn: RunningTurn | null): RunningTurn | null =>
  turn === null || turn.said ? turn : { ...turn, said: true };

/** Whether messages wait for somebody to join [protocol sections 4 and 6]. */
export const isUnattended = ({ speaker }: Conversation): boolean =>
  speaker === "nobody" || speaker === "joining";

/** Whether somebody is looked for or has joined. */
export const isHandedOff = ({ speaker }: Conversation): boolean =>
  speaker === "handoff" || speaker === "person";

/** The handoff that is open, if any. */
export const openHandoff = ({ handoff }: Conversation): HandoffRecord | null =>
  handoff !== null && handoff.endedAt === null ? handoff : null;

/** Whether there is work that a start or a socket must take up again. */
export function owesWork(state: Conversation): boolean {
  const { ended, turn, speaker, asked, answered, greeted, prompts, returned } = state;
  if (ended !== null) return false;
  if (speaker !== "agent") return speaker !== "nobody";
  if (turn !== null) return true;
  // A failure that nobody has heard holds back what follows, and a start cannot change that.
  if (hidesFailure(state)) return false;
  return !greeted || returned !== null || asked > answered || prompts.length > 0;
}

/** Whether the last turn has failed and nobody has heard of it, so that it holds back the next. */
export const hidesFailure = ({ failure }: Conversation): boolean => failure !== null && !failure.isTold;

/** What a message counts against `LIMITS.keptBytes`: UTF-8 bytes of its text and of its metadata as JSON. */
export const keptBytes = (text: string, custom: object | undefined): number =>
  Buffer.byteLength(text) + (custom === undefined ? 0 : Buffer.byteLength(JSON.stringify(custom)));

/** The form of a snapshot. Raised with every change of the state: an old snapshot is then folded anew. */
export const SNAPSHOT_VERSION = 3;

type Frozen = Omit<Conversation, "keys" | "deliveries"> & {
  keys: [string, KeyedMessage][];
  deliveries: [string, Delivery][];
};

export const freeze = (state: Conversation): string =>
  JSON.stringify({
    ...state,
    keys: state.keys.entries(),
    deliveries: state.deliveries.entries(),
  } satisfies Frozen);

export function thaw(data: string): Conversation {
  const frozen = JSON.parse(data) as Frozen;
  return { ...frozen, keys: Keys.from(frozen.keys), deliveries: Keys.from(frozen.deliveries) };
}
