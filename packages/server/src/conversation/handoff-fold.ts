import type { FactEntry } from "./facts.ts";
import { givesBack, type HandoffRecord } from "./handoff.ts";
import type { Next } from "./state.ts";

/** Takes what happened to a handoff into the state. */
export function takeHandoffFact(next: Next, fact: FactEntry): void {
  switch (fact.kind) {
    case "handoff_requested": {
      const { id, key, digest, at, ...wish } = fact.data;
      next.handoff = { ...asked, ...wish, id, requestedAt: at };
      next.returned = null;
      next.failedTurns = 0;
      if (key !== null && digest !== null) next.handoffKeys = [...next.handoffKeys, { key, id, digest }];
      break;
    }
    case "handoff_accepted": {
      const { queue, at } = fact.data;
      change(next, (handoff) => ({ stage: "accepted", queue: queue ?? handoff.queue, acceptedAt: at }));
      break;
    }
    case "handoff_queued": {
      const { status, at } = fact.data;
      change(next, (handoff) => ({
        stage: "queued",
        status,
        queue: status.queue ?? handoff.queue,
        queuedAt: handoff.queuedAt ?? at,
      }));
      break;
    }
    case "handoff_joined": {
      const { person, at } = fact.data;
      change(next, (handoff) => ({
        stage: "joined",
        person,
        status: null,
        deadline: null,
        joinedAt: handoff.joinedAt ?? at,
      }));
      next.speaker = "person";
      // Whoever joins sees all that was written.
      next.answered = Math.max(next.answered, next.asked);
      next.seenByPerson = next.asked;
      break;
    }
    case "handoff_transferred": {
      const { status, deadline, answered, at } = fact.data;
      change(next, (handoff) => ({
        stage: "queued",
        status,
        deadline,
        queue: status.queue ?? handoff.queue,
        queuedAt: handoff.queuedAt ?? at,
        transfers: handoff.transfers + 1,
      }));
      next.speaker = "handoff";
      next.answered = answered;
      break;
    }
    case "handoff_ended": {
      const { stage, outcome, reason, answered, at } = fact.data;
      const hadPerson = next.speaker === "person";
      change(next, () => ({
        stage,
        outcome,
        outcomeReason: reason,
        status: null,
        deadline: null,
        endedAt: at,
      }));
      next.answered = answered;
      if (givesBack(outcome)) {
        const person = hadPerson ? (next.handoff?.person?.name ?? null) : null;
        next.returned = { outcome, reason, person };
      }
      break;
    }
  }
}

/** Rows of the first release do not say that a handoff has ended, but the agent was back only where it had failed. */
export function closeUnended(next: Next, timestamp: string): void {
  if (next.handoff === null || next.handoff.endedAt !== null) return;
  change(next, () => ({
    stage: "failed",
    outcome: "failed",
    status: null,
    deadline: null,
    endedAt: Date.parse(timestamp),
  }));
}

function change(next: Next, to: (handoff: HandoffRecord) => Partial<HandoffRecord>): void {
  if (next.handoff !== null) next.handoff = { ...next.handoff, ...to(next.handoff) };
}

/** Of a handoff that was asked for, and of which nothing else has happened. */
const asked = {
  stage: "requested",
  person: null,
  transfers: 0,
  status: null,
  acceptedAt: null,
  queuedAt: null,
  joinedAt: null,
  endedAt: null,
  outcome: null,
  outcomeReason: null,
} as const;
