import type { Message, Notice, ServerEvent, Snapshot } from "@parley/client";
import type { TextKey } from "./i18n/en.ts";
import type { Texts } from "./i18n/texts.ts";

/** What happened between the messages, or what the server said beside them. */
export interface Line {
  readonly kind: "line" | "warning" | "error";
  readonly id: string;
  readonly text: string;
  /** The user can ask for the agent again: it has handed over to whatever holds this page. */
  readonly isAway: boolean;
}

/** Where the calendar day changes. */
export interface Day {
  readonly kind: "day";
  readonly id: string;
  readonly at: number;
}

/** What stands in the list, in order. */
export type Item = Message | Line | Day;

type Shown = Pick<Snapshot, "timeline" | "presence" | "queue" | "notice">;

/** The conversation as a list. A message that has not changed stays the same object. */
export function itemsOf({ timeline, presence, queue, notice }: Shown, texts: Texts): Item[] {
  const items: Item[] = [];
  let day = "";
  let agent = "";
  let person = "";
  for (const item of timeline) {
    const today = new Date(item.at).toDateString();
    if (item.kind === "message") {
      if (day !== "" && today !== day) items.push({ kind: "day", id: `day ${item.id}`, at: item.at });
      day = today;
      items.push(item);
      continue;
    }
    const text = lineOf(item.event, { agent, person }, texts);
    if (item.event.type === "EVENT_TYPE_POLY_AGENT_JOINED") agent = item.event.payload.agent_name;
    if (item.event.type === "EVENT_TYPE_LIVE_AGENT_JOINED") person = personOf(item.event.payload);
    const isAway = item.event.type === "EVENT_TYPE_CLIENT_HANDOFF_REQUIRED" && presence === "away";
    if (text !== null) items.push({ kind: "line", id: item.id, text, isAway });
  }
  const place = presence === "queue" && queue !== null ? queueLine(queue, texts) : null;
  if (place !== null) items.push({ kind: "line", id: "queue", text: place, isAway: false });
  if (notice !== null) {
    items.push({ kind: kindOf(notice), id: notice.id, text: noticeText(notice.text, texts), isAway: false });
  }
  return items;
}

/**
 * What happened, in a line; null for what is shown elsewhere or not at all.
 * @param who the names of the agent and the person before it
 */
export function lineOf(
  event: ServerEvent,
  who: { agent: string; person: string },
  { t, region }: Texts,
): string | null {
  switch (event.type) {
    case "EVENT_TYPE_POLY_AGENT_JOINED":
      return t("joined", { name: event.payload.agent_name || t("assistant") });
    case "EVENT_TYPE_POLY_AGENT_TRIGGERED_HANDOFF":
      return t("handingOver");
    case "EVENT_TYPE_HANDOFF_ACCEPTED":
      return because(t("waiting"), event.payload.queue_name);
    case "EVENT_TYPE_HANDOFF_FAILED":
      return because(t("handoffFailed"), event.payload.reason);
    case "EVENT_TYPE_HANDOFF_TIMEOUT":
      return because(t("handoffTimeout"), event.payload.reason);
    case "EVENT_TYPE_CLIENT_HANDOFF_REQUIRED":
      return t("goesOnElsewhere");
    case "EVENT_TYPE_LIVE_AGENT_JOINED":
      return t("joined", { name: personOf(event.payload) || t("assistant") });
    case "EVENT_TYPE_LIVE_AGENT_LEFT":
      return t("left", { name: event.payload.agent_name || who.person || t("assistant") });
    case "EVENT_TYPE_LANGUAGE_CHANGED":
      return t("language", { language: languageName(event.payload.language_code, region) });
    case "EVENT_TYPE_SESSION_END":
      return t(ENDINGS[event.payload.reason] ?? "ended");
    default:
      return null;
  }
}

const ENDINGS: Readonly<Record<string, TextKey>> = {
  REASON_USER_END: "endedByYou",
  REASON_NATURAL_END: "ended",
  REASON_USER_ABANDONED: "endedIdle",
};

/** The server's own words for what went wrong [protocol section 5], which are English, in the reader's language. */
const NOTICES: Readonly<Record<string, TextKey>> = {
  "Our system is experiencing high load. Please try again in a moment.": "busy",
  "Sorry, I'm having trouble responding right now. Please try again.": "trouble",
  "Sorry, I encountered an error. Please try again.": "broken",
  "Sorry, I'm unable to start a conversation right now. Please try again later.": "noStart",
  "Sorry, we could not connect you to an agent. Please try again.": "noPerson",
  "Sorry, handoff could not be initiated.": "noPerson",
  "Failed to forward message to live agent": "notForwarded",
};

const noticeText = (text: string, { t }: Texts): string => {
  const key = NOTICES[text];
  return key === undefined ? text : t(key);
};

/** Where the user stands in the queue, where more than its name is known. */
export function queueLine(queue: NonNullable<Snapshot["queue"]>, { t }: Texts): string | null {
  const { display_message, position_in_queue: position, estimated_wait_seconds: seconds } = queue;
  const parts = [
    position && t("queue", { position }),
    seconds && t("wait", { minutes: Math.ceil(seconds / 60) }),
  ];
  return display_message || parts.filter(Boolean).join(", ") || null;
}

const because = (text: string, reason: string | undefined) => (reason ? `${text}: ${reason}` : text);

const personOf = (payload: { agent?: { name: string }; agent_name: string }): string =>
  payload.agent?.name ?? payload.agent_name;

function languageName(code: string, locale: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function kindOf({ level }: Notice): Line["kind"] {
  if (level === "SYSTEM_MESSAGE_LEVEL_INFO") return "line";
  return level === "SYSTEM_MESSAGE_LEVEL_WARNING" ? "warning" : "error";
}
