/** Why the agent is asked to speak. */
export type TurnReason =
  /** The user has just come in. */
  | "greeting"
  /** The user has written. */
  | "messages"
  /** The agent has the conversation back: nobody took it over. */
  | "returned";

/** An agent's wish that somebody else goes on [protocol section 6]. */
export type Handoff =
  /** The server finds somebody. */
  | { managed: "server"; reason?: string; queue?: string }
  /** The client takes the user elsewhere. */
  | {
      managed: "client";
      reason: "COMPLEX_QUERY" | "AGENT_DECISION" | "POLICY";
      queue: string;
      route: string;
    };

/** A turn that was started and has not ended. */
export interface RunningTurn {
  /** 1, 2, 3 … in the session; an agent's words carry it, and those with another number are dropped. */
  readonly number: number;
  /** 1, or 2 when the process died during the first. */
  readonly attempt: number;
  readonly reason: TurnReason;
  /** The sequence of the event before the first attempt: what the agent said behind it belongs to this answer. */
  readonly since: number;
  /** The sequence of the last user message that this turn answers. */
  readonly through: number;
  /** Whether anything of the answer has been said, in any attempt. */
  readonly said: boolean;
  /** Why nobody took over; only where the reason is `returned`. */
  readonly because: string | null;
}

/** A turn whose process dies twice has failed [design decision 5]. */
export const MAX_ATTEMPTS = 2;
