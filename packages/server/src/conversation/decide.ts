import { END_REASON, EVENT, LIMITS } from "@parley/protocol";
import type { Command, SystemCommand } from "./commands.ts";
import { type Context, type Decision, Draft } from "./draft.ts";
import { endConversation, userEnds } from "./ending.ts";
import {
  askProvider,
  handOff,
  handOverAfterFailure,
  handOverByOperator,
  handoffOverdue,
} from "./handoffs.ts";
import { agentMissing, agentReady, buildAgent, join, joinOverdue } from "./joining.ts";
import { providerCommand } from "./live.ts";
import { userMessage } from "./messages.ts";
import { note } from "./notes.ts";
import { prompt } from "./prompts.ts";
import type { Conversation } from "./state.ts";
import { chunk, failureTold, isCurrent, message, resumeTurn, turnDone, turnFailed } from "./turns.ts";

/**
 * What may happen next: a pure function of the state and the commands, which are taken as one (one append, all or
 * nothing). After the end nothing happens any more.
 */
export function decide(state: Conversation, commands: readonly Command[], context: Context): Decision {
  const draft = new Draft(state, context);
  for (const command of commands) {
    if (draft.state.ended === null) apply(draft, command);
  }
  return draft.decision;
}

function apply(draft: Draft, command: Command): void {
  if ("turn" in command && !isCurrent(draft, command)) return;
  const rule = rules[command.kind] as (draft: Draft, command: Command) => void;
  rule(draft, command);
}

const rules: {
  [Kind in Command["kind"]]: (draft: Draft, command: Extract<Command, { kind: Kind }>) => void;
} = {
  join,
  message: userMessage,
  end: (draft, { custom }) => userEnds(draft, custom),
  join_overdue: joinOverdue,

  agent_chunk: chunk,
  agent_message: message,
  agent_handoff: handOff,
  agent_end: (draft) => endConversation(draft, END_REASON.natural),
  agent_done: watched(turnDone),
  agent_failed: watched(turnFailed),
  agent_note: note,

  start,
  agent_ready: (draft, { name, avatarUrl }) => agentReady(draft, name, avatarUrl),
  agent_missing: agentMissing,
  failure_told: failureTold,
  hand_over: handOverByOperator,
  handoff: providerCommand,
  handoff_overdue: handoffOverdue,
  prompt,
  context: verifyContext,
  abandon: (draft) => endConversation(draft, END_REASON.abandoned),
  recover: watched(recover),
};

/** A rule in which a turn may fail, which may be one too many. */
function watched<Given>(rule: (draft: Draft, command: Given) => void) {
  return (draft: Draft, command: Given): void => {
    const { turn, failedTurns } = draft.state;
    rule(draft, command);
    if (turn !== null && draft.state.failedTurns > failedTurns) handOverAfterFailure(draft, turn);
  };
}

/** The first row of every session [protocol section 5]. */
function start(draft: Draft, { contextId, streaming }: Extract<SystemCommand, { kind: "start" }>): void {
  draft.event(EVENT.SESSION_START, {
    capabilities: {
      streaming,
      max_message_size_bytes: LIMITS.messageBytes,
      max_reconnect_attempts: LIMITS.maxReconnectAttempts,
      heartbeat_interval_seconds: LIMITS.heartbeatIntervalSeconds,
    },
    ...(contextId !== null && { context_id: contextId }),
  });
}

/** Replaces the verified context, unless a newer token was accepted already [protocol section 8]. */
function verifyContext(draft: Draft, { context, iat }: Extract<SystemCommand, { kind: "context" }>): void {
  if (draft.state.context !== null && iat < draft.state.context.iat) return;
  draft.fact("context_verified", { context, iat });
}

/** Carries on with what was under way when the session left memory [design decision 5]. */
function recover(draft: Draft): void {
  const { speaker } = draft.state;
  if (speaker === "joining") buildAgent(draft);
  else if (speaker === "agent") resumeTurn(draft);
  else askProvider(draft);
}
