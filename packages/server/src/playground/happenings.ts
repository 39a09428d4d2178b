import type { EndReason, ServerEvent, Snapshot } from "@parley/client";

const ENDINGS: Record<EndReason, string> = {
  REASON_USER_END: "You ended the conversation.",
  REASON_NATURAL_END: "The conversation has come to its end.",
  REASON_USER_ABANDONED: "The conversation ended after a long silence.",
};

export const ending = (reason: EndReason): string => ENDINGS[reason] ?? "The conversation is over.";

/** A text, and what more is known, if anything is. */
const because = (text: string, reason: string | undefined) => (reason ? `${text}: ${reason}` : text);

/**
 * What happened, as a line between the messages; null for what is shown elsewhere or not at all.
 * @param agent whoever was the agent then @param person whoever was the person
 */
export function lineOf(event: ServerEvent, agent: string, person: string): string | null {
  switch (event.type) {
    case "EVENT_TYPE_POLY_AGENT_JOINED":
      return `${event.payload.agent_name} joined`;
    case "EVENT_TYPE_POLY_AGENT_TRIGGERED_HANDOFF":
      return `${agent || "The agent"} is handing over`;
    case "EVENT_TYPE_HANDOFF_ACCEPTED":
      return because("Waiting for a person", event.payload.queue_name);
    case "EVENT_TYPE_HANDOFF_FAILED":
      return because("Nobody could take over", event.payload.reason);
    case "EVENT_TYPE_HANDOFF_TIMEOUT":
      return because("Nobody took over in time", event.payload.reason);
    case "EVENT_TYPE_CLIENT_HANDOFF_REQUIRED": {
      const { route, queue_name, reason } = event.payload;
      return `From here a real client goes on by itself: route “${route || queue_name}”, reason ${reason}.`;
    }
    case "EVENT_TYPE_LIVE_AGENT_JOINED":
      return `${event.payload.agent?.name ?? event.payload.agent_name} joined`;
    case "EVENT_TYPE_LIVE_AGENT_LEFT":
      return `${event.payload.agent_name || person || "The person"} left`;
    case "EVENT_TYPE_LANGUAGE_CHANGED":
      return `Language: ${languageName(event.payload.language_code)}`;
    default:
      return null;
  }
}

/** Where the user stands in the queue, where more than its name is known. */
export function queueLine(queue: NonNullable<Snapshot["queue"]>): string | null {
  const { display_message, position_in_queue, estimated_wait_seconds } = queue;
  const parts = [
    position_in_queue && `Number ${position_in_queue} in the queue`,
    estimated_wait_seconds && `about ${Math.ceil(estimated_wait_seconds / 60)} min`,
  ];
  return display_message || parts.filter(Boolean).join(", ") || null;
}

function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
