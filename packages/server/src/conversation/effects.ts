import type { ServerEvent } from "@parley/protocol";
import type { ContextValues } from "./facts.ts";
import type { HandoffOutcome, HandoffRecord } from "./handoff.ts";
import type { RunningTurn } from "./turn.ts";

/** What is to be done after the rows of a decision are on disk. */
export type Effect =
  /** To the sender alone: a transient event. */
  | { kind: "reply"; event: ServerEvent }
  /** To the sender alone: an event it may have had already, named by its sequence. */
  | { kind: "repeat"; sequence: number }
  /** To every socket: a transient event. */
  | { kind: "tell"; event: ServerEvent }
  /** The same for a turn's failure; `failure_told` is reported once somebody is there to hear it. */
  | { kind: "tell_failure"; event: ServerEvent }
  /** Remind the sender with `join_overdue` unless a join comes first. */
  | { kind: "await_join" }
  /** Build the connector's agent, not before `at` (milliseconds since 1970), and report. */
  | { kind: "build_agent"; at: number }
  | { kind: "run_turn"; turn: RunningTurn }
  /** Nobody listens to the running turn any more. */
  | { kind: "stop_turn" }
  /** Somebody is to take the conversation over, or has: the provider is asked, for the first time or after a restart. */
  | { kind: "request_handoff"; handoff: HandoffRecord; verified: ContextValues | null }
  /** Report `handoff_overdue` at that time (milliseconds since 1970); null: nobody is waited for any more. */
  | { kind: "await_person"; until: number | null }
  /** The provider of a handoff, by its name, learns how it ended. */
  | {
      kind: "tell_provider";
      provider: string;
      handoff: string;
      news: { kind: "ended"; outcome: HandoffOutcome; reason: string | null };
    };
