import { isDeepStrictEqual } from "node:util";
import { EVENT } from "@parley/protocol";
import type { Recording, WireEvent } from "../client/recording.ts";
import type { Finding } from "./finding.ts";

/**
 * Ascending without a hole on every socket, from the cursor on [section 3]. A folded chunk stands for the sequences
 * up to its own; an echo that is repeated to a client that is past it counts once.
 */
export function auditSequence(recording: Recording): Finding | null {
  let next = recording.cursor === null ? null : recording.cursor + 1;
  for (const received of recording.received) {
    const { event } = received;
    if (event.sequence === null) continue;
    if (recording.repeatsStart && event.type === EVENT.SESSION_START) continue;
    if (next !== null && event.sequence < next && REPEATED.has(event.type)) continue;
    const first = event.sequence - folded(event);
    if (next !== null && first !== next) {
      return { expected: `sequence ${next} next on a socket with cursor ${recording.cursor}`, received };
    }
    next = event.sequence + 1;
  }
  return null;
}

/** What is sent again to a client that asks again [section 4]. */
const REPEATED: ReadonlySet<string> = new Set([EVENT.USER_MESSAGE, EVENT.REQUEST_POLY_AGENT_JOIN]);

/** How many sequences before its own an event stands for. */
function folded({ payload }: WireEvent): number {
  const { chunk_index, first_chunk_index } = payload;
  return typeof chunk_index === "number" && typeof first_chunk_index === "number"
    ? chunk_index - first_chunk_index
    : 0;
}

/**
 * An id belongs to one event for ever: the same at every replay, to every socket, and to no other event [section 3].
 * @param recordings of one server; folded chunks are left out, since they are made for a replay
 */
export function auditIds(recordings: readonly Recording[]): Finding | null {
  const known = new Map<string, { session: string; event: WireEvent }>();
  const sequences = new Map<string, string>();
  for (const recording of recordings) {
    for (const received of recording.received) {
      const { event } = received;
      if (event.payload.first_chunk_index !== undefined) continue;
      const { session } = recording;
      const before = known.get(event.id);
      if (before !== undefined && !isDeepStrictEqual(before, { session, event })) {
        return { expected: `the event that had this id before: ${JSON.stringify(before.event)}`, received };
      }
      known.set(event.id, { session, event });
      if (event.sequence === null) continue;
      const place = `${session} ${event.sequence}`;
      const id = sequences.get(place) ?? event.id;
      if (id !== event.id) return { expected: `the id ${id} at this sequence, as before`, received };
      sequences.set(place, id);
    }
  }
  return null;
}

/** A transient event comes once on a socket [section 5]: its id is never seen again there. */
export function auditTransients({ received }: Recording): Finding | null {
  const ids = new Set<string>();
  for (const one of received) {
    if (one.event.sequence !== null) continue;
    if (ids.has(one.event.id)) return { expected: "a transient event once", received: one };
    ids.add(one.event.id);
  }
  return null;
}
