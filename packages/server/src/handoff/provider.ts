import type { TYPING_STATE } from "@parley/protocol";
import type { SessionInfo } from "../agents/agent.ts";
import type { ContextValues } from "../conversation/facts.ts";
import type {
  HandoffAnswer,
  HandoffCommand,
  HandoffOutcome,
  HandoffRecord,
} from "../conversation/handoff.ts";

/** Whether the user's client is there. */
export type Presence =
  /** A socket is open. */
  | "there"
  /** None is, of late: phones change networks, people reload. */
  | "reconnecting"
  /** None has been for `GONE_MS`. The session goes on until it idles. */
  | "gone";

/** What a provider is asked to take over, or has taken over. */
export interface HandoffRequest {
  /** Where it is now: of one that was taken up again after a restart, perhaps far on. */
  readonly handoff: HandoffRecord;
  readonly session: SessionInfo;
  /** Verified by the connector's own backend, never to be mixed with `session.attributes`; null where none has come. */
  readonly verified: ContextValues | null;
  readonly presence: Presence;
}

/** What a provider is told of a handoff that it has. */
export type HandoffNews =
  /**
   * The session's journal has events up to this sequence: whoever wants them reads on from the last it has read, so
   * that nothing is missed and nothing comes twice, whatever happened in between.
   */
  | { readonly kind: "events"; readonly through: number }
  /** The user writes, or has stopped. */
  | { readonly kind: "typing"; readonly state: (typeof TYPING_STATE)[keyof typeof TYPING_STATE] }
  | { readonly kind: "presence"; readonly presence: Presence }
  /** It is over, whoever ended it. Nothing follows. */
  | { readonly kind: "ended"; readonly outcome: HandoffOutcome; readonly reason: string | null };

/** What names a handoff to its provider. */
export interface HandoffName {
  /** The handoff's id. */
  readonly id: string;
  /** The session's id. */
  readonly session: string;
}

/**
 * Who takes conversations over [protocol section 6]. It is asked and told here, and answers through a `HandoffDoor`,
 * at any time and from anywhere: also when the session sleeps, and after a restart of either side.
 */
export interface HandoffProvider {
  /**
   * Looks for a person. Resolves when the request has arrived where it will not be forgotten; rejects where that
   * cannot be, which is a handoff that has failed.
   *
   * A request that was under way when the process died is made again, and so is that of every handoff which is still
   * open after a start: the handoff's id tells whether it is known. The wait limit of the queue is not the
   * provider's business.
   */
  request(request: HandoffRequest): Promise<void>;
  /** Told in the order in which it happened. Must not wait for anything, and not throw. */
  tell(name: HandoffName, news: HandoffNews): void;
  /** The server goes down. */
  [Symbol.asyncDispose]?(): PromiseLike<void>;
}

/** The way in for everything that providers do. */
export interface HandoffDoor {
  /**
   * Carries out a command. Resolves when it is on disk; commands of one handoff are carried out in the order in which they
   * are made by one caller that waits for each. Rejects where the server cannot take it now: it may be made again.
   *
   * @param key names the command for the session's life (a delivery's id, the local id of a message): a second command
   *   of the same key is the first one again, on any connection and after any restart. 1 to 128 characters; null: no key
   */
  command(name: HandoffName, command: HandoffCommand, key: string | null): Promise<HandoffAnswer>;
}

/** What a provider rejects a request with whose reason is for the user's eyes; of any other error the user reads a general one. */
export class NobodyThere extends Error {
  override name = "NobodyThere";
}
