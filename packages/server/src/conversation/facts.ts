import type { TurnFailure } from "@parley/protocol";
import type { HandoffInitiator, HandoffOutcome, HandoffStage, Person, QueueStatus } from "./handoff.ts";
import type { Json, Prompt, RunningTurn } from "./turn.ts";

export type ContextValues = Readonly<Record<string, string | number | boolean | null>>;

/**
 * What must survive a crash but is not for the client's eyes. A fact is a row of the session's list like an event,
 * committed with the events it belongs to; it has a position but no sequence.
 */
export interface Facts {
  /** `agent`: its name; null where an operator's own words are said. `at`: milliseconds since 1970, null in old rows. */
  turn_started: Omit<RunningTurn, "said"> & { agent: string | null; at: number | null };
  /**
   * `answered`: the sequence of the last message that was dealt with, where that is not the turn's last. `cause`: what an
   * agent threw; for the log and operators. `at`: milliseconds since 1970, null in old rows.
   */
  turn_ended: {
    number: number;
    outcome: "answered" | "failed" | "stopped" | "interrupted";
    failure?: TurnFailure;
    cause?: string;
    answered?: number;
    at: number | null;
  };
  /** A tool is about to be called. */
  tool_called: { turn: number; id: string; name: string; arguments: Json };
  /** What came back. */
  tool_returned: { turn: number; id: string; result: Json; failed: boolean };
  /** What a request to a model has cost. */
  tokens_used: { turn: number; input: number; output: number };
  /** The agent has asked its provider once more. */
  provider_retried: { turn: number; reason: string };
  /** Which of several agents answers. */
  agent_chosen: { turn: number; name: string };
  /** What the agent remembers of the session from here on. */
  memory_replaced: { values: Readonly<Record<string, Json>> };
  /** An operator asks the agent to speak, or for words to be said. `digest` tells whether a second request of the key is the same. */
  prompted: Prompt & { key: string | null; digest: string };
  /** Somebody was connected who heard of the last turn's failure. */
  failure_told: Record<never, never>;
  /** No agent could be built. `at`: milliseconds since 1970. */
  join_failed: { at: number };
  /** The user was told that no conversation was found. */
  join_hinted: Record<never, never>;
  /**
   * The server looks for somebody to take over. `key` and `digest` are those of an operator's request; `at` and `deadline`
   * milliseconds since 1970.
   */
  handoff_requested: {
    id: string;
    provider: string;
    queue: string | null;
    initiator: HandoffInitiator;
    reason: string | null;
    summary: string | null;
    context: Readonly<Record<string, Json>> | null;
    deadline: number | null;
    key: string | null;
    digest: string | null;
    at: number;
  };
  /** The provider has taken it. Of these and the following, `handoff` is the handoff's id and `at` milliseconds since 1970. */
  handoff_accepted: { handoff: string; queue: string | null; at: number };
  /** What the user was told of the wait. */
  handoff_queued: { handoff: string; status: QueueStatus; at: number };
  handoff_joined: { handoff: string; person: Person; at: number };
  /** It waits again. `answered`: the sequence of the last user message that the person has seen. */
  handoff_transferred: {
    handoff: string;
    status: QueueStatus;
    deadline: number | null;
    answered: number;
    at: number;
  };
  /** Somebody has written something for colleagues. */
  handoff_noted: { handoff: string; author: string | null; text: string; at: number };
  /** `answered` as in `handoff_transferred`. */
  handoff_ended: {
    handoff: string;
    stage: Extract<HandoffStage, "ended" | "failed" | "timed_out" | "cancelled">;
    outcome: HandoffOutcome;
    reason: string | null;
    answered: number;
    at: number;
  };
  /** A command of this key was carried out; `sequence` is that of the event that came of it. */
  command_taken: { key: string; digest: string; sequence: number | null };
  /** `iat`: seconds since 1970, from the token. */
  context_verified: { context: ContextValues; iat: number };
}

export type FactKind = keyof Facts;

export type FactEntry = { [Kind in FactKind]: { kind: Kind; position: number; data: Facts[Kind] } }[FactKind];

/** The form in which each kind is written today. A change of form raises the number, and `decode` keeps reading the old. */
export const FACT_VERSIONS: Readonly<Record<FactKind, number>> = {
  turn_started: 3,
  turn_ended: 2,
  tool_called: 1,
  tool_returned: 1,
  tokens_used: 1,
  provider_retried: 1,
  agent_chosen: 1,
  memory_replaced: 1,
  prompted: 1,
  failure_told: 1,
  join_failed: 1,
  join_hinted: 1,
  handoff_requested: 2,
  handoff_accepted: 1,
  handoff_queued: 1,
  handoff_joined: 1,
  handoff_transferred: 1,
  handoff_noted: 1,
  handoff_ended: 1,
  command_taken: 1,
  context_verified: 1,
};

/** Brings the data of an older version to today's form. */
export function upgradeFact(kind: FactKind, version: number, position: number, data: object): object {
  if (version >= FACT_VERSIONS[kind]) return data;
  switch (kind) {
    case "turn_started": {
      const { because, ...rest } = data as { because?: string | null; reason?: string };
      const returned = rest.reason === "returned" && {
        returned: { outcome: "failed", reason: because ?? null, person: null },
      };
      return {
        prompt: null,
        promptId: null,
        from: position - 1,
        interrupted: null,
        agent: null,
        at: null,
        returned: null,
        ...rest,
        ...returned,
      };
    }
    case "turn_ended":
      return { at: null, ...data };
    case "handoff_requested":
      // It was asked of nobody but a provider that fails at once.
      return {
        id: `handoff-${position}`,
        provider: "none",
        initiator: "agent",
        summary: null,
        context: null,
        deadline: null,
        key: null,
        digest: null,
        at: 0,
        ...data,
      };
    default:
      return data;
  }
}
