import type { Attachment, Attributes, CallAction, ServerEvent, Suggestion } from "@parley/protocol";
import type { Handoff, Json, Return, ToolRecord, TurnReason } from "../conversation/turn.ts";

export type { Handoff, Json, Return, ToolRecord, TurnReason };

/** One piece of an answer. Text is Markdown; pieces are joined as they are, without a separator. */
export type AgentPart =
  | { type: "text"; text: string }
  | { type: "attachments"; attachments: Attachment[] }
  | { type: "suggestions"; suggestions: Suggestion[] }
  | { type: "call_actions"; actions: CallAction[] }
  /** BCP-47. Comes before the text in which it holds; behind some, it ends that message. */
  | { type: "language"; language: string }
  /** The message so far is whole; what follows is another one. Not needed after the last. */
  | { type: "message_end" }
  /** Nothing after it is heard. */
  | {
      type: "handoff";
      handoff: Handoff;
      /**
       * The sequence of the last of the turn's messages that are dealt with; later ones wait for whoever has the
       * conversation next. Default: all are.
       */
      answered?: number;
    }
  /** The conversation is over. Nothing after it is heard. */
  | { type: "end" }
  /**
   * A tool is about to be called. On disk before the agent is asked for its next part, as is what comes back: a second
   * attempt finds both in `Turn.tools` and need not call again. `id` is the agent's own, new for each call of a turn.
   */
  | { type: "tool_call"; id: string; name: string; arguments: unknown }
  /** What came back, as JSON. */
  | { type: "tool_result"; id: string; result: unknown; failed?: boolean }
  /** Tokens that a request to a model has cost; added up for the turn's record. */
  | { type: "usage"; inputTokens?: number; outputTokens?: number }
  /** The agent has asked once more; for the turn's record and the log, never shown. */
  | { type: "retried"; reason: string }
  /** Which of several agents answers; for the turn's record. */
  | { type: "chosen"; name: string }
  /** Replaces what the agent remembers of this session. Found in the `memory` of later turns, also after a restart. */
  | { type: "memory"; values: Readonly<Record<string, Json>> };

/** What is known of a session from its creation. */
export interface SessionInfo {
  id: string;
  /** The connector's id. */
  connector: string;
  streaming: boolean;
  platform: string;
  deviceType: string | null;
  /** BCP-47, as the client claimed it. */
  locale: string | null;
  /** What the client claims. Never to be trusted, never mixed with `Turn.context`. */
  attributes: Attributes;
  /** Milliseconds since 1970. */
  createdAt: number;
}

export interface UserMessage {
  sequence: number;
  text: string;
}

/** One request to speak. */
export interface Turn {
  session: SessionInfo;
  /** 1, 2, 3 … in the session; what the agent says carries it. */
  number: number;
  reason: TurnReason;
  /** 1, or 2 when the process died during the first attempt. */
  attempt: number;
  /** The user's messages that this turn answers, oldest first; empty for a greeting, often also where nobody took over. */
  messages: UserMessage[];
  /** What earlier attempts at this answer have already said, message by message; the user has seen it. */
  said: string[];
  /** The calls of tools that earlier attempts at this answer have made, in order. */
  tools: readonly ToolRecord[];
  /** What of the agent's previous answer had gone out when the user spoke over it; null where nobody did. */
  interrupted: { seen: string } | null;
  /** What an operator asks the agent to speak about; only where `reason` is `prompted`. */
  prompt: string | null;
  /** How the conversation came back: nobody took it over, or a person gave it back. Only where `reason` is `returned`. */
  returned: Return | null;
  /** What the agent last asked to remember of this session; empty at first. */
  memory: Readonly<Record<string, Json>>;
  /** The language that the conversation was last changed to, BCP-47; null where it never was. */
  language: string | null;
  /** Verified by the connector's own backend [protocol section 8]; null when none has come. */
  context: Readonly<Record<string, string | number | boolean | null>> | null;
  /** The conversation so far, oldest event first: of one above 4 MB the newest part. Read from the journal at each call. */
  transcript(): Promise<ServerEvent[]>;
}

/**
 * Who answers. `respond` yields the parts of an answer as they come. The signal is aborted when nobody listens any
 * more (handed off, ended, out of time); what is yielded after that is dropped.
 *
 * Errors: an `AgentOverloaded` tells the user to try again in a moment; anything else that is thrown is a failure
 * before the first word or in the middle [protocol section 5]. Its message is logged, never shown. An agent that is
 * silent for too long has failed as well. Parts that are not valid are left out and logged; a handoff that is not valid
 * is a failure.
 */
export interface Agent {
  /** Shown to the user. */
  readonly name: string;
  /** An absolute URL, or empty. */
  readonly avatarUrl: string;
  respond(turn: Turn, signal: AbortSignal): AsyncIterable<AgentPart>;
  /** Lets go of what it holds open, such as the servers of its tools. Called when the server has stopped. */
  [Symbol.asyncDispose]?(): PromiseLike<void>;
}

/** Disposes of agents that hold something open; a failure is theirs alone. */
export async function disposeAgents(agents: Iterable<Agent>): Promise<void> {
  await Promise.allSettled([...new Set(agents)].map(async (agent) => agent[Symbol.asyncDispose]?.()));
}

/** Whether a value has the form of an agent; whether it answers well is another matter. */
export function isAgent(value: unknown): value is Agent {
  if (typeof value !== "object" || value === null) return false;
  const agent: Partial<Record<keyof Agent, unknown>> = value;
  return (
    typeof agent.respond === "function" &&
    typeof agent.name === "string" &&
    typeof agent.avatarUrl === "string"
  );
}

/**
 * An agent, or what makes one for a session when it joins: an error, a rejection or something that is no agent means
 * that none could be built.
 */
export type AgentSource = Agent | ((session: SessionInfo) => Agent | Promise<Agent>);

/** Thrown by an agent that cannot take more work now. */
export class AgentOverloaded extends Error {
  override name = "AgentOverloaded";
  /** When it may be asked again, milliseconds from now, where that is known; for the log and for agents around it. */
  readonly retryAfterMs: number | undefined;

  constructor(message?: string, { retryAfterMs, ...options }: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}
