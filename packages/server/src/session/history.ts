import { EVENT, LIMITS } from "@parley/protocol";
import type { UserMessage } from "../agents/agent.ts";
import { decode, type SequencedEvent } from "../conversation/entries.ts";
import type { ToolRecord } from "../conversation/turn.ts";
import { noteTool } from "../conversation/turn-record.ts";
import type { Journal, StoredEvent } from "../journal/journal.ts";

/** What is read of a session's rows at once. */
const PAGE = { rows: LIMITS.batchEvents, bytes: LIMITS.batchBytes };

/** Events that are read at once on the way back: of the largest there are, 25 MB. */
const WINDOW = 32;

/** What a session has said so far, read from the journal page by page. */
export class History {
  readonly #journal: Journal;
  readonly #session: number;

  constructor(journal: Journal, session: number) {
    this.#journal = journal;
    this.#session = session;
  }

  /** The next events after a sequence, as many as one batch of a replay unless told; none at the end. */
  page(after: number, events: number = LIMITS.batchEvents): Promise<StoredEvent[]> {
    return this.#journal.events(this.#session, { after, events, bytes: LIMITS.batchBytes });
  }

  /** All events between two sequences, without the first and with the last. */
  async *events(after: number, through = Number.POSITIVE_INFINITY): AsyncGenerator<SequencedEvent> {
    for await (const { data } of this.#stored(after, through)) yield JSON.parse(data) as SequencedEvent;
  }

  /**
   * The newest events up to a sequence, oldest first: as many as fit into so many UTF-8 bytes of wire text, which are
   * all of a conversation of ordinary length. What is read at once is bounded by `WINDOW`.
   */
  async newest(through: number, bytes: number): Promise<SequencedEvent[]> {
    const windows: SequencedEvent[][] = [];
    let room = bytes;
    for (let end = through; end > 0 && room > 0; end -= WINDOW) {
      const start = Math.max(0, end - WINDOW);
      const window: SequencedEvent[] = [];
      const stored = await Array.fromAsync(this.#stored(start, end));
      for (const { data } of stored.reverse()) {
        room -= Buffer.byteLength(data);
        if (room < 0) break;
        window.push(JSON.parse(data) as SequencedEvent);
      }
      windows.push(window.reverse());
    }
    return windows.reverse().flat();
  }

  async userMessages(after: number, through: number): Promise<UserMessage[]> {
    const messages: UserMessage[] = [];
    for await (const event of this.events(after, through)) {
      if (event.type === EVENT.USER_MESSAGE)
        messages.push({ sequence: event.sequence, text: event.payload.text });
    }
    return messages;
  }

  /** The texts of the agent's messages between two sequences, streamed ones joined. */
  async said(after: number, through?: number): Promise<string[]> {
    const texts = new Map<string, string>();
    for await (const event of this.events(after, through)) {
      if (event.type !== EVENT.POLY_AGENT_MESSAGE && event.type !== EVENT.POLY_AGENT_MESSAGE_CHUNK) continue;
      const { message_id, text } = event.payload;
      texts.set(message_id, (texts.get(message_id) ?? "") + text);
    }
    return [...texts.values()].filter((text) => text !== "");
  }

  /** The tools that were called behind a position. */
  async tools(after: number): Promise<ToolRecord[]> {
    const tools: ToolRecord[] = [];
    for (let read = after; ; ) {
      const rows = await this.#journal.entries(this.#session, { after: read, ...PAGE });
      for (const row of rows) {
        read = row.position;
        if (row.kind !== "tool_called" && row.kind !== "tool_returned") continue;
        const entry = decode(row);
        if (entry.kind === "tool_called" || entry.kind === "tool_returned") noteTool(tools, entry);
      }
      if (rows.length === 0) return tools;
    }
  }

  async *#stored(after: number, through: number): AsyncGenerator<StoredEvent> {
    let read = after;
    while (read < through) {
      // Sequences have no holes, so this is never more than is asked for.
      const page = await this.page(read, Math.min(LIMITS.batchEvents, through - read));
      if (page.length === 0) return;
      yield* page;
      read = page.at(-1)?.sequence ?? through;
    }
  }
}
