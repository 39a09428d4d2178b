import { isDeepStrictEqual } from "node:util";
import { EVENT } from "@parley/protocol";
import type { WireEvent } from "../client/recording.ts";
import { ensure, Failure } from "../failure.ts";

/** The event that a replay sends for adjacent chunks of one message [section 5]. */
export function foldChunks(chunks: readonly WireEvent[]): WireEvent {
  const [first, last] = [chunks[0], chunks.at(-1)];
  if (first === undefined || last === undefined) throw new Error("nothing to fold");
  if (chunks.length === 1) return first;
  const lists = (key: string) => chunks.flatMap(({ payload }) => payload[key] as unknown[]);
  return {
    ...last,
    payload: {
      ...last.payload,
      text: chunks.map(({ payload }) => payload.text).join(""),
      attachments: lists("attachments"),
      response_suggestions: lists("response_suggestions"),
      first_chunk_index: first.payload.chunk_index,
    },
  };
}

/** A history as it is replayed from cursor 0: chunks of one message that are adjacent are one. */
export function fold(history: readonly WireEvent[]): WireEvent[] {
  const groups: WireEvent[][] = [];
  for (const event of history) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    const joins =
      event.type === EVENT.POLY_AGENT_MESSAGE_CHUNK &&
      before?.type === event.type &&
      before.payload.message_id === event.payload.message_id;
    if (joins) group?.push(event);
    else groups.push([event]);
  }
  return groups.map(foldChunks);
}

/** A chunk that stands for itself says the same with and without `first_chunk_index`. */
export function plain(event: WireEvent): WireEvent {
  const { first_chunk_index, ...payload } = event.payload;
  return first_chunk_index === payload.chunk_index ? { ...event, payload } : event;
}

/**
 * What a client was sent, that was cut and came back, says the same as what one was sent that was never cut.
 * @param view the sequenced events of the one that was cut, folded or not
 * @param uncut those of the other, from sequence 1
 * @param cursor where the view begins
 * @throws Failure
 */
export function expectSameView(view: readonly WireEvent[], uncut: readonly WireEvent[], cursor = 0): void {
  let through = cursor;
  for (const event of view) {
    const { chunk_index, first_chunk_index } = event.payload;
    const folded = first_chunk_index === undefined ? 0 : Number(chunk_index) - Number(first_chunk_index);
    const covered = uncut.filter(({ sequence }) => {
      return Number(sequence) > through && Number(sequence) <= Number(event.sequence);
    });
    ensure(covered.length === folded + 1, `the sequence ${through + 1} next`, event);
    const expected = foldChunks(covered);
    if (!isDeepStrictEqual(plain(event), plain(expected))) {
      throw new Failure(`with cursor ${cursor}: ${JSON.stringify(expected)}`, event);
    }
    through = Number(event.sequence);
  }
  const last = uncut.at(-1)?.sequence ?? 0;
  ensure(through === last, `with cursor ${cursor}, all up to the sequence ${last}`, `all up to ${through}`);
}
