import { EVENT, LIMITS, TRANSIENT_TYPES } from "@parley/protocol";
import { eventsOf, type Frame, isEvent, type Recording, type WireEvent } from "../client/recording.ts";
import type { Finding } from "./finding.ts";

interface Batch {
  frame: Frame;
  events: unknown[];
}

/** The batches that came, in order. */
export function batchesOf({ frames }: Recording): Batch[] {
  return frames.flatMap((frame) => {
    const { direction, value } = frame;
    return direction === "in" && isEvent(value) && value.type === EVENT.EVENT_BATCH
      ? [{ frame, events: eventsOf(value) }]
      : [];
  });
}

/** Right after the upgrade comes a batch, even with nothing in it [section 5]. */
export function auditFirstFrame(recording: Recording): Finding | null {
  const first = recording.frames.find(({ direction }) => direction === "in");
  if (first === undefined || batchesOf(recording)[0]?.frame === first) return null;
  return { expected: "a batch as the first frame", frame: first };
}

/** Events only, sequenced, ascending, never nested, never transient [section 5]. */
export function auditBatchContent(recording: Recording): Finding | null {
  for (const { frame, events } of batchesOf(recording)) {
    if (!events.every(isEvent)) return { expected: "a batch of events alone", frame };
    if (events.some(({ type }) => TRANSIENT_TYPES.has(type))) {
      return { expected: "no transient event and no batch in a batch", frame };
    }
    if (!ascending(events)) return { expected: "ascending sequences in a batch", frame };
  }
  return null;
}

const ascending = (events: WireEvent[]): boolean =>
  events.every(
    ({ sequence }, index) => index === 0 || Number(sequence) > Number(events[index - 1]?.sequence),
  );

/**
 * At most 200 events and 128 KB a frame; a larger event goes alone, and what belongs in one frame with
 * `SESSION_START` stays there [section 5].
 */
export function auditBatchSize(recording: Recording): Finding | null {
  for (const { frame, events } of batchesOf(recording)) {
    if (events.length > LIMITS.batchEvents) {
      return { expected: `at most ${LIMITS.batchEvents} events in a frame`, seen: `${events.length} events` };
    }
    if (events.length > 1 && frame.bytes > LIMITS.batchBytes && !opensWithJoin(events)) {
      return {
        expected: `at most ${LIMITS.batchBytes} bytes in a frame of several events`,
        seen: `${events.length} events in ${frame.bytes} bytes`,
      };
    }
  }
  return null;
}

function opensWithJoin(events: unknown[]): boolean {
  const [first, ...others] = events.filter(isEvent);
  return first?.type === EVENT.SESSION_START && others.some(({ type }) => type === EVENT.POLY_AGENT_JOINED);
}
