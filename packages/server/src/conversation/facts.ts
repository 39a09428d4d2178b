import type { TurnFailure } from "@parley/protocol";
import type { RunningTurn } from "./turn.ts";

export type ContextValues = Readonly<Record<string, string | number | boolean | null>>;

/**
 * What must survive a crash but is not for the client's eyes. A fact is a row of the session's list like an event,
 * committed with the events it belongs to; it has a position but no sequence.
 */
export interface Facts {
  turn_started: Omit<RunningTurn, "said">;
  /** `answered`: the sequence of the last message that was dealt with, where that is not the turn's last. */
  turn_ended: {
    number: number;
    outcome: "answered" | "failed" | "stopped";
    failure?: TurnFailure;
    answered?: number;
  };
  /** Somebody was connected who heard of the last turn's failure. */
  failure_told: Record<never, never>;
  /** No agent could be built. `at`: milliseconds since 1970. */
  join_failed: { at: number };
  /** The user was told that no conversation was found. */
  join_hinted: Record<never, never>;
  /** The server looks for somebody to take over. */
  handoff_requested: { reason: string | null; queue: string | null };
  /** `iat`: seconds since 1970, from the token. */
  context_verified: { context: ContextValues; iat: number };
}

export type FactKind = keyof Facts;

export type FactEntry = { [Kind in FactKind]: { kind: Kind; position: number; data: Facts[Kind] } }[FactKind];

/** The form in which each kind is written today. A change of form raises the number, and `decode` keeps reading the old. */
export const FACT_VERSIONS: Readonly<Record<FactKind, number>> = {
  turn_started: 1,
  turn_ended: 1,
  failure_told: 1,
  join_failed: 1,
  join_hinted: 1,
  handoff_requested: 1,
  context_verified: 1,
};
