import { EVENT } from "@parley/protocol";
import { parseJson } from "./http.ts";

/** One event of the server, as it claims to be; the audits judge whether it keeps to its form. */
export interface WireEvent {
  id: string;
  sequence: number | null;
  timestamp: string;
  type: string;
  payload: Record<string, unknown>;
  metadata?: { custom?: unknown };
}

/** One frame, of either side. */
export interface Frame {
  /** Milliseconds on the process's own steady clock. */
  at: number;
  direction: "in" | "out";
  binary: boolean;
  text: string;
  bytes: number;
  /** What the text is as JSON; undefined where it is none. */
  value: unknown;
}

/** One event as it came, alone or in a batch. */
export interface Received {
  /** Its place among all that came on this socket. */
  index: number;
  at: number;
  /** The place of its frame among all frames of this socket. */
  frame: number;
  batched: boolean;
  event: WireEvent;
}

/** All that passed over one socket. */
export interface Recording {
  /** Which check it belongs to. */
  label: string;
  session: string;
  streaming: boolean;
  /** The cursor that was asked for; null where its meaning is what is tested. */
  cursor: number | null;
  /** The server is expected to repeat SESSION_START behind the cursor; unless that is what is tested, it is left out. */
  repeatsStart: boolean;
  /** It does not answer pings, or takes nothing, so that the server may drop it. */
  silent: boolean;
  openedAt: number;
  frames: Frame[];
  received: Received[];
  /** How it ended; `byUs` when the suite had begun to end it before. */
  closed: { code: number; reason: string; at: number; byUs: boolean } | null;
}

/** Notes a frame from the server. @returns the events in it */
export function note(recording: Recording, text: string, binary: boolean, at: number): Received[] {
  const value = parseJson(text);
  recording.frames.push({ at, direction: "in", binary, text, bytes: Buffer.byteLength(text), value });
  const batched = isEvent(value) && value.type === EVENT.EVENT_BATCH;
  const frame = recording.frames.length - 1;
  const all = batched ? eventsOf(value) : [value];
  const isRepeated = (event: unknown) =>
    recording.repeatsStart &&
    recording.cursor !== null &&
    isEvent(event) &&
    event.type === EVENT.SESSION_START;
  const events = all.filter((event) => !isRepeated(event));
  const received = events.filter(isEvent).map((event, offset) => ({
    index: recording.received.length + offset,
    at,
    frame,
    batched,
    event,
  }));
  recording.received.push(...received);
  return received;
}

/** What a batch holds, whatever it is; nothing where it holds no list. */
export function eventsOf(batch: WireEvent): unknown[] {
  return Array.isArray(batch.payload.events) ? batch.payload.events : [];
}

/** The least that makes a value an event that can be looked at. */
export function isEvent(value: unknown): value is WireEvent {
  if (typeof value !== "object" || value === null) return false;
  const { type, payload } = value as Partial<WireEvent>;
  return typeof type === "string" && typeof payload === "object" && payload !== null;
}

/** What is not transient. */
export const sequenced = (received: readonly Received[]): Received[] =>
  received.filter(({ event }) => event.sequence !== null);

export const typesOf = (received: readonly Received[]): string[] => received.map(({ event }) => event.type);
