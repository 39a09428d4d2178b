import { EVENT, type ServerEvent } from "@parley/protocol";
import type { DeskConversation } from "./wire.ts";

/** Characters of the last message that a list shows. */
const SHORT = 140;

/** What a list shows of a conversation's words: a fold over its events. */
export interface Glance {
  /** Of the last event that was taken; 0 before the first. */
  readonly sequence: number;
  readonly last: DeskConversation["last"];
  readonly userMessages: number;
  /** The message that is being streamed, and what a list shows of it. */
  readonly stream: { readonly id: string; readonly text: string } | null;
}

export const EMPTY_GLANCE: Glance = { sequence: 0, last: null, userMessages: 0, stream: null };

/** The glance behind one more event. One that was taken already changes nothing. */
export function glanceBehind(glance: Glance, event: ServerEvent): Glance {
  const { sequence } = event;
  if (sequence === null || sequence <= glance.sequence) return glance;
  const next = { ...glance, sequence };
  const said = (from: "user" | "agent" | "person", text: string): Glance => {
    const line = text.replace(/\s+/gu, " ").trim();
    if (line === "") return next;
    const at = Date.parse(event.timestamp);
    return { ...next, last: { from, text: shortened(line), at, sequence } };
  };
  switch (event.type) {
    case EVENT.USER_MESSAGE:
      return { ...said("user", event.payload.text), userMessages: glance.userMessages + 1 };
    case EVENT.POLY_AGENT_MESSAGE:
      return said("agent", event.payload.text);
    case EVENT.LIVE_AGENT_MESSAGE:
      return said("person", event.payload.text);
    case EVENT.POLY_AGENT_MESSAGE_CHUNK: {
      const { message_id: id, text, is_complete } = event.payload;
      // A few characters more than are shown, since blanks are folded.
      const before = glance.stream?.id === id ? glance.stream.text : "";
      const whole = before.length > 4 * SHORT ? before : before + text;
      return { ...said("agent", whole), stream: is_complete ? null : { id, text: whole } };
    }
    default:
      return next;
  }
}

function shortened(line: string): string {
  const characters = [...line];
  return characters.length > SHORT ? `${characters.slice(0, SHORT - 1).join("")}…` : line;
}
