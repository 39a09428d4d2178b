import type { ParleyError } from "./errors.ts";
import type {
  Attachment,
  CallAction,
  Capabilities,
  EndReason,
  Payloads,
  ServerEvent,
  Suggestion,
  SystemLevel,
} from "./wire.ts";

/** A message, as it is shown. An unchanged one stays the same object. */
export interface Message {
  readonly kind: "message";
  /** Stays the same while a message grows, and from the moment a user's own is written. */
  readonly id: string;
  readonly author: "user" | "agent" | "person";
  /** Markdown where an agent or a person wrote it. */
  readonly text: string;
  /**
   * Of the user's own: on its way, in the history, or not taken. Of others': still growing, or whole.
   */
  readonly state: "sending" | "sent" | "failed" | "streaming" | "complete";
  /** Why it failed. */
  readonly error?: ParleyError;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Who wrote it; empty for the user. */
  readonly name: string;
  readonly avatarUrl: string;
  /** BCP-47, where the conversation has changed its language. */
  readonly language: string | null;
  readonly attachments: readonly Attachment[];
  readonly callActions: readonly CallAction[];
  /** The object the user's message was sent with. */
  readonly custom?: object;
}

/** Something that happened between messages: an agent joined, a handoff, another language, the end. */
export interface Happening {
  readonly kind: "event";
  readonly id: string;
  readonly at: number;
  readonly event: ServerEvent;
}

export interface Participant {
  readonly name: string;
  readonly avatarUrl: string;
}

/**
 * Who the user talks with: nobody yet, an agent that is joining, the agent, a queue in front of a person, a person, or
 * nobody because the application itself has to go on (`away`).
 */
export type Presence = "nobody" | "joining" | "agent" | "queue" | "person" | "away";

/** What the server said beside the conversation. */
export interface Notice {
  readonly id: string;
  readonly level: SystemLevel;
  readonly text: string;
  readonly code: string | null;
}

/** A conversation as the server's events tell it. */
export interface View {
  /** Messages, and what happened between them, in order. */
  readonly timeline: readonly (Message | Happening)[];
  readonly presence: Presence;
  readonly agent: Participant | null;
  readonly person: Participant | null;
  /** The agent works on an answer. */
  readonly isThinking: boolean;
  /** The person writes. */
  readonly isTyping: boolean;
  readonly suggestions: readonly Suggestion[];
  /** Where the user stands in the queue; empty where only that is known. */
  readonly queue: Payloads["EVENT_TYPE_HANDOFF_QUEUE_STATUS"] | null;
  /** Where the application itself has to go on, after a handoff that is its business. */
  readonly handoff: Payloads["EVENT_TYPE_CLIENT_HANDOFF_REQUIRED"] | null;
  readonly language: string | null;
  /** The last error or hint, until the conversation goes on. */
  readonly notice: Notice | null;
  readonly capabilities: Capabilities | null;
  /** For verified context, where the connector has it. */
  readonly contextId: string | null;
  readonly ended: EndReason | null;
}

export const EMPTY_VIEW: View = {
  timeline: [],
  presence: "nobody",
  agent: null,
  person: null,
  isThinking: false,
  isTyping: false,
  suggestions: [],
  queue: null,
  handoff: null,
  language: null,
  notice: null,
  capabilities: null,
  contextId: null,
  ended: null,
};

/** A message of which no more is known. @param at milliseconds since 1970 */
export const newMessage = (id: string, author: Message["author"], text: string, at: number): Message => ({
  kind: "message",
  id,
  author,
  text,
  state: author === "user" ? "sending" : "complete",
  at,
  name: "",
  avatarUrl: "",
  language: null,
  attachments: [],
  callActions: [],
});
