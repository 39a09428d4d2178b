import type { Message } from "@parley/client";
import { lineOf, queueLine } from "./happenings.ts";
import type { KeptNotice, Shown } from "./talk.ts";

/** What a user can do about a line: bring the agent back, or ask for one again. */
export type Remedy = "bring-back" | "ask-again";

export interface Line {
  readonly kind: "line" | "warning" | "error";
  readonly id: string;
  readonly text: string;
  readonly remedy: Remedy | null;
}

/** What stands in the chat, in order. */
export type Item = Message | Line;

/** The conversation as a list: messages, what happened between them, and what the server said beside it. */
export function itemsOf(shown: Shown): Item[] {
  const { notices, presence, queue, timeline } = shown;
  const items = noticesBehind(null, shown);
  let agent = "";
  let person = "";
  for (const item of timeline) {
    if (item.kind === "message") items.push(item);
    else {
      const { event, id } = item;
      const text = lineOf(event, agent, person);
      if (event.type === "EVENT_TYPE_POLY_AGENT_JOINED") agent = event.payload.agent_name;
      if (event.type === "EVENT_TYPE_LIVE_AGENT_JOINED")
        person = event.payload.agent?.name ?? event.payload.agent_name;
      const isAway = event.type === "EVENT_TYPE_CLIENT_HANDOFF_REQUIRED";
      if (text !== null) items.push({ kind: "line", id, text, remedy: isAway ? "bring-back" : null });
    }
    if (notices.length > 0) items.push(...noticesBehind(item.id, shown));
  }
  const place = presence === "queue" && queue !== null ? queueLine(queue) : null;
  if (place !== null) items.push({ kind: "line", id: "queue", text: place, remedy: null });
  return items;
}

const noticesBehind = (id: string | null, { notices, presence }: Shown): Item[] =>
  notices
    .filter(({ behind }) => behind === id)
    .map((notice) => ({
      kind: kindOf(notice),
      id: notice.id,
      text: notice.text,
      // The client has asked for an agent in vain: from here on it is the user's to say.
      remedy: notice === notices.at(-1) && presence === "joining" ? "ask-again" : null,
    }));

function kindOf({ level }: KeptNotice): Line["kind"] {
  if (level === "SYSTEM_MESSAGE_LEVEL_INFO") return "line";
  return level === "SYSTEM_MESSAGE_LEVEL_WARNING" ? "warning" : "error";
}
