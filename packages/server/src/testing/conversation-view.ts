import { EVENT } from "@parley/protocol";
import type { SequencedEvent } from "../conversation/entries.ts";
import { Replay } from "../conversation/replay.ts";

/** What a client shows: messages by id, streamed text joined, and the rest in order. */
export function view(events: readonly SequencedEvent[]): unknown[] {
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

/** What a client that connects at a cursor is sent. */
export function replayed(events: readonly SequencedEvent[], cursor: number): SequencedEvent[] {
  const replay = new Replay({ fold: cursor === 0, together: 0 });
  const rest = events.filter(({ sequence }) => sequence > cursor);
  const batches = rest.flatMap((event) =>
    replay.add({ sequence: event.sequence, data: JSON.stringify(event) }),
  );
  return [...batches, ...replay.flush()].flatMap((batch) => batch.events.map((text) => JSON.parse(text)));
}
