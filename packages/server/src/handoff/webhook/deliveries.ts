import { EVENT, type ServerEvent } from "@parley/protocol";
import type { WebhookBody } from "@parley/protocol/schemas";
import type { Entry } from "../../conversation/entries.ts";
import type { ContextValues, Facts } from "../../conversation/facts.ts";
import { givesBack } from "../../conversation/handoff.ts";
import type { SessionRecord } from "../../journal/journal.ts";
import type { HandoffName, Presence } from "../provider.ts";
import { linesOf } from "./transcript.ts";

/** One thing that a receiver is told, in the order in which it happened. */
export interface Delivery {
  /** The same in every attempt, in this process and the next. */
  readonly id: string;
  readonly type: WebhookBody["type"];
  /** The position of the row that it comes of. */
  readonly position: number;
  /** JSON. */
  readonly body: string;
}

const print = (told: WebhookBody): string => JSON.stringify(told);
const timeOf = (at: number): string => new Date(at).toISOString();
const names = ({ id, session }: HandoffName) => ({ handoff_id: id, session_id: session });

/** The id of what a row leads to. Dots part what is signed, so there is none in it. */
const idOf = (name: HandoffName, position: number): string => `${name.id}_${position}`;

/** What a row behind the request means for the receiver; null where it is nothing to them. */
export function deliveryOf(name: HandoffName, entry: Entry): Delivery | null {
  const told = tellRow(name, entry);
  if (told === null) return null;
  return { id: idOf(name, entry.position), type: told.type, position: entry.position, body: print(told) };
}

function tellRow(name: HandoffName, entry: Entry): WebhookBody | null {
  switch (entry.kind) {
    case "event": {
      const { event } = entry;
      if (event.type !== EVENT.USER_MESSAGE) return null;
      const { sequence, id: event_id, timestamp } = event;
      const data = { ...names(name), event_id, sequence, text: event.payload.text };
      return { type: "user.message", timestamp, data };
    }
    case "context_verified": {
      const { context, iat } = entry.data;
      const data = { ...names(name), verified_context: context };
      return { type: "user.context", timestamp: timeOf(iat * 1_000), data };
    }
    case "handoff_transferred": {
      const { handoff, status, at } = entry.data;
      if (handoff !== name.id) return null;
      const data = { ...names(name), queue: status.queue, display_message: status.message };
      return { type: "handoff.transferred", timestamp: timeOf(at), data };
    }
    case "handoff_ended": {
      const { handoff, outcome, reason, at } = entry.data;
      if (handoff !== name.id) return null;
      const data = { ...names(name), outcome, reason, agent_is_back: givesBack(outcome) };
      return { type: "handoff.ended", timestamp: timeOf(at), data };
    }
    default:
      return null;
  }
}

/** What stands around a request. */
export interface Surroundings {
  readonly session: SessionRecord;
  readonly verified: ContextValues | null;
  /** The newest events before the request, oldest first. */
  readonly events: readonly ServerEvent[];
  /** What the world calls this server; empty where it is not configured. */
  readonly publicUrl: string;
}

/** Somebody is looked for: all that whoever takes over needs to know. */
export function requestedDelivery(
  name: HandoffName,
  position: number,
  { queue, initiator, reason, summary, context, deadline, at }: Facts["handoff_requested"],
  { session, verified, events, publicUrl }: Surroundings,
): Delivery {
  const type = "handoff.requested";
  const { connector, attributes, locale, platform, deviceType, createdAt } = session;
  const data = {
    ...names(name),
    connector,
    queue,
    initiator,
    reason,
    summary,
    context,
    times_out_at: deadline === null ? null : timeOf(deadline),
    user: { attributes, verified_context: verified, locale, platform, device_type: deviceType },
    session_created_at: timeOf(createdAt),
    transcript: linesOf(events),
    transcript_is_complete: (events[0]?.sequence ?? 1) === 1,
    transcript_url: `${publicUrl}/api/v1/sessions/${name.session}/events`,
    commands_url: `${publicUrl}/api/v1/handoffs/${name.id}/commands`,
  };
  return { id: idOf(name, position), type, position, body: print({ type, timestamp: timeOf(at), data }) };
}

/** The user writes, or has stopped. In no journal, and so told once and not again. */
export function typingBody(name: HandoffName, now: number, isTyping: boolean): string {
  const state = isTyping ? "started" : "stopped";
  return print({ type: "user.typing", timestamp: timeOf(now), data: { ...names(name), state } });
}

/** Whether the user's client is there. */
export const presenceBody = (name: HandoffName, now: number, presence: Presence): string =>
  print({ type: "user.presence", timestamp: timeOf(now), data: { ...names(name), presence } });
