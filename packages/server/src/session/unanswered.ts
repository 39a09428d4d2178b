import { EVENT } from "@parley/protocol";
import type { UserMessage } from "../agents/agent.ts";
import type { Entry } from "../conversation/entries.ts";
import type { Conversation } from "../conversation/state.ts";

/** Messages that are kept: few people write more before they wait for an answer. */
const KEPT = 4;
/** UTF-16 units of a message that is kept: what most people write is shorter, and thousands of sessions are in memory. */
const KEPT_LENGTH = 1_000;

/**
 * The user's messages that wait for an answer. Nearly every turn is about one that was written a moment ago, and need not
 * ask the journal for it; where there are more or longer ones than are kept, it does.
 */
export class Unanswered {
  #messages: UserMessage[] = [];
  /** All messages behind this sequence are there. */
  #from: number;

  /** @param state as the session came into memory */
  constructor({ asked, answered }: Conversation) {
    this.#from = Math.max(asked, answered);
  }

  /** What has been decided. @param answered the sequence of the last message that needs no answer any more */
  add(entries: readonly Entry[], answered: number): void {
    for (const entry of entries) {
      if (entry.kind !== "event" || entry.event.type !== EVENT.USER_MESSAGE) continue;
      const { sequence, payload } = entry.event;
      this.#forget(answered);
      this.#keep({ sequence, text: payload.text });
    }
  }

  /** The messages between two sequences, without the first and with the last; null where they have to be read. */
  between(after: number, through: number): UserMessage[] | null {
    if (after < this.#from) return null;
    const asked = this.#messages.filter(({ sequence }) => sequence > after && sequence <= through);
    // An agent's own: what it does to them does not reach the turn that has them again.
    return asked.map((message) => ({ ...message }));
  }

  #forget(answered: number): void {
    if (answered <= this.#from) return;
    this.#messages = this.#messages.filter(({ sequence }) => sequence > answered);
    this.#from = answered;
  }

  #keep(message: UserMessage): void {
    if (this.#messages.length < KEPT && message.text.length <= KEPT_LENGTH) {
      this.#messages.push(message);
      return;
    }
    this.#messages = [];
    this.#from = message.sequence;
  }
}
