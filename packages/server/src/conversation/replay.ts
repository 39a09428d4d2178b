import { type Attachment, EVENT, type EventOf, LIMITS, type Suggestion } from "@parley/protocol";

/** A journaled event: its sequence and its wire text. */
export interface ReplayEvent {
  readonly sequence: number;
  readonly data: string;
}

/** One `EVENT_BATCH` to be sent: the wire texts of its events, ascending. */
export interface Batch {
  readonly events: readonly string[];
  /** The sequence of the last event in it, or of the last that a folded one stands for. */
  readonly through: number;
}

export interface ReplayOptions {
  /** From cursor 0, adjacent chunks of one message are replayed as one; with a cursor they come as they were. */
  fold: boolean;
  /**
   * No cut before this sequence: one client joins twice if `SESSION_START` and the first `POLY_AGENT_JOINED` come in
   * different frames.
   */
  together: number;
}

/** What a batch has around its events: an id, a timestamp, a type and some brackets. */
const ENVELOPE_BYTES = 200;
const COMMA_BYTES = 1;

type Chunk = EventOf<typeof EVENT.POLY_AGENT_MESSAGE_CHUNK> & { sequence: number };

/**
 * Makes batches of a history that is fed in pages [protocol section 5, "Replay"]. It holds at most one batch and the
 * chunks of one message.
 */
export class Replay {
  readonly #options: ReplayOptions;
  #events: string[] = [];
  #bytes = ENVELOPE_BYTES;
  #through = 0;
  #chunks: ReplayEvent[] = [];
  #messageId = "";

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  /** Takes the next event. @returns the batches that are full by now: none, one or two */
  add(event: ReplayEvent): Batch[] {
    const chunk = this.#options.fold ? chunkMessageId(event.data) : null;
    const full: Batch[] = [];
    if (this.#chunks.length > 0 && chunk !== this.#messageId) full.push(...this.#addFolded());
    if (chunk === null) full.push(...this.#put(event));
    else {
      this.#messageId = chunk;
      this.#chunks.push(event);
    }
    return full;
  }

  /** What is left, at the end of what there is to replay. */
  flush(): Batch[] {
    const full = this.#chunks.length > 0 ? this.#addFolded() : [];
    return this.#events.length > 0 ? [...full, this.#take()] : full;
  }

  #addFolded(): Batch[] {
    const folded = foldChunks(this.#chunks);
    this.#chunks = [];
    return this.#put(folded);
  }

  #put({ sequence, data }: ReplayEvent): Batch[] {
    const bytes = Buffer.byteLength(data) + COMMA_BYTES;
    const full = this.#isFull(sequence, bytes) ? [this.#take()] : [];
    this.#events.push(data);
    this.#bytes += bytes;
    this.#through = sequence;
    return full;
  }

  #isFull(sequence: number, bytes: number): boolean {
    if (this.#events.length === 0) return false;
    if (sequence <= this.#options.together) return this.#bytes + bytes > LIMITS.serverFrameBytes;
    return this.#events.length >= LIMITS.batchEvents || this.#bytes + bytes > LIMITS.batchBytes;
  }

  #take(): Batch {
    const batch = { events: this.#events, through: this.#through };
    this.#events = [];
    this.#bytes = ENVELOPE_BYTES;
    return batch;
  }
}

/** The wire text of a batch: its events' texts are joined, never parsed and printed again. */
export const batchText = (id: string, timestamp: string, events: readonly string[]): string =>
  `{"id":"${id}","sequence":null,"timestamp":"${timestamp}","type":"${EVENT.EVENT_BATCH}","payload":{"events":[${events.join(",")}]}}`;

/** The head of a stored event, up to its payload: a client's metadata comes behind it and cannot be mistaken for it. */
const CHUNK_HEAD = new RegExp(
  `^\\{"id":"[^"]*","sequence":\\d+,"timestamp":"[^"]*","type":"${EVENT.POLY_AGENT_MESSAGE_CHUNK}","payload":\\{"message_id":"([^"]*)"`,
);

const chunkMessageId = (data: string): string | null => CHUNK_HEAD.exec(data)?.[1] ?? null;

/** One event that stands for adjacent chunks of one message. A chunk alone stays as it is. */
export function foldChunks(events: readonly ReplayEvent[]): ReplayEvent {
  const chunks = events.map(({ data }) => JSON.parse(data) as Chunk);
  const first = chunks[0];
  const last = chunks.at(-1);
  const only = events[0];
  if (first === undefined || last === undefined || only === undefined) throw new Error("nothing to fold");
  if (chunks.length === 1) return only;
  const payload = {
    ...last.payload,
    text: chunks.map((chunk) => chunk.payload.text).join(""),
    attachments: chunks.flatMap((chunk): Attachment[] => chunk.payload.attachments),
    response_suggestions: chunks.flatMap((chunk): Suggestion[] => chunk.payload.response_suggestions),
    first_chunk_index: first.payload.chunk_index,
  };
  return { sequence: last.sequence, data: JSON.stringify({ ...last, payload }) };
}
