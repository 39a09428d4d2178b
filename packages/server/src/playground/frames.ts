import { plural } from "./dom.ts";

/** What a row says of a frame. */
export interface FrameSummary {
  readonly type: string;
  readonly sequence: string;
  readonly hint: string;
}

const withoutPrefix = (type: unknown) => String(type ?? "not an event").replace("EVENT_TYPE_", "");

/** What is used of a frame, which may be anything. */
interface Frame {
  type?: unknown;
  sequence?: unknown;
  payload?: Record<string, unknown> | undefined;
}

export function summarize(frame: Frame | null): FrameSummary {
  const type = withoutPrefix(frame?.type);
  const events = frame?.payload?.events;
  if (!Array.isArray(events))
    return { type, sequence: frame?.sequence ? `#${frame.sequence}` : "", hint: hintOf(frame?.payload) };
  const [first] = events;
  const last = events.length > 1 ? `–${events.at(-1).sequence}` : "";
  const types = events.map((event) => withoutPrefix(event.type)).join(", ");
  const hint = `${plural(events.length, "event")}${types && `: ${types}`}`;
  return { type, sequence: first ? `#${first.sequence}${last}` : "", hint };
}

/** What says most about an event, in the order of its worth. */
const TELLING = ["message", "reason", "agent_name", "language_code", "state", "display_message"];

function hintOf(payload: Record<string, unknown> = {}): string {
  const { text } = payload;
  if (typeof text === "string") return text === "" ? "(no text)" : `“${text.trim()}”`;
  return String(payload[TELLING.find((key) => payload[key]) ?? ""] ?? "");
}
