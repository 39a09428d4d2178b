import type { ServerEvent } from "@parley/protocol";
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
  | { kind: "request_handoff"; reason: string | null; queue: string | null };
