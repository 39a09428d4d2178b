import type { AgentCommand } from "./agent-commands.ts";
import type { ContextValues } from "./facts.ts";
import type { PromptRequest } from "./prompts.ts";

/** What a client may ask of a session [protocol section 4]. Heartbeats and typing change nothing that is kept. */
export type UserCommand =
  | { kind: "join"; custom?: object }
  /** `throttled`: the session's rate of messages is used up. */
  | { kind: "message"; text: string; custom?: object; throttled: boolean }
  | { kind: "end"; custom?: object }
  /** The sender of an unattended message has waited `LIMITS.joinHintMs` for a join. */
  | { kind: "join_overdue" };

/** What the server's own parts report. */
export type SystemCommand =
  | { kind: "start"; contextId: string | null; streaming: boolean }
  | { kind: "agent_ready"; name: string; avatarUrl: string }
  /** No agent could be built. */
  | { kind: "agent_missing" }
  /** The last turn's failure was told to a socket that was there. */
  | { kind: "failure_told" }
  /** Nobody takes the conversation over; `reason` is for the user's eyes. */
  | { kind: "handoff_failed"; reason: string; timedOut: boolean }
  /** An operator asks for a word. Whether that can be is asked first, of `judgePrompt`. */
  | ({ kind: "prompt" } & PromptRequest)
  | { kind: "context"; context: ContextValues; iat: number }
  /** Nobody showed a sign of life for too long. */
  | { kind: "abandon" }
  /** The session was brought back into memory: what was under way is not any more. */
  | { kind: "recover" };

/** The one door into a session: a client's words, an agent's words, and what the server's parts report. */
export type Command = UserCommand | AgentCommand | SystemCommand;
