import { type EndReason, EVENT, type TurnFailure } from "@parley/protocol";
import type { Entry, SequencedEvent } from "./entries.ts";
import type { ContextValues, FactEntry } from "./facts.ts";
import { digest, type KeyedMessage, MessageKeys, messageKey } from "./keys.ts";
import type { Json, Prompt, RunningTurn } from "./turn.ts";

/** Who has the word. */
export type Speaker =
  /** No agent has joined, or a client-managed handoff took the user elsewhere. */
  | "nobody"
  /** A join was echoed and the agent is being built. */
  | "joining"
  | "agent"
  /** The server looks for a person. */
  | "handoff";

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
  /** What waits for somebody to join. */
  readonly kept: { readonly messages: number; readonly bytes: number };
  readonly keys: MessageKeys;
  /**
   * The last turn's failure, and the sequence behind which it stands. Until somebody was told of it no turn follows, since
   * what follows would hide it.
   */
  readonly failure: {
    readonly kind: TurnFailure;
    readonly sequence: number;
    readonly isTold: boolean;
  } | null;
  /** What a person is asked to take over; only while the speaker is `handoff`. */
  readonly handoff: { readonly reason: string | null; readonly queue: string | null } | null;
  readonly context: { readonly values: ContextValues; readonly iat: number } | null;
  /** What the agent asked to remember; at most `NOTE_BYTES.memory`. */
  readonly memory: Readonly<Record<string, Json>>;
  /** What operators have asked for, and that waits for its turn; at most `PROMPTS.waiting`. */
  readonly prompts: readonly Prompt[];
  /** How many were taken in the session's life; at most `PROMPTS.perSession`. */
  readonly promptCount: number;
  /** Those that had a key. */
  readonly promptKeys: readonly { readonly key: string; readonly id: string; readonly digest: string }[];
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
  kept: { messages: 0, bytes: 0 },
  keys: new MessageKeys(),
  failure: null,
  handoff: null,
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

/** The state behind one more row. @throws where rows are missing: a list with a hole must not be continued. */
export function evolve(state: Conversation, entry: Entry): Conversation {
  if (entry.position !== state.position + 1) {
    throw new Error(`row ${entry.position} cannot follow row ${state.position}`);
  }
  return entry.kind === "event" ? withEvent(state, entry.event) : withFact(state, entry);
}

function withEvent(before: Conversation, event: SequencedEvent): Conversation {
  const state = { ...before, position: before.position + 1, sequence: event.sequence };
  switch (event.type) {
    case EVENT.SESSION_START:
      return { ...state, streaming: event.payload.capabilities.streaming };
    case EVENT.REQUEST_POLY_AGENT_JOIN:
      return { ...state, speaker: "joining", join: event.sequence };
    case EVENT.POLY_AGENT_JOINED:
      return {
        ...state,
        speaker: "agent",
        handoff: null,
        firstJoined: state.firstJoined || event.sequence,
        agent: { name: event.payload.agent_name, avatarUrl: event.payload.agent_avatar_url },
        joinFailures: { count: 0, lastAt: 0 },
        kept: { messages: 0, bytes: 0 },
      };
    case EVENT.USER_MESSAGE: {
      const { text } = event.payload;
      const custom = event.metadata?.custom;
      const key = messageKey(custom);
      if (key !== null) state.keys.add(key, { sequence: event.sequence, digest: digest(text) });
      const { kept } = state;
      return {
        ...state,
        messages: state.messages + 1,
        asked: event.sequence,
        kept: isUnattended(state)
          ? { messages: kept.messages + 1, bytes: kept.bytes + keptBytes(text, custom) }
          : kept,
      };
    }
    case EVENT.POLY_AGENT_MESSAGE:
      return { ...state, turn: spoken(state.turn) };
    case EVENT.POLY_AGENT_MESSAGE_CHUNK: {
      const { message_id, chunk_index, is_complete } = event.payload;
      return {
        ...state,
        turn: spoken(state.turn),
        stream: is_complete ? null : { messageId: message_id, chunks: chunk_index },
      };
    }
    case EVENT.POLY_AGENT_TRIGGERED_HANDOFF:
      return { ...state, speaker: "handoff" };
    case EVENT.CLIENT_HANDOFF_REQUIRED:
      return { ...state, speaker: "nobody", join: null, handoff: null };
    case EVENT.LANGUAGE_CHANGED:
      return { ...state, language: event.payload.language_code };
    case EVENT.SESSION_END:
      return {
        ...state,
        turn: null,
        ended: { at: Date.parse(event.timestamp), reason: event.payload.reason },
      };
    default:
      return state;
  }
}

function withFact(before: Conversation, fact: FactEntry): Conversation {
  const state = { ...before, position: before.position + 1 };
  switch (fact.kind) {
    case "turn_started": {
      const { agent: _, at: __, ...turn } = fact.data;
      return {
        ...state,
        turns: turn.number,
        turn: { ...turn, said: turn.attempt > 1 && state.turn?.said === true },
        prompts: state.prompts.filter(({ id }) => id !== turn.promptId),
        greeted: state.greeted || fact.data.reason === "greeting",
        failure: null,
      };
    }
    case "turn_ended": {
      const { outcome, failure, answered = state.turn?.through ?? 0 } = fact.data;
      return {
        ...state,
        turn: null,
        answered: Math.max(state.answered, answered),
        failure:
          outcome === "failed" && failure ? { kind: failure, sequence: state.sequence, isTold: false } : null,
      };
    }
    case "failure_told":
      return { ...state, failure: state.failure && { ...state.failure, isTold: true } };
    case "tool_called":
    case "tool_returned":
    case "tokens_used":
    case "provider_retried":
    case "agent_chosen":
      return state;
    case "memory_replaced":
      return { ...state, memory: fact.data.values };
    case "prompted": {
      const { key, digest, ...prompt } = fact.data;
      return {
        ...state,
        prompts: [...state.prompts, prompt],
        promptCount: state.promptCount + 1,
        promptKeys: key === null ? state.promptKeys : [...state.promptKeys, { key, id: prompt.id, digest }],
      };
    }
    case "join_failed":
      return {
        ...state,
        speaker: "nobody",
        join: null,
        joinFailures: { count: state.joinFailures.count + 1, lastAt: fact.data.at },
      };
    case "join_hinted":
      return { ...state, hinted: true };
    case "handoff_requested":
      return { ...state, handoff: fact.data };
    case "context_verified":
      return { ...state, context: { values: fact.data.context, iat: fact.data.iat } };
  }
}

const spoken = (turn: RunningTurn | null): RunningTurn | null =>
  turn === null || turn.said ? turn : { ...turn, said: true };

/** Whether messages wait for somebody to join [protocol sections 4 and 6]. */
export const isUnattended = ({ speaker }: Conversation): boolean =>
  speaker === "nobody" || speaker === "joining";

/** Whether there is work that a start or a socket must take up again. */
export function owesWork(state: Conversation): boolean {
  const { ended, turn, speaker, asked, answered, greeted, prompts } = state;
  if (ended !== null) return false;
  // A failure that nobody has heard holds back what follows, and a start cannot change that.
  if (speaker === "agent")
    return turn !== null || (!hidesFailure(state) && (!greeted || asked > answered || prompts.length > 0));
  return speaker === "joining" || speaker === "handoff";
}

/** Whether the last turn has failed and nobody has heard of it, so that it holds back the next. */
export const hidesFailure = ({ failure }: Conversation): boolean => failure !== null && !failure.isTold;

/** What a message counts against `LIMITS.keptBytes`: UTF-8 bytes of its text and of its metadata as JSON. */
export const keptBytes = (text: string, custom: object | undefined): number =>
  Buffer.byteLength(text) + (custom === undefined ? 0 : Buffer.byteLength(JSON.stringify(custom)));

/** The form of a snapshot. Raised with every change of the state: an old snapshot is then folded anew. */
export const SNAPSHOT_VERSION = 2;

type Frozen = Omit<Conversation, "keys"> & { keys: [string, KeyedMessage][] };

export const freeze = (state: Conversation): string =>
  JSON.stringify({ ...state, keys: state.keys.entries() } satisfies Frozen);

export function thaw(data: string): Conversation {
  const frozen = JSON.parse(data) as Frozen;
  return { ...frozen, keys: MessageKeys.from(frozen.keys) };
}
