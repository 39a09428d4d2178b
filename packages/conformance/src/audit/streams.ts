import { EVENT } from "@parley/protocol";
import { type Received, type Recording, sequenced, type WireEvent } from "../client/recording.ts";
import type { Finding } from "./finding.ts";

const isChunk = ({ type }: WireEvent): boolean => type === EVENT.POLY_AGENT_MESSAGE_CHUNK;

/** Text comes as chunks only where streaming was asked for, otherwise as messages only [section 5]. */
export function auditForm({ streaming, received }: Recording): Finding | null {
  const wrong = received.find(({ event }) =>
    streaming ? event.type === EVENT.POLY_AGENT_MESSAGE && event.payload.text !== "" : isChunk(event),
  );
  if (wrong === undefined) return null;
  return {
    expected: streaming ? "text in chunks only in a session with streaming" : "no chunk without streaming",
    received: wrong,
  };
}

/** Chunks of a message count from 1, exactly the last is complete, and no other message comes between [section 5]. */
export function auditChunks(recording: Recording): Finding | null {
  const done = new Set<string>();
  let open: { id: string; next: number } | null = null;
  // From a cursor on, a message may be in the middle.
  let inMiddle = recording.cursor !== 0;
  for (const received of sequenced(recording.received)) {
    const { event } = received;
    if (ENDS_STREAMS.has(event.type) && open !== null) {
      return { expected: "the open stream's completing chunk before this", received };
    }
    if (!isChunk(event)) continue;
    const id = String(event.payload.message_id);
    const index = Number(event.payload.chunk_index);
    const first = Number(event.payload.first_chunk_index ?? index);
    if (done.has(id)) return { expected: "nothing of a message behind its completing chunk", received };
    if (open !== null && open.id !== id) return { expected: "messages that are not interleaved", received };
    const next: number = open?.next ?? (inMiddle ? first : 1);
    if (first !== next) return { expected: `chunk_index ${next}`, received };
    inMiddle = false;
    open = event.payload.is_complete === true ? null : { id, next: index + 1 };
    if (open === null) done.add(id);
  }
  return null;
}

/** What never comes while a stream is open [sections 5 and 6]. */
const ENDS_STREAMS: ReadonlySet<string> = new Set([
  EVENT.POLY_AGENT_MESSAGE,
  EVENT.POLY_AGENT_LEFT,
  EVENT.POLY_AGENT_TRIGGERED_HANDOFF,
  EVENT.SESSION_END,
]);

/** No frame of any kind follows the end [section 5]. */
export function auditEnd({ received, frames }: Recording): Finding | null {
  const end = received.find(({ event }) => event.type === EVENT.SESSION_END);
  if (end === undefined) return null;
  const behind = received[end.index + 1];
  if (behind !== undefined) return { expected: "no event behind SESSION_END", received: behind };
  const frame = frames.slice(end.frame + 1).find(({ direction }) => direction === "in");
  return frame === undefined ? null : { expected: "no frame behind SESSION_END", frame };
}

/** The server's close codes [section 7]: 1000 after the end and only then, and never one that clients loop on. */
export function auditClose({ closed, received, silent, cursor }: Recording): Finding | null {
  if (closed === null || closed.byUs || silent) return null;
  // A client whose cursor is the end is not told again.
  const atTheEnd = cursor !== 0 && received.length === 0;
  const ended = atTheEnd || received.some(({ event }) => event.type === EVENT.SESSION_END);
  if (FORBIDDEN.has(closed.code)) return { expected: "never 4000, 4001 or 4003", seen: closed };
  if (closed.code === 1000 && !ended) return { expected: "1000 after SESSION_END only", seen: closed };
  if (closed.code !== 1000 && ended) return { expected: "1000 after SESSION_END", seen: closed };
  if (!KNOWN.has(closed.code))
    return { expected: "a close frame with one of the server's codes", seen: closed };
  return null;
}

const FORBIDDEN: ReadonlySet<number> = new Set([4000, 4001, 4003]);
const KNOWN: ReadonlySet<number> = new Set([1000, 1002, 1007, 1009, 1011, 1012, 1013]);

/** A language is announced before what is said in it, and is never the last event of its answer [section 5]. */
export function auditLanguage(recording: Recording): Finding | null {
  const events: Received[] = sequenced(recording.received);
  for (const [place, received] of events.entries()) {
    if (received.event.type !== EVENT.LANGUAGE_CHANGED) continue;
    const open = events.slice(0, place).findLast(({ event }) => isChunk(event));
    if (open !== undefined && open.event.payload.is_complete !== true) {
      return { expected: "LANGUAGE_CHANGED before the first chunk of its answer", received };
    }
  }
  return null;
}
