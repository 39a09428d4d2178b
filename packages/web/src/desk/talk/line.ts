import type { ServerEvent } from "@parley/client";

const ENDINGS: Readonly<Record<string, (user: string) => string>> = {
  REASON_USER_END: (user) => `${user} ended the conversation`,
  REASON_NATURAL_END: () => "The conversation has ended",
  REASON_USER_ABANDONED: (user) => `Ended: nothing was heard of ${user} for too long`,
};

/** What happened between the messages, as people at the desk read it; null for what they need not see. */
export function lineOf(event: ServerEvent, user: string): string | null {
  switch (event.type) {
    case "EVENT_TYPE_POLY_AGENT_JOINED":
      return `${event.payload.agent_name || "The agent"} joined`;
    case "EVENT_TYPE_POLY_AGENT_TRIGGERED_HANDOFF":
      return "A person was asked for";
    case "EVENT_TYPE_HANDOFF_ACCEPTED":
      return event.payload.queue_name ? `Waits in ${event.payload.queue_name}` : null;
    case "EVENT_TYPE_HANDOFF_FAILED":
      return `Nobody could take over${because(event.payload.reason)}`;
    case "EVENT_TYPE_HANDOFF_TIMEOUT":
      return `Nobody was free in time${because(event.payload.reason)}`;
    case "EVENT_TYPE_LIVE_AGENT_JOINED":
      return `${event.payload.agent_name || "Somebody"} joined`;
    case "EVENT_TYPE_LIVE_AGENT_LEFT":
      return `${event.payload.agent_name || "The person"} left`;
    case "EVENT_TYPE_LANGUAGE_CHANGED":
      return `The language is ${languageName(event.payload.language_code)} now`;
    case "EVENT_TYPE_SESSION_END":
      return (ENDINGS[event.payload.reason] ?? (() => "The conversation has ended"))(user);
    default:
      return null;
  }
}

const because = (reason: string | undefined): string => (reason ? `: ${reason}` : "");

function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
