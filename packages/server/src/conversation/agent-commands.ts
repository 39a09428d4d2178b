import type { Attachment, CallAction, Suggestion } from "@parley/protocol";
import type { Handoff, TurnNote } from "./turn.ts";

/**
 * What a running turn reports to its session. `turn` is the turn's number: words with an old one are dropped
 * [design decision 4].
 */
export type AgentCommand =
  /** A piece of the current message, not its last; only in a session that streams. At most `LIMITS.chunkBytes`. */
  | { kind: "agent_chunk"; turn: number; text: string; language?: string }
  /**
   * The current message is whole. `text` is what was not yet sent as chunks: all of it where nothing was, empty
   * where everything was.
   */
  | {
      kind: "agent_message";
      turn: number;
      text: string;
      attachments: Attachment[];
      suggestions: Suggestion[];
      callActions: CallAction[];
      /** BCP-47, canonical. Given once, with the first command of the message from which on it holds. */
      language?: string;
    }
  /** Somebody else goes on; nothing of the turn follows. */
  | {
      kind: "agent_handoff";
      turn: number;
      handoff: Handoff;
      /** The sequence of the last of the turn's messages that are dealt with; without it, all are. */
      answered?: number;
    }
  /** The conversation is over; nothing of the turn follows. */
  | { kind: "agent_end"; turn: number }
  /** The agent has said all it has to say, which may be nothing. */
  | { kind: "agent_done"; turn: number }
  /**
   * The agent failed, or ran out of time (`overloaded`); `spoke` where it had a word for the user by then, heard or
   * not. `cause` is what it threw, for operators. A message that is open is left for the session to complete.
   */
  | { kind: "agent_failed"; turn: number; overloaded: boolean; spoke: boolean; cause?: string }
  /** What the turn notes beside its words. */
  | { kind: "agent_note"; turn: number; note: TurnNote };
