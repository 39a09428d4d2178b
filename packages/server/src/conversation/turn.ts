/** Why the agent is asked to speak. */
export type TurnReason =
  /** The user has just come in. */
  | "greeting"
  /** The user has written. */
  | "messages"
  /** The agent has the conversation back: nobody took it over, or a person has given it back. */
  | "returned"
  /** An operator asks it to. */
  | "prompted";

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A call of a tool, as an agent reported it. */
export interface ToolRecord {
  readonly id: string;
  readonly name: string;
  readonly arguments: Json;
  /** What came back; absent while nothing has. Where it was too large to be kept: the beginning of its JSON, a string. */
  readonly result?: Json;
  readonly failed?: boolean;
  /** Whether it came back. A call that did not may have had its effect all the same. */
  readonly isDone: boolean;
}

/** An agent's wish that somebody else goes on [protocol section 6]. */
export type Handoff =
  /** The server finds somebody. */
  | {
      managed: "server";
      /** In a sentence, for the person. */
      reason?: string;
      queue?: string;
      /** What has happened so far, for the person; at most `LIMITS.handoffSummaryBytes`. */
      summary?: string;
      /** What the agent knows beside that, for the person; at most `LIMITS.handoffContextBytes`. */
      context?: Readonly<Record<string, Json>>;
    }
  /** The client takes the user elsewhere. */
  | {
      managed: "client";
      reason: "COMPLEX_QUERY" | "AGENT_DECISION" | "POLICY";
      queue: string;
      route: string;
    };

/** How a conversation that was handed off has come back to the agent. */
export interface Return {
  /** Nobody could take it, nobody came in time, or a person has given it back. */
  readonly outcome: "failed" | "timed_out" | "returned";
  /** Why: for the user where nobody came, and for the agent where a person gives it back. */
  readonly reason: string | null;
  /** The name of the person who had it; null where nobody had. */
  readonly person: string | null;
}

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
  /** How the conversation came back; only where the reason is `returned`. */
  readonly returned: Return | null;
  /** What an operator asks the agent to speak about; null also where the operator's own words were said. */
  readonly prompt: string | null;
  /** The id of the operator's request; only where the reason is `prompted`. */
  readonly promptId: string | null;
  /** The position of the row before the first attempt: the tools that were called behind it belong to this answer. */
  readonly from: number;
  /** What of the answer before had gone out when the user spoke over it: the agent's events between two sequences. */
  readonly interrupted: Interruption | null;
}

/** The agent's events behind `since` and up to `through` are what was heard of an interrupted answer. */
export interface Interruption {
  readonly since: number;
  readonly through: number;
}

/** What an operator asks for, and that waits for its turn. Exactly one of `prompt` and `text` is set. */
export interface Prompt {
  readonly id: string;
  /** The agent is asked to speak about it. */
  readonly prompt: string | null;
  /** It is said as it is. */
  readonly text: string | null;
}

/** A turn whose process dies twice has failed [design decision 5]. */
export const MAX_ATTEMPTS = 2;

/**
 * UTF-8 bytes of the messages that one turn answers; what else waits gets turns of its own. Eight of the largest
 * messages: a client may write two of these in a second, for as long as an agent is slow.
 */
export const TURN_BYTES = 1_048_576;

/** What a turn notes beside its words: for its record, for a second attempt, for later turns; never for the user. */
export type TurnNote =
  | { type: "tool_call"; id: string; name: string; arguments: Json }
  | { type: "tool_result"; id: string; result: Json; failed?: boolean }
  | { type: "usage"; inputTokens?: number; outputTokens?: number }
  | { type: "retried"; reason: string }
  | { type: "chosen"; name: string }
  | { type: "memory"; values: Readonly<Record<string, Json>> };
