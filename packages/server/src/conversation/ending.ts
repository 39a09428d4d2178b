import { END_REASON, type EndReason, EVENT } from "@parley/protocol";
import type { Draft } from "./draft.ts";
import { endHandoff } from "./handoffs.ts";
import { stopTurn } from "./turns.ts";

/** The user leaves: an open stream is completed, then the echo, then the end, in one append [protocol section 4]. */
export function userEnds(draft: Draft, custom: object | undefined): void {
  stopTurn(draft);
  draft.event(EVENT.USER_END_SESSION, {}, custom);
  endHandoff(draft, "user_ended", null);
  endSession(draft, END_REASON.user);
}

/** The agent closes the conversation, or nobody showed a sign of life for too long [protocol section 7]. */
export function endConversation(draft: Draft, reason: EndReason): void {
  stopTurn(draft);
  if (reason === END_REASON.abandoned) endHandoff(draft, "user_abandoned", null);
  endSession(draft, reason);
}

export function endSession(draft: Draft, reason: EndReason): void {
  draft.event(EVENT.SESSION_END, { reason });
}
