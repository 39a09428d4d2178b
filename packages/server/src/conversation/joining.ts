import { EVENT, LIMITS, SYSTEM_MESSAGES } from "@parley/protocol";
import type { UserCommand } from "./commands.ts";
import type { Draft } from "./draft.ts";
import type { Conversation } from "./state.ts";
import { startOwedTurn, startTurn } from "./turns.ts";

/**
 * The user asks the agent in [protocol section 4]. While a join stands, a second one greets nobody twice: it gets the
 * first one's echo again and nothing more.
 */
export function join(draft: Draft, { custom }: Extract<UserCommand, { kind: "join" }>): void {
  const standing = draft.state.join;
  if (standing !== null) {
    draft.effect({ kind: "repeat", sequence: standing });
    return;
  }
  draft.event(EVENT.REQUEST_POLY_AGENT_JOIN, {}, custom);
  buildAgent(draft);
}

/** An echoed join is carried out, but after failures not at once [protocol section 5]. */
export function buildAgent(draft: Draft): void {
  draft.effect({ kind: "build_agent", at: nextAttempt(draft.state, draft.context.now) });
}

/** When joining may be tried again, milliseconds since 1970: telling the failure makes shipped clients ask at once. */
function nextAttempt({ joinFailures: { count, lastAt } }: Conversation, now: number): number {
  if (count === 0) return 0;
  // A clock that was set back must not make the user wait for it to catch up.
  const failedAt = Math.min(lastAt, now);
  return failedAt + Math.min(LIMITS.rejoinFirstMs * 2 ** (count - 1), LIMITS.rejoinLastMs);
}

/** The agent exists. It greets a user once in a session's life; after that it goes on with what was kept. */
export function agentReady(draft: Draft, name: string, avatarUrl: string): void {
  if (draft.state.speaker !== "joining") return;
  draft.event(EVENT.POLY_AGENT_JOINED, { agent_name: name, agent_avatar_url: avatarUrl });
  if (draft.state.greeted) startOwedTurn(draft);
  else startTurn(draft, "greeting");
}

export function agentMissing(draft: Draft): void {
  if (draft.state.speaker !== "joining") return;
  draft.fact("join_failed", { at: draft.context.now });
  draft.tell("noAgent");
}

/**
 * The sender of an unattended message is told once in a session, so that its client asks to join. Not soon after a
 * failed join: that was told with a text that makes clients do the same, to whoever was there to hear it.
 */
export function joinOverdue(draft: Draft): void {
  const { state, context } = draft;
  if (state.speaker !== "nobody" || state.hinted || context.now < nextAttempt(state, context.now)) return;
  draft.fact("join_hinted", {});
  draft.refuse("error", SYSTEM_MESSAGES.noConversation);
}
