import { EVENT, type ServerEvent, SYSTEM_LEVEL, SYSTEM_MESSAGES } from "@parley/protocol";
import { type Context, transient } from "./draft.ts";
import { queuePayload } from "./live.ts";
import type { Conversation } from "./state.ts";

/** What is true right now and in no journal: told once to a socket that has had its replay [protocol section 5]. */
export function present(state: Conversation, context: Pick<Context, "now" | "newId">): ServerEvent[] {
  if (state.ended !== null) return [];
  const events: ServerEvent[] = [];
  if (state.turn !== null && state.stream === null) {
    events.push(transient(context, EVENT.POLY_AGENT_THINKING, {}));
  }
  const { failure, handoff } = state;
  if (state.turn === null && failure !== null && (!failure.isTold || failure.sequence === state.sequence)) {
    const message = SYSTEM_MESSAGES[failure.kind];
    events.push(transient(context, EVENT.SYSTEM_MESSAGE, { level: SYSTEM_LEVEL.error, message }));
  }
  if (state.speaker === "handoff" && handoff?.status) {
    events.push(transient(context, EVENT.HANDOFF_QUEUE_STATUS, queuePayload(handoff.status)));
  }
  return events;
}
