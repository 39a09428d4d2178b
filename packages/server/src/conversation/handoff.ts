import type { Attachment, Suggestion } from "@parley/protocol";
import type { Json, Return } from "./turn.ts";

/** Where a handoff is. The last four are its end. */
export type HandoffStage =
  /** On disk, and the provider is asked. */
  | "requested"
  /** The provider has taken it. */
  | "accepted"
  /** It waits in a queue. Also behind a transfer. */
  | "queued"
  /** A person talks to the user. */
  | "joined"
  /** A person was there, and the talk is over. */
  | "ended"
  /** Nobody could take it: nobody there, out of hours, the queue full, the provider down. */
  | "failed"
  /** Nobody came within the queue's limit. */
  | "timed_out"
  /** The user was gone before anybody came. */
  | "cancelled";

/** How a handoff ended. */
export type HandoffOutcome =
  /** The person ended the chat. */
  | "completed"
  /** The person gave the conversation back to the agent. */
  | "returned"
  | "failed"
  | "timed_out"
  /** The user ended the session. */
  | "user_ended"
  /** The user showed no sign of life for too long. */
  | "user_abandoned"
  /** The client took the user elsewhere [protocol section 6, client-managed]. */
  | "redirected";

/** Whether the agent has the conversation again behind it. */
export const givesBack = (outcome: HandoffOutcome): outcome is Return["outcome"] =>
  outcome === "returned" || outcome === "failed" || outcome === "timed_out";

/** Who asked for a person. */
export type HandoffInitiator = "agent" | "operator" | "rule";

/** A person, as the user gets to know them. */
export interface Person {
  /** Stable for the person, within the provider. */
  readonly id: string;
  readonly name: string;
  /** An absolute URL, or empty. */
  readonly avatarUrl: string;
}

/** What is known of the wait; what a provider leaves out is not told to the user. */
export interface QueueStatus {
  readonly queue: string | null;
  /** From 1. */
  readonly position: number | null;
  readonly estimatedWaitSeconds: number | null;
  /** A line for the user. */
  readonly message: string | null;
}

/** One handoff, from its request on. Times are milliseconds since 1970, null for what has not happened. */
export interface HandoffRecord {
  /** UUID. */
  readonly id: string;
  /** The name of who is asked. */
  readonly provider: string;
  /** Where it waits, or waited last; null where no queue was named and there is no default. */
  readonly queue: string | null;
  readonly stage: HandoffStage;
  readonly initiator: HandoffInitiator;
  /** Why, in a sentence; for the person, never for the user. */
  readonly reason: string | null;
  /** What has happened so far, in the words of who hands over. */
  readonly summary: string | null;
  /** What who hands over knows beside that. */
  readonly context: Readonly<Record<string, Json>> | null;
  /** Who has the conversation, or had it last. */
  readonly person: Person | null;
  /** How often it was given on to another queue or person. */
  readonly transfers: number;
  /** When it times out unless somebody joins; null while somebody is there, and where there is no limit. */
  readonly deadline: number | null;
  /** What the user was told last of the wait. */
  readonly status: QueueStatus | null;
  readonly requestedAt: number;
  readonly acceptedAt: number | null;
  readonly queuedAt: number | null;
  /** The first time that anybody did. */
  readonly joinedAt: number | null;
  readonly endedAt: number | null;
  readonly outcome: HandoffOutcome | null;
  /** Why it ended; of a failure the user reads it. */
  readonly outcomeReason: string | null;
}

/**
 * What a provider does with a handoff. Texts for the user are Markdown in `message` and plain elsewhere. What
 * is not possible where the handoff is now is refused with a `HandoffRefusal`, and has changed nothing.
 */
export type HandoffCommand =
  /** The handoff was taken: the user hears of it once. */
  | { readonly kind: "accept"; readonly queue?: string }
  /** What is known of the wait, in full; the user hears of it where it differs from what was last said. */
  | { readonly kind: "queue"; readonly status: Partial<QueueStatus> }
  /** A person is there. Another one only after a `transfer`. */
  | { readonly kind: "join"; readonly person: Person }
  /** The person writes, or has stopped; ends by itself after `TYPING_MS`. Kept nowhere, and needs no key. */
  | { readonly kind: "typing"; readonly isTyping: boolean; readonly person?: string }
  /** The person says something. `person`: the id of who, so that one who has left is not heard; who is there by default. */
  | {
      readonly kind: "message";
      readonly text: string;
      readonly attachments?: readonly Attachment[];
      readonly suggestions?: readonly Suggestion[];
      readonly person?: string;
    }
  /** For colleagues, never for the user. */
  | { readonly kind: "note"; readonly text: string; readonly author?: string }
  /**
   * Another queue or person goes on, or the person was lost: the user reads one line, and waits anew. `seen`: the sequence
   * of the last event that the person had before their eyes, where that is not all; what the user wrote behind it is
   * still to be answered.
   */
  | {
      readonly kind: "transfer";
      readonly queue?: string;
      readonly message?: string;
      readonly seen?: number;
      readonly person?: string;
    }
  /** The agent goes on. `reason` is for the agent: what was settled, what is to be done. `seen` as above. */
  | { readonly kind: "return"; readonly reason?: string; readonly seen?: number; readonly person?: string }
  /** The person closes the chat: the session is over. `reason` is for the user's client. */
  | { readonly kind: "end"; readonly reason?: string; readonly person?: string }
  /** Nobody can take it. `reason` is for the user's eyes. */
  | { readonly kind: "fail"; readonly reason?: string }
  /** Nobody came in the provider's own time. `reason` is for the user's eyes. */
  | { readonly kind: "time_out"; readonly reason?: string };

/** Why a command was not taken. */
export type HandoffRefusal =
  /** There is no such handoff or session. */
  | "unknown"
  /** The handoff has ended. */
  | "over"
  /** Nobody has joined, so nobody can speak, be given on or leave. */
  | "not_joined"
  /** Somebody has joined, so there is no queue to speak of. */
  | "joined"
  /** Somebody else has joined. */
  | "not_yours"
  /** The key was used for another command. */
  | "key_conflict"
  /** The handoff has used up what one may say. */
  | "too_many";

/** What became of a command. */
export type HandoffAnswer =
  /**
   * It is on disk, now or since an earlier copy of it. `sequence`: of the event that the user got of it; null
   * where there is none.
   */
  { readonly sequence: number | null; readonly isRepeat: boolean } | { readonly refusal: HandoffRefusal };
