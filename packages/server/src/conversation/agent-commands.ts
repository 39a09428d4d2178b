import type { Attachment, CallAction, Suggestion } from "@parley/protocol";
import type { Handoff } from "./turn.ts";

/** What an agent's turn reports; `turn` is its number, and words under another number than the running one are dropped. */
export type AgentCommand =
  /** A piece of the current message, not its last. Only in a session that streams. */
  | { kind: "agent_chunk"; turn: number; text: string; language?: string }
  /** The current message is whole; `text` is what no chunk has carried yet. */
  | {
      kind: "agent_message";
      turn: number;
      text: string;
      attachments: Attachment[];
      suggestions: Suggestion[];
      callActions: CallAction[];
      language?: string;
    }
  | { kind: "agent_handoff"; turn: number; handoff: Handoff }
  /** The agent closes the conversation. */
  | { kind: "agent_end"; turn: number }
  /** The agent has said all it has to say. */
  | { kind: "agent_done"; turn: number }
  /** `overloaded`: no capacity, or silent until its time was up. */
  | { kind: "agent_failed"; turn: number; overloaded: boolean };
