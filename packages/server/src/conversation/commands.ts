import type { AgentCommand } from "./agent-commands.ts";
import type { ContextValues } from "./facts.ts";
import type { HandoffCommand } from "./handoff.ts";
import type { HandoffWish } from "./handoffs.ts";
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
  /** An operator wants a person to go on. Whether that can be is asked first, of `judgeWish`. */
  | { kind: "hand_over"; wish: HandoffWish }
  /** What a provider does. Whether that can be is asked first, of `judgeCommand`. */
  | ProviderCommand
  /** The wait of this handoff may be over. */
  | { kind: "handoff_overdue"; handoff: string }
  /** An operator asks for a word. Whether that can be is asked first, of `judgePrompt`. */
  | ({ kind: "prompt" } & PromptRequest)
  | { kind: "context"; context: ContextValues; iat: number }
  /** Nobody showed a sign of life for too long. */
  | { kind: "abandon" }
  /** The session was brought back into memory: what was under way is not any more. */
  | { kind: "recover" };

/** A command of the provider that has a handoff. Typing changes nothing that is kept, and does not come this way. */
export interface ProviderCommand {
  kind: "handoff";
  /** The handoff's id: a command of another handoff than the open one is not heard. */
  handoff: string;
  /** The second command of a key is the first one again. */
  key: string | null;
  command: KeptCommand;
}

export type KeptCommand = Exclude<HandoffCommand, { kind: "typing" }>;

/** The one door into a session: a client's words, an agent's words, and what the server's parts report. */
export type Command = UserCommand | AgentCommand | SystemCommand;
