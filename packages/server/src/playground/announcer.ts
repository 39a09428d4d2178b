import type { ServerEvent } from "@parley/client";
import { byId, el } from "./dom.ts";
import { ending, queueLine } from "./happenings.ts";
import { itemsOf } from "./items.ts";
import type { Shown } from "./talk.ts";

/** What was read out goes after so long, milliseconds. */
const HEARD = 10_000;

/** Has a screen reader read it out. */
export function announce(text: string): void {
  const node = el("div", {}, text);
  byId("announcer").append(node);
  setTimeout(() => node.remove(), HEARD);
}

/** Reads out what has come: once, and a message whole, for a text that grows word by word is no text to listen to. */
export function announceEvent(event: ServerEvent, shown: Shown): void {
  switch (event.type) {
    case "EVENT_TYPE_POLY_AGENT_MESSAGE":
    case "EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK":
    case "EVENT_TYPE_LIVE_AGENT_MESSAGE": {
      const message = shown.messages.find(({ id }) => id === event.payload.message_id);
      if (message?.state === "complete" && message.text) announce(`${message.name}: ${message.text}`);
      return;
    }
    case "EVENT_TYPE_SYSTEM_MESSAGE":
      announce(event.payload.message);
      return;
    case "EVENT_TYPE_HANDOFF_QUEUE_STATUS": {
      const place = queueLine(event.payload);
      if (place !== null) announce(place);
      return;
    }
    case "EVENT_TYPE_SESSION_END":
      announce(ending(event.payload.reason));
      return;
    case "EVENT_TYPE_USER_MESSAGE":
    case "EVENT_TYPE_HEARTBEAT":
      return;
    default: {
      const line = itemsOf(shown).find(({ id }) => id === event.id);
      if (line?.kind === "line") announce(line.text);
    }
  }
}
