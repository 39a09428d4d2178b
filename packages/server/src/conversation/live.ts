import { END_REASON, EVENT, type Payloads } from "@parley/protocol";
import type { KeptCommand, ProviderCommand } from "./commands.ts";
import type { Draft } from "./draft.ts";
import { endSession } from "./ending.ts";
import type { HandoffAnswer, HandoffRecord, HandoffRefusal, QueueStatus } from "./handoff.ts";
import { endHandoff, giveBack, HANDOFF_TEXTS, HANDOFFS } from "./handoffs.ts";
import { digest } from "./keys.ts";
import { type Conversation, openHandoff } from "./state.ts";

/** What becomes of a provider's command: a new one, one that was carried out already, or none. */
export type CommandVerdict = "new" | HandoffAnswer;

/** Whether a provider's command can be carried out now; a repetition of one that was is answered as it was. */
export function judgeCommand(
  state: Conversation,
  { handoff: id, key, command }: Omit<ProviderCommand, "kind">,
): CommandVerdict {
  const known = key === null ? undefined : state.deliveries.find(key, state.position);
  if (known !== undefined) {
    if (known.digest !== digestOf(id, command)) return { refusal: "key_conflict" };
    return { sequence: known.sequence, isRepeat: true };
  }
  const handoff = openHandoff(state);
  if (handoff?.id !== id) return { refusal: absence(state) };
  const refusal = refusalOf(handoff, command);
  if (refusal !== null) return { refusal };
  if (isDone(handoff, command)) return { sequence: null, isRepeat: true };
  return key !== null && state.deliveries.size >= HANDOFFS.commandsPerSession
    ? { refusal: "too_many" }
    : "new";
}

/** Whether this person may speak now. @param person the id of who; who is there where it is not said */
export function judgePerson(state: Conversation, id: string, person?: string): HandoffRefusal | null {
  const handoff = openHandoff(state);
  if (handoff?.id !== id) return absence(state);
  return refusalOfPerson(handoff, person);
}

/** Why a handoff is not the open one. */
const absence = ({ handoff }: Conversation): HandoffRefusal => (handoff === null ? "unknown" : "over");

function refusalOf(handoff: HandoffRecord, command: KeptCommand): HandoffRefusal | null {
  const hasJoined = handoff.stage === "joined";
  switch (command.kind) {
    case "queue":
    case "time_out":
      return hasJoined ? "joined" : null;
    case "join":
      return hasJoined && handoff.person?.id !== command.person.id ? "not_yours" : null;
    case "message":
    case "return":
    case "end":
      return refusalOfPerson(handoff, command.person);
    case "transfer":
      return hasJoined ? refusalOfPerson(handoff, command.person) : null;
    default:
      return null;
  }
}

function refusalOfPerson({ stage, person }: HandoffRecord, id: string | undefined): HandoffRefusal | null {
  if (stage !== "joined") return "not_joined";
  return id === undefined || id === person?.id ? null : "not_yours";
}

/** What is so already is not done again, key or not. */
function isDone({ stage, acceptedAt, status }: HandoffRecord, command: KeptCommand): boolean {
  if (command.kind === "accept") return acceptedAt !== null;
  if (command.kind === "join") return stage === "joined";
  return command.kind === "queue" && status !== null && isSame(status, statusOf(command.status));
}

const digestOf = (id: string, command: KeptCommand): string => digest(JSON.stringify([id, command]));

/** Carries out what the provider of the open handoff does [protocol section 6]. */
export function providerCommand(draft: Draft, given: ProviderCommand): void {
  if (judgeCommand(draft.state, given) !== "new") return;
  const handoff = openHandoff(draft.state);
  if (handoff === null) return;
  const { key, command } = given;
  const before = draft.state.sequence;
  const taken = (sequence: number | null) => {
    if (key === null) return;
    draft.fact("command_taken", { key, digest: digestOf(given.handoff, command), sequence });
  };
  if (command.kind === "end") {
    // Nothing follows the end, so its key goes before it.
    taken(null);
    endChat(draft, handoff, command.reason);
    return;
  }
  carryOut(draft, handoff, command);
  taken(command.kind === "message" ? before + 1 : null);
}

function carryOut(
  draft: Draft,
  handoff: HandoffRecord,
  command: Exclude<KeptCommand, { kind: "end" }>,
): void {
  const { id } = handoff;
  const { now: at } = draft.context;
  switch (command.kind) {
    case "accept":
      accept(draft, handoff, command.queue);
      break;
    case "queue":
      accept(draft, handoff);
      tellQueue(draft, id, statusOf(command.status));
      break;
    case "join": {
      accept(draft, handoff);
      const { id: agent_id, name: agent_name, avatarUrl: avatar_url } = command.person;
      draft.fact("handoff_joined", { handoff: id, person: command.person, at });
      const agent = { id: agent_id, name: agent_name, avatar_url };
      draft.event(EVENT.LIVE_AGENT_JOINED, { agent, agent_id, agent_name, avatar_url });
      draft.effect({ kind: "await_person", until: null });
      break;
    }
    case "message":
      say(draft, handoff, command);
      break;
    case "note":
      draft.fact("handoff_noted", { handoff: id, author: command.author ?? null, text: command.text, at });
      break;
    case "transfer":
      transfer(draft, handoff, command);
      break;
    case "return":
      giveBack(draft, "returned", command.reason ?? null, seen(draft, command.seen));
      break;
    case "fail":
      giveBack(draft, "failed", command.reason ?? HANDOFF_TEXTS.failed);
      break;
    case "time_out":
      giveBack(draft, "timed_out", command.reason ?? HANDOFF_TEXTS.timedOut);
      break;
  }
}

/** The user hears once that somebody has taken the request, whatever the provider says first. */
function accept(draft: Draft, { id, acceptedAt, queue }: HandoffRecord, named?: string): void {
  if (acceptedAt !== null) return;
  const where = named ?? queue;
  draft.fact("handoff_accepted", { handoff: id, queue: named ?? null, at: draft.context.now });
  draft.event(EVENT.HANDOFF_ACCEPTED, where === null ? {} : { queue_name: where });
}

function tellQueue(draft: Draft, handoff: string, status: QueueStatus): void {
  draft.fact("handoff_queued", { handoff, status, at: draft.context.now });
  draft.broadcast(EVENT.HANDOFF_QUEUE_STATUS, queuePayload(status));
}

function say(
  draft: Draft,
  { person }: HandoffRecord,
  { text, attachments = [], suggestions = [] }: Extract<KeptCommand, { kind: "message" }>,
): void {
  draft.event(EVENT.LIVE_AGENT_MESSAGE, {
    message_id: draft.context.newId(),
    agent_id: person?.id ?? "",
    text,
    attachments: [...attachments],
    response_suggestions: [...suggestions],
    agent_name: person?.name ?? "",
    avatar_url: person?.avatarUrl ?? "",
  });
}

/** Another queue or person goes on, or the person was lost: the user reads one line, and waits anew. */
function transfer(
  draft: Draft,
  handoff: HandoffRecord,
  { queue, message, seen: through }: Extract<KeptCommand, { kind: "transfer" }>,
): void {
  accept(draft, handoff);
  const { now: at, handoffs } = draft.context;
  const where = queue ?? handoff.queue;
  const status = statusOf({ queue: where, message: message ?? HANDOFF_TEXTS.transferred });
  const waitMs = handoffs.waitMs(where);
  const deadline = waitMs === null ? null : at + waitMs;
  const answered = seen(draft, through);
  draft.fact("handoff_transferred", { handoff: handoff.id, status, deadline, answered, at });
  draft.broadcast(EVENT.HANDOFF_QUEUE_STATUS, queuePayload(status));
  draft.effect({ kind: "await_person", until: deadline });
}

/**
 * The sequence of the last user message that is dealt with.
 *
 * @param through of the last event that the person had before their eyes; all where it is not said
 */
function seen({ state }: Draft, through = Number.POSITIVE_INFINITY): number {
  if (state.speaker !== "person") return state.answered;
  return Math.max(state.seenByPerson, Math.min(state.answered, through));
}

/** The person closes the chat. Clients lock the conversation on `LIVE_AGENT_LEFT`, so it comes here alone. */
function endChat(draft: Draft, { person }: HandoffRecord, reason: string | undefined): void {
  endHandoff(draft, "completed", reason ?? null);
  draft.event(EVENT.LIVE_AGENT_LEFT, {
    ...(person !== null && { agent_id: person.id, agent_name: person.name }),
    ...(reason !== undefined && { reason }),
  });
  endSession(draft, END_REASON.natural);
}

const statusOf = ({
  queue = null,
  position = null,
  estimatedWaitSeconds = null,
  message = null,
}: Partial<QueueStatus>): QueueStatus => ({ queue, position, estimatedWaitSeconds, message });

const isSame = (a: QueueStatus, b: QueueStatus): boolean =>
  a.queue === b.queue &&
  a.position === b.position &&
  a.estimatedWaitSeconds === b.estimatedWaitSeconds &&
  a.message === b.message;

/** A status as the user's client reads it. */
export const queuePayload = (status: QueueStatus): Payloads[typeof EVENT.HANDOFF_QUEUE_STATUS] => ({
  ...(status.queue !== null && { queue_name: status.queue }),
  ...(status.position !== null && { position_in_queue: status.position }),
  ...(status.estimatedWaitSeconds !== null && { estimated_wait_seconds: status.estimatedWaitSeconds }),
  ...(status.message !== null && { display_message: status.message }),
});
