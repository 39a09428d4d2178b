import type { Received, Recording, WireEvent } from "./client/recording.ts";
import { note } from "./client/recording.ts";

/** An event of a server as it should be, with parts replaced. */
export function event(type: string, sequence: number | null, payload = {}, more = {}): WireEvent {
  const id = `00000000-0000-4000-8000-${String(sequence ?? 0).padStart(12, "0")}`;
  return { id, sequence, timestamp: "2026-01-02T03:04:05.678Z", type, payload, ...more };
}

/** A batch of events. */
export const batch = (...events: unknown[]): WireEvent =>
  event("EVENT_TYPE_EVENT_BATCH", null, { events }, { id: crypto.randomUUID() });

/** A chunk of a message. */
export const chunk = (sequence: number, index: number, text: string, more = {}): WireEvent =>
  event("EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK", sequence, {
    message_id: "m",
    text,
    attachments: [],
    response_suggestions: [],
    chunk_index: index,
    is_complete: false,
    ...more,
  });

/** What a socket that got these frames has recorded. */
export function recordingOf(frames: (WireEvent | string)[], more: Partial<Recording> = {}): Recording {
  const recording: Recording = {
    label: "test",
    session: "s",
    streaming: false,
    cursor: 0,
    repeatsStart: false,
    silent: false,
    openedAt: 0,
    frames: [],
    received: [],
    closed: null,
    ...more,
  };
  for (const frame of frames)
    note(recording, typeof frame === "string" ? frame : JSON.stringify(frame), false, 0);
  return recording;
}

/** The last event that was received. */
export function lastOf({ received }: Recording): Received {
  const last = received.at(-1);
  if (last === undefined) throw new Error("nothing was received");
  return last;
}
