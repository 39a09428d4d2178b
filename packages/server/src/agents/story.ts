import { type Attachment, type CallAction, EVENT, type ServerEvent } from "@parley/protocol";

/** Something that was said in the conversation; `sequence` is that of its first event. */
export type Entry =
  | { by: "user"; sequence: number; text: string }
  | { by: "agent"; sequence: number; text: string; attachments: Attachment[]; calls: CallAction[] }
  /** A live agent. */
  | { by: "person"; sequence: number; text: string; name: string };

export type AgentEntry = Extract<Entry, { by: "agent" }>;

/** What is known of the conversation when a turn begins. */
export interface Story {
  /** What was said before this turn, oldest first. */
  before: Entry[];
  /** What earlier attempts at this answer have said. */
  answer: AgentEntry[];
}

/** The part of a turn that the story depends on. */
export interface TurnPlace {
  messages: readonly { sequence: number }[];
  said: readonly string[];
}

/**
 * What was said so far, without the turn's own messages and what was written after them. A message that came in chunks
 * is one entry.
 */
export function readStory(events: readonly ServerEvent[], turn: TurnPlace): Story {
  const first = turn.messages[0]?.sequence ?? Number.POSITIVE_INFINITY;
  const before: Entry[] = [];
  const open = new Map<string, AgentEntry>();
  for (const event of events) {
    const { type, payload } = event;
    const sequence = event.sequence ?? 0;
    if (type === EVENT.USER_MESSAGE) {
      if (sequence < first) before.push({ by: "user", sequence, text: payload.text });
    } else if (type === EVENT.LIVE_AGENT_MESSAGE) {
      before.push({ by: "person", sequence, text: payload.text, name: payload.agent_name ?? "" });
    } else if (type === EVENT.POLY_AGENT_MESSAGE || type === EVENT.POLY_AGENT_MESSAGE_CHUNK) {
      let entry = open.get(payload.message_id);
      if (entry === undefined) {
        entry = { by: "agent", sequence, text: "", attachments: [], calls: [] };
        open.set(payload.message_id, entry);
        before.push(entry);
      }
      entry.text += payload.text;
      entry.attachments.push(...payload.attachments);
      if (type === EVENT.POLY_AGENT_MESSAGE) entry.calls.push(...(payload.chat_call_actions ?? []));
    }
  }
  return { before, answer: takeAnswer(before, turn.said.length) };
}

/** Takes off the end what this answer has already said: so many messages with text, and what has none beside them. */
function takeAnswer(entries: Entry[], messages: number): AgentEntry[] {
  const answer: AgentEntry[] = [];
  let left = messages;
  while (left > 0) {
    const last = entries.at(-1);
    if (last?.by !== "agent") break;
    entries.pop();
    answer.unshift(last);
    if (last.text !== "") left -= 1;
  }
  return answer;
}

/**
 * The newest turns that fit into a budget: the oldest goes first, and always as a whole with what it asked and what was
 * answered.
 *
 * @param tokens how many tokens there are for it
 */
export function withinBudget(
  entries: readonly Entry[],
  tokens: number,
  countTokens: (text: string) => number,
): Entry[][] {
  const kept: Entry[][] = [];
  let left = tokens;
  for (const turn of turnsOf(entries).reverse()) {
    left -= turn.reduce((sum, entry) => sum + tokensOf(entry, countTokens), 0);
    if (left < 0) break;
    kept.unshift(turn);
  }
  return kept;
}

/** A turn begins where the user writes and was not already writing. */
function turnsOf(entries: readonly Entry[]): Entry[][] {
  const turns: Entry[][] = [];
  let previous: Entry["by"] | undefined;
  for (const entry of entries) {
    const begins = entry.by === "user" && previous !== "user";
    if (begins || turns.length === 0) turns.push([]);
    turns.at(-1)?.push(entry);
    previous = entry.by;
  }
  return turns;
}

/** What the frame of a message costs beside its text, tokens. */
const FRAME_TOKENS = 4;

function tokensOf(entry: Entry, countTokens: (text: string) => number): number {
  const beside = entry.by === "agent" ? [...entry.attachments, ...entry.calls] : [];
  const text = beside.length > 0 ? `${entry.text}${JSON.stringify(beside)}` : entry.text;
  return countTokens(text) + FRAME_TOKENS;
}
