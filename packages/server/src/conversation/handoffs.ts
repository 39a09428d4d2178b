import { EVENT } from "@parley/protocol";
import type { AgentCommand } from "./agent-commands.ts";
import type { SystemCommand } from "./commands.ts";
import type { Draft } from "./draft.ts";
import { failTurn, startTurn, stopTurn } from "./turns.ts";

/** The agent gives the word away [protocol section 6]. Its turn ends first, so that nothing of it can still arrive. */
export function handOff(
  draft: Draft,
  { handoff, answered }: Extract<AgentCommand, { kind: "agent_handoff" }>,
): void {
  if (handoff.managed === "server" && goesInCircles(draft, answered)) {
    failTurn(draft, "handoffNotStarted");
    return;
  }
  stopTurn(draft, answered);
  if (handoff.managed === "server") {
    draft.fact("handoff_requested", { reason: handoff.reason ?? null, queue: handoff.queue ?? null });
    draft.event(EVENT.POLY_AGENT_TRIGGERED_HANDOFF, {});
    draft.event(EVENT.POLY_AGENT_LEFT, {});
    requestHandoff(draft);
    return;
  }
  const { reason, queue, route } = handoff;
  draft.event(EVENT.POLY_AGENT_TRIGGERED_HANDOFF, {});
  draft.event(EVENT.CLIENT_HANDOFF_REQUIRED, { reason, queue_name: queue, route });
  draft.event(EVENT.POLY_AGENT_LEFT, {});
}

/** Nobody has come, the user has said nothing since, and the agent asks again: that would have no end. */
function goesInCircles(draft: Draft, answered = Number.POSITIVE_INFINITY): boolean {
  const { turn, answered: before } = draft.state;
  return turn?.reason === "returned" && Math.min(answered, turn.through) <= before;
}

export function requestHandoff(draft: Draft): void {
  const { handoff } = draft.state;
  if (handoff !== null) draft.effect({ kind: "request_handoff", ...handoff });
}

/**
 * Nobody came: the agent is back, knows why, and answers what was written meanwhile [protocol section 6]. A server
 * that goes down leaves the request standing: it is made again after the start.
 */
export function handoffFailed(
  draft: Draft,
  command: Extract<SystemCommand, { kind: "handoff_failed" }>,
): void {
  const { speaker, agent } = draft.state;
  if (speaker !== "handoff" || agent === null || draft.context.draining) return;
  const { reason, timedOut } = command;
  draft.event(timedOut ? EVENT.HANDOFF_TIMEOUT : EVENT.HANDOFF_FAILED, { reason });
  draft.event(EVENT.POLY_AGENT_JOINED, { agent_name: agent.name, agent_avatar_url: agent.avatarUrl });
  startTurn(draft, "returned", { because: reason });
}
