import type { ServerEvent } from "@parley/client";

/** A record of the wire, as the server tells it; see docs/testing-your-client.md. */
export interface WireRecord {
  readonly n: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly session: string | null;
  readonly connection: number | null;
  readonly kind: "frame" | "opened" | "closed" | "refused" | "request" | "fault";
  readonly from?: "client" | "server";
  readonly text?: string;
  readonly user?: string | null;
  readonly [key: string]: unknown;
}

/** Which way it went; `none` for what is no message. */
export type Direction = "up" | "down" | "none";

/** A row of the wire. */
export interface Entry {
  /** Ascending over all that this page has seen, also over a restart of the server. */
  readonly key: number;
  readonly record: WireRecord;
  readonly direction: Direction;
  /** Without the prefix that all types have. */
  readonly type: string;
  readonly sequence: string;
  /** What says most about it, short. */
  readonly hint: string;
  readonly isBad: boolean;
  /** What is shown when it is chosen, and copied. */
  readonly data: unknown;
  /** The messages it is about. */
  readonly messages: readonly string[];
  /** What is searched, in lower case. */
  readonly haystack: string;
}

/** Characters of a hint: more than a row is wide. */
const MAX_HINT = 200;
/** Characters of a row that are searched: a longer payload is searched at its beginning. */
const MAX_HAYSTACK = 16_384;

interface Frame {
  type?: unknown;
  sequence?: unknown;
  payload?: Record<string, unknown>;
  metadata?: { custom?: { local_id?: unknown } };
}

export function entryOf(record: WireRecord, key: number): Entry {
  const { data, ...seen } = seenIn(record);
  return {
    key,
    record,
    ...seen,
    hint: seen.hint.slice(0, MAX_HINT),
    data,
    haystack: `${seen.type} ${record.text ?? JSON.stringify(data)}`.slice(0, MAX_HAYSTACK).toLowerCase(),
  };
}

type Seen = Pick<Entry, "direction" | "type" | "sequence" | "hint" | "isBad" | "data" | "messages">;

function seenIn(record: WireRecord): Seen {
  const { n: _, at: __, session: ___, ...data } = record;
  const quiet = { direction: "none", sequence: "", isBad: false, data, messages: [] } as const;
  switch (record.kind) {
    case "frame":
      return frameIn(record);
    case "opened":
      return { ...quiet, type: "connected", hint: `cursor ${record.cursor}` };
    case "closed":
      return { ...quiet, type: `closed ${record.code}`, hint: CLOSES[Number(record.code)] ?? "" };
    case "refused":
      return {
        ...quiet,
        type: "upgrade refused",
        sequence: `${record.status}`,
        hint: `${record.message}`,
        isBad: true,
      };
    case "request":
      return {
        ...quiet,
        direction: "up",
        type: `${record.method} ${record.path}`,
        sequence: `${record.status}`,
        hint: `${record.ms} ms`,
        isBad: Number(record.status) >= 400,
        data: { ...data, request: parsed(record.request), response: parsed(record.response) },
      };
    case "fault": {
      const { fault, ...details } = record.fault as { fault: string };
      const hint = Object.entries(details).map(([name, value]) => `${name} ${value}`);
      return {
        ...quiet,
        type: fault === "none" ? "faults cleared" : `fault: ${fault}`,
        hint: hint.join(", "),
      };
    }
  }
}

/** What a close code says [RFC 6455, section 7.4.1]. */
const CLOSES: Readonly<Record<number, string>> = {
  1000: "the end",
  1001: "going away",
  1005: "without a code",
  1006: "lost, no close frame",
  1009: "frame too large",
  1011: "internal fault",
  1012: "restart",
  1013: "try again later",
};

function frameIn({ from, text = "" }: WireRecord): Seen {
  const direction = from === "client" ? "up" : "down";
  const frame = parsed(text) as Frame | null;
  if (typeof frame !== "object" || frame === null) {
    return {
      direction,
      type: "not an event",
      sequence: "",
      hint: text,
      isBad: true,
      data: text,
      messages: [],
    };
  }
  const { payload = {} } = frame;
  const isBad = payload.level === "SYSTEM_MESSAGE_LEVEL_ERROR";
  const shared = { direction, type: withoutPrefix(frame.type), isBad, data: frame } as const;
  const events = Array.isArray(payload.events) ? (payload.events as Frame[]) : null;
  if (events === null) {
    const sequence = frame.sequence ? `${frame.sequence}` : "";
    return { ...shared, sequence, hint: hintOf(payload), messages: messagesIn([frame]) };
  }
  const last = events.length > 1 ? `–${events.at(-1)?.sequence}` : "";
  const types = events.map(({ type }) => withoutPrefix(type)).join(", ");
  return {
    ...shared,
    sequence: events[0] === undefined ? "" : `${events[0].sequence}${last}`,
    hint: events.length === 0 ? "nothing new" : `${events.length}: ${types}`,
    messages: messagesIn(events),
  };
}

const withoutPrefix = (type: unknown) => String(type ?? "not an event").replace("EVENT_TYPE_", "");

const messagesIn = (frames: readonly Frame[]): string[] =>
  frames.flatMap(({ payload, metadata }) =>
    [payload?.message_id, metadata?.custom?.local_id].filter((id) => typeof id === "string"),
  );

/** What says most about an event, in the order of its worth. */
const TELLING = ["message", "reason", "agent_name", "language_code", "state", "display_message"];

function hintOf(payload: Record<string, unknown>): string {
  const { text } = payload;
  if (typeof text === "string") return text === "" ? "(no text)" : text.trim().replace(/\s+/g, " ");
  return String(payload[TELLING.find((key) => payload[key]) ?? ""] ?? "").replace(/^TYPING_STATE_/, "");
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return text;
  }
}

/** The events that a row brought to the client: a batch brings several. */
export function eventsOf({ record, data }: Entry): readonly ServerEvent[] {
  if (record.kind !== "frame" || record.from !== "server") return [];
  const frame = data as { payload?: { events?: readonly ServerEvent[] } };
  return frame.payload?.events ?? [data as ServerEvent];
}
