import { EVENT } from "@parley/protocol";
import type { AgentCommand } from "./agent-commands.ts";
import type { SystemCommand } from "./commands.ts";
import type { Draft } from "./draft.ts";
import type { Facts } from "./facts.ts";
import type { HandoffInitiator, HandoffOutcome } from "./handoff.ts";
import { digest } from "./keys.ts";
import { judgeRequest, type OperatorVerdict } from "./operators.ts";
import { type Conversation, openHandoff } from "./state.ts";
import type { Handoff, Return, RunningTurn } from "./turn.ts";
import { failTurn, startOwedTurn, stopTurn } from "./turns.ts";

/** What a session's connector and the server decide about handoffs. */
export interface HandoffPolicy {
  /** The name of who is asked. */
  readonly provider: string;
  /** Where a wish goes that names no queue; null: nowhere in particular. */
  readonly queue: string | null;
  /** How long a user waits in a queue at most, milliseconds; null where there is no limit. */
  waitMs(queue: string | null): number | null;
  /** Whether the user's words ask for a person; null where words never do. */
  readonly asksForPerson: ((text: string) => boolean) | null;
  /** The server looks for a person after so many failed turns in a row; null: never. */
  readonly afterFailedTurns: number | null;
}

/** Where nobody takes over. */
export const NO_HANDOFFS: HandoffPolicy = {
  provider: "none",
  queue: null,
  waitMs: () => null,
  asksForPerson: null,
  afterFailedTurns: null,
};

/** The provider of handoffs that the client manages. */
const CLIENT = "client";

export const HANDOFFS = {
  /** What providers may do in one session, by key: as much as its user may say, and as much again beside it. */
  commandsPerSession: 20_000,
  /** What operators may ask for in one session, by key. */
  requestsPerSession: 1_000,
} as const;

/** What users read where a provider gives no words of its own. */
export const HANDOFF_TEXTS = {
  failed: "Nobody could be reached.",
  timedOut: "Nobody could come in time.",
  transferred: "You are being passed on to a colleague.",
} as const;

type Wish = Omit<Extract<Handoff, { managed: "server" }>, "managed">;

/** What an operator asks for. */
export interface HandoffWish extends Wish {
  /** Of the handoff that comes of it: UUID. */
  readonly id: string;
  /** The second request of a key is the first one again. */
  readonly key: string | null;
}

export function judgeWish(state: Conversation, wish: HandoffWish): OperatorVerdict {
  const isFull = state.handoffKeys.length >= HANDOFFS.requestsPerSession;
  const asked = { key: wish.key, digest: () => digestOf(wish) };
  return judgeRequest(state, state.handoffKeys, asked, isFull);
}

const digestOf = ({ reason, queue, summary, context }: Wish): string =>
  digest(JSON.stringify([reason, queue, summary, context]));

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
    const { managed: _, ...wish } = handoff;
    lookForPerson(draft, "agent", wish);
    return;
  }
  redirect(draft, handoff);
}

/** The client takes the user elsewhere, and what becomes of that is not known here. */
function redirect(draft: Draft, { reason, queue, route }: Extract<Handoff, { managed: "client" }>): void {
  draft.fact("handoff_requested", {
    id: draft.context.newId(),
    provider: CLIENT,
    queue,
    initiator: "agent",
    reason,
    summary: null,
    context: null,
    deadline: null,
    key: null,
    digest: null,
    at: draft.context.now,
  });
  draft.event(EVENT.POLY_AGENT_TRIGGERED_HANDOFF, {});
  draft.event(EVENT.CLIENT_HANDOFF_REQUIRED, { reason, queue_name: queue, route });
  draft.event(EVENT.POLY_AGENT_LEFT, {});
  endHandoff(draft, "redirected", null);
}

/** Nobody has come, the user has said nothing since, and the agent asks again: that would have no end. */
function goesInCircles(draft: Draft, answered = Number.POSITIVE_INFINITY): boolean {
  const { turn, answered: before } = draft.state;
  if (turn?.reason !== "returned" || turn.returned?.outcome === "returned") return false;
  return Math.min(answered, turn.through) <= before;
}

/** An operator takes the word from the agent. */
export function handOverByOperator(
  draft: Draft,
  { wish }: Extract<SystemCommand, { kind: "hand_over" }>,
): void {
  if (judgeWish(draft.state, wish) !== "new") return;
  const { id, key } = wish;
  interruptAndLook(draft, "operator", wish, { id, key, digest: key === null ? null : digestOf(wish) });
}

/** Whether a rule of the connector wants a person for what the user has just written. */
export const asksForPerson = ({ state, context }: Draft, text: string): boolean =>
  state.speaker === "agent" && context.handoffs.asksForPerson?.(text) === true;

export function handOverByRule(draft: Draft, reason: string): void {
  interruptAndLook(draft, "rule", { reason });
}

/** A turn of the agent's has failed, perhaps one too many. */
export function handOverAfterFailure(draft: Draft, failed: RunningTurn): void {
  const { speaker, failedTurns } = draft.state;
  const { afterFailedTurns } = draft.context.handoffs;
  if (afterFailedTurns === null || failedTurns < afterFailedTurns || speaker !== "agent") return;
  // Nobody came, and the agent fails to say so: to look again would have no end.
  if (failed.reason === "returned") return;
  handOverByRule(draft, `The agent has failed ${failedTurns} times in a row.`);
}

/** What the agent has not said a word about is still to be answered. */
function interruptAndLook(
  draft: Draft,
  initiator: HandoffInitiator,
  wish: Wish,
  request: Partial<HandoffRequest> = {},
): void {
  const { turn } = draft.state;
  stopTurn(draft, turn?.said === false ? 0 : undefined);
  lookForPerson(draft, initiator, wish, request);
}

type HandoffRequest = Facts["handoff_requested"];

function lookForPerson(
  draft: Draft,
  initiator: HandoffInitiator,
  { queue, ...wish }: Wish,
  request: Partial<HandoffRequest> = {},
): void {
  const { handoffs, now } = draft.context;
  const { reason = null, summary = null, context = null } = wish;
  const where = queue ?? handoffs.queue;
  const waitMs = handoffs.waitMs(where);
  draft.fact("handoff_requested", {
    id: request.id ?? draft.context.newId(),
    provider: handoffs.provider,
    queue: where,
    initiator,
    reason,
    summary,
    context,
    deadline: waitMs === null ? null : now + waitMs,
    key: null,
    digest: null,
    at: now,
    ...request,
  });
  draft.event(EVENT.POLY_AGENT_TRIGGERED_HANDOFF, {});
  draft.event(EVENT.POLY_AGENT_LEFT, {});
  askProvider(draft);
}

/** Asks for what is open, for the first time or once more after a restart. */
export function askProvider(draft: Draft): void {
  const handoff = openHandoff(draft.state);
  if (handoff === null) return;
  draft.effect({ kind: "request_handoff", handoff, verified: draft.state.context?.values ?? null });
  draft.effect({ kind: "await_person", until: handoff.deadline });
}

/** The user has waited as long as the queue allows. */
export function handoffOverdue(
  draft: Draft,
  { handoff: id }: Extract<SystemCommand, { kind: "handoff_overdue" }>,
): void {
  const handoff = openHandoff(draft.state);
  if (handoff?.id !== id || handoff.deadline === null || draft.context.now < handoff.deadline) return;
  giveBack(draft, "timed_out", HANDOFF_TEXTS.timedOut);
}

/**
 * The agent is back, knows what happened, and answers what was written while nobody had joined [protocol section 6].
 *
 * @param reason for the user where nobody came, and for the agent where a person gives it back
 * @param answered the sequence of the last user message that a person has seen
 */
export function giveBack(
  draft: Draft,
  outcome: Return["outcome"],
  reason: string | null,
  answered = draft.state.answered,
): void {
  const { agent } = draft.state;
  const said = reason === null ? {} : { reason };
  if (outcome === "failed") draft.event(EVENT.HANDOFF_FAILED, said);
  if (outcome === "timed_out") draft.event(EVENT.HANDOFF_TIMEOUT, said);
  endHandoff(draft, outcome, reason, answered);
  const { name, avatarUrl } = agent ?? { name: "", avatarUrl: "" };
  draft.event(EVENT.POLY_AGENT_JOINED, { agent_name: name, agent_avatar_url: avatarUrl });
  startOwedTurn(draft);
}

/** Closes the record, and tells the provider. Before the session's own end, since nothing follows that. */
export function endHandoff(
  draft: Draft,
  outcome: HandoffOutcome,
  reason: string | null,
  answered = draft.state.answered,
): void {
  const handoff = openHandoff(draft.state);
  if (handoff === null) return;
  const stage = stageOf(outcome, handoff.joinedAt !== null);
  draft.fact("handoff_ended", {
    handoff: handoff.id,
    stage,
    outcome,
    reason,
    answered,
    at: draft.context.now,
  });
  draft.effect({ kind: "await_person", until: null });
  const ended = { kind: "ended", outcome, reason } as const;
  draft.effect({ kind: "tell_provider", provider: handoff.provider, handoff: handoff.id, news: ended });
}

function stageOf(outcome: HandoffOutcome, hadPerson: boolean) {
  if (outcome === "failed" || outcome === "timed_out") return outcome;
  return hadPerson || outcome === "redirected" ? "ended" : "cancelled";
}
