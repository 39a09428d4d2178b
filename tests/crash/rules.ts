import { isDeepStrictEqual } from "node:util";
import { EVENT, type EventOf } from "@parley/protocol";
import { type Item, phraseIn } from "./phrases.ts";
import { type ClientRecord, isKept, type Kept, localId, type SocketRecord } from "./record.ts";

/** The demo agent's greeting, which nobody gets twice, to its end; a broken-off one is a part of it. */
const GREETING =
  "Good evening, and welcome to **Trattoria Lume**! I'm Ada, at the desk.\n\nShall I show you the menu, or may I tell you how this house began?";
const REPEATS_WHAT_WAS_SAID = /^You said: .*\*human\*\.$/s;

type Chunk = EventOf<typeof EVENT.POLY_AGENT_MESSAGE_CHUNK> & { sequence: number };

/** A journal, as one reads it who was never there: verbatim, and from the beginning with its chunks folded. */
export interface Replays {
  verbatim: readonly Kept[];
  folded: readonly Kept[];
}

/**
 * Compares what a client saw and said with what is kept.
 *
 * @returns what is wrong; nothing where every promise of the protocol holds
 */
export function problemsOf(client: ClientRecord, { verbatim, folded }: Replays): string[] {
  return [
    ...client.faults,
    ...problemsOfHistory(verbatim),
    ...client.sockets.flatMap((socket, index) =>
      problemsOfSocket(socket, client).map((problem) => `socket ${index}: ${problem}`),
    ),
    ...problemsOfView(client, verbatim),
    ...problemsOfFold(verbatim, folded),
    ...problemsOfMessages(client, verbatim),
    ...problemsOfAnswers(verbatim),
    ...owed(client, verbatim).map((what) => `${what} was not answered, and no failure was told`),
  ];
}

/** Sequences dense, ids and messages whole and never twice, nothing behind the end [protocol sections 3 to 5]. */
export function problemsOfHistory(history: readonly Kept[]): string[] {
  const problems: string[] = [];
  const ids = new Set<string>();
  const finished = new Set<string>();
  let open: { id: string; chunks: number } | null = null;
  let ended = false;
  for (const [index, event] of history.entries()) {
    const { id, sequence, type } = event;
    if (sequence !== index + 1) problems.push(`the journal has ${sequence} where ${index + 1} belongs`);
    if (ids.has(id)) problems.push(`${sequence} has an id that another event has`);
    ids.add(id);
    if (ended) problems.push(`${sequence} ${type} stands behind the end`);
    if ((type === EVENT.SESSION_START) !== (index === 0)) problems.push(`${sequence} is ${type}`);
    if (type === EVENT.SESSION_END) ended = true;
    if (type !== EVENT.POLY_AGENT_MESSAGE && type !== EVENT.POLY_AGENT_MESSAGE_CHUNK) continue;
    const message = event.payload.message_id;
    if (finished.has(message)) problems.push(`${sequence} goes on with a message that was complete`);
    if (open !== null && open.id !== message) problems.push(`${sequence} comes between chunks of a message`);
    if (type === EVENT.POLY_AGENT_MESSAGE) {
      finished.add(message);
      continue;
    }
    const { chunk_index, is_complete } = event.payload;
    const chunks: number = open?.id === message ? open.chunks : 0;
    if (chunk_index !== chunks + 1) problems.push(`${sequence} is chunk ${chunk_index} behind ${chunks}`);
    if (is_complete) finished.add(message);
    open = is_complete ? null : { id: message, chunks: chunk_index };
  }
  if (open !== null) problems.push("a message has no last chunk");
  return problems;
}

/** On every socket: ascending, without a hole, an echo again only where it was asked for [protocol sections 3 and 4]. */
export function problemsOfSocket(
  { cursor, events }: SocketRecord,
  { said, joins }: Pick<ClientRecord, "said" | "joins">,
): string[] {
  const problems: string[] = [];
  const repeats = new Map<string, number>();
  let position = cursor;
  let ended = false;
  for (const event of events) {
    if (ended) problems.push(`${event.type} came behind the end`);
    if (!isKept(event)) continue;
    const { sequence, type } = event;
    if (type === EVENT.SESSION_END) ended = true;
    if (sequence <= position) {
      const key = type === EVENT.REQUEST_POLY_AGENT_JOIN ? type : (localId(event) ?? "");
      const copies = type === EVENT.REQUEST_POLY_AGENT_JOIN ? joins : (said.get(key)?.copies ?? 1);
      const times = (repeats.get(key) ?? 0) + 1;
      repeats.set(key, times);
      if (times >= copies) problems.push(`${sequence} ${type} came again unasked`);
      continue;
    }
    const [first] = rangeOf(event);
    if (first !== position + 1) problems.push(`${sequence} ${type} came behind ${position}`);
    if (first !== sequence && cursor !== 0) problems.push(`${sequence} is folded, behind cursor ${cursor}`);
    position = sequence;
  }
  return problems;
}

/** Everything that was seen is kept as it was seen, and everything that is kept was seen. */
export function problemsOfView(
  { sockets }: Pick<ClientRecord, "sockets">,
  history: readonly Kept[],
): string[] {
  const problems: string[] = [];
  const seen = new Set<number>();
  for (const event of sockets.flatMap(({ events }) => events)) {
    if (!isKept(event)) continue;
    const [first, last] = rangeOf(event);
    for (let sequence = first; sequence <= last; sequence += 1) seen.add(sequence);
    const kept = first === last ? history[last - 1] : fold(history.slice(first - 1, last) as Chunk[]);
    if (!isDeepStrictEqual(event, kept)) {
      problems.push(`${last} was seen as ${JSON.stringify(event)} and is kept as ${JSON.stringify(kept)}`);
    }
  }
  for (const { sequence, type } of history) {
    if (!seen.has(sequence)) problems.push(`${sequence} ${type} was never seen`);
  }
  return problems;
}

/** A replay from the beginning is the journal, with adjacent chunks of a message joined [protocol section 5]. */
export function problemsOfFold(history: readonly Kept[], folded: readonly Kept[]): string[] {
  const expected = folded.map((event) => {
    const [first, last] = rangeOf(event);
    return first === last ? history[last - 1] : fold(history.slice(first - 1, last) as Chunk[]);
  });
  const ranges = folded.flatMap(rangeOf);
  const isWhole = (ranges.at(-1) ?? 0) === history.length;
  const isDense = folded.every((event, i) => rangeOf(event)[0] === (folded[i - 1]?.sequence ?? 0) + 1);
  return isWhole && isDense && isDeepStrictEqual(expected, folded)
    ? []
    : [`a replay from the beginning is not the journal: ${JSON.stringify(folded)}`];
}

/** Every message that was said is kept once, with its text, and no other. */
export function problemsOfMessages({ said }: Pick<ClientRecord, "said">, history: readonly Kept[]): string[] {
  const problems: string[] = [];
  const times = new Map<string, number>();
  for (const event of history) {
    if (event.type !== EVENT.USER_MESSAGE) continue;
    const key = localId(event) ?? "";
    times.set(key, (times.get(key) ?? 0) + 1);
    if (said.get(key)?.text !== event.payload.text) problems.push(`${event.sequence} was never said`);
  }
  const ended = history.at(-1)?.type === EVENT.SESSION_END;
  for (const [key, { text }] of said) {
    // What did not arrive before the end never will; what was echoed is looked for elsewhere.
    if (ended && times.get(key) === undefined) continue;
    if (times.get(key) !== 1) problems.push(`${key} "${text}" is kept ${times.get(key) ?? 0} times`);
  }
  return problems;
}

/** No answer is given twice, also where it was asked for again after a crash. */
export function problemsOfAnswers(history: readonly Kept[]): string[] {
  const whole = itemsOf(history)
    .map(({ text }) => text)
    .filter((text) => text.startsWith(GREETING) || REPEATS_WHAT_WAS_SAID.test(text));
  return whole.filter((text, i) => whole.indexOf(text) !== i).map((text) => `said twice: ${text}`);
}

/** Messages that were neither answered nor passed over with their failure told. */
export function owed(client: ClientRecord, history: readonly Kept[]): string[] {
  return [...(isJoined(history) ? [] : ["the join"]), ...unanswered(client, history)];
}

/** Whether the last join has brought the agent, or came too late for it. */
export function isJoined(history: readonly Kept[]): boolean {
  const join = history.findLast(({ type }) => type === EVENT.REQUEST_POLY_AGENT_JOIN)?.sequence ?? 0;
  return history.some(({ sequence, type }) => {
    return sequence > join && (type === EVENT.POLY_AGENT_JOINED || type === EVENT.SESSION_END);
  });
}

/**
 * The messages whose answer is not there and whose failure was not told. An answer comes behind its message and belongs to
 * no other; of several that it may belong to, the last, since the agent goes on when it has failed. An error ends the
 * turn, and with it all that waits by then.
 */
export function unanswered({ errors }: Pick<ClientRecord, "errors">, history: readonly Kept[]): string[] {
  if (history.at(-1)?.type === EVENT.SESSION_END) return [];
  const asked = history.filter((event) => event.type === EVENT.USER_MESSAGE);
  const answered = new Set<Kept>();
  for (const item of itemsOf(history)) {
    const question = asked.findLast((message) => {
      const { text } = message.payload;
      return (
        message.sequence < item.sequence && !answered.has(message) && phraseIn(text).isAnswer?.(item, text)
      );
    });
    if (question !== undefined) answered.add(question);
  }
  const isTold = ({ sequence }: Kept) => errors.some(({ behind }) => behind >= sequence);
  return asked
    .filter((message) => !answered.has(message) && !isTold(message))
    .map((message) => `${localId(message)} "${message.payload.text}"`);
}

/** The history as one reads it, each message at its completing event. */
function itemsOf(history: readonly Kept[]): Item[] {
  const items: Item[] = [];
  let text = "";
  for (const event of history) {
    const item = { sequence: event.sequence, type: event.type, text: "", callActions: 0, attachments: 0 };
    if (event.type === EVENT.POLY_AGENT_MESSAGE_CHUNK) {
      text += event.payload.text;
      if (!event.payload.is_complete) continue;
      items.push({ ...item, text, attachments: event.payload.attachments.length });
      text = "";
    } else if (event.type === EVENT.POLY_AGENT_MESSAGE) {
      const { attachments, chat_call_actions: actions = [] } = event.payload;
      items.push({
        ...item,
        text: event.payload.text,
        attachments: attachments.length,
        callActions: actions.length,
      });
    } else items.push(item);
  }
  return items;
}

/** The first and the last sequence that an event stands for. */
function rangeOf(event: Kept): [first: number, last: number] {
  const { sequence } = event;
  if (event.type !== EVENT.POLY_AGENT_MESSAGE_CHUNK) return [sequence, sequence];
  const { chunk_index, first_chunk_index = chunk_index } = event.payload;
  return [sequence - (chunk_index - first_chunk_index), sequence];
}

/** What a replay from the beginning makes of adjacent chunks, written out once more from the protocol. */
function fold(chunks: readonly Chunk[]): Kept | undefined {
  const last = chunks.at(-1);
  if (last === undefined) return undefined;
  return {
    ...last,
    payload: {
      ...last.payload,
      text: chunks.map(({ payload }) => payload.text).join(""),
      attachments: chunks.flatMap(({ payload }) => payload.attachments),
      response_suggestions: chunks.flatMap(({ payload }) => payload.response_suggestions),
      first_chunk_index: chunks[0]?.payload.chunk_index ?? 0,
    },
  };
}
