import type { HandoffAnswer, HandoffCommand, HandoffRefusal } from "../conversation/handoff.ts";
import type { Account } from "./accounts/account.ts";
import type { CannedReplies } from "./canned.ts";
import type { Conversation } from "./conversation.ts";
import type { Desk } from "./desk.ts";
import { TEXTS } from "./texts.ts";
import type { ReadCommand, RefusalCode } from "./wire.ts";

/** A command that changes something, and so has a key and an answer. */
export type KeyedCommand = Exclude<Extract<ReadCommand, { key: string }>, { type: "watch" }>;

/** What became of a command. `sequence`: of the event that the user got of it; null where there is none. */
export type Answer = { sequence: number | null } | { code: RefusalCode; message: string };

const DONE: Answer = { sequence: null };

const MESSAGES: Record<RefusalCode, string> = {
  invalid: "This is not a command",
  forbidden: "That is for supervisors, or for those who serve the queue",
  gone: "This conversation is over, or somewhere else",
  taken: "Somebody else has this conversation",
  not_yours: "You do not have this conversation",
  full: "You have as many conversations as you can have",
  unknown_target: "There is no such queue, or the person is not available",
  key_reused: "The key was used for another command",
  too_many: "Too many at once",
  unavailable: "The server cannot keep anything now: try again",
};

export const refusal = (code: RefusalCode, message = MESSAGES[code]): Answer => ({ code, message });

const CODES: Record<HandoffRefusal, RefusalCode> = {
  unknown: "gone",
  over: "gone",
  not_joined: "not_yours",
  joined: "taken",
  not_yours: "not_yours",
  key_conflict: "key_reused",
  too_many: "too_many",
};

/** What people at the desk do. Everything about one conversation happens one after the other. */
export class DeskCommands {
  readonly #desk: Desk;
  readonly #canned: CannedReplies;

  constructor(desk: Desk, canned: CannedReplies) {
    this.#desk = desk;
    this.#canned = canned;
  }

  /** Resolves when what is to be kept is on disk; rejects where the server cannot keep it now. */
  async carryOut(account: Account, command: KeyedCommand): Promise<Answer> {
    switch (command.type) {
      case "status":
        this.#desk.floor.setStatus(account.id, command.status, this.#desk.now);
        this.#desk.settle();
        return DONE;
      case "put_canned":
        if (account.role !== "supervisor") return refusal("forbidden");
        return (await this.#canned.put(command.reply)) ? DONE : refusal("too_many");
      case "remove_canned":
        if (account.role !== "supervisor") return refusal("forbidden");
        await this.#canned.remove(command.id);
        return DONE;
      default: {
        const conversation = this.#desk.conversation(command.handoff);
        if (conversation === undefined) {
          // Pages come back sooner than the last of the sessions, and bring what was not answered.
          if (await this.#desk.isToCome(command.handoff)) throw new Error("the conversation is not back yet");
          return refusal("gone");
        }
        return await conversation.inTurn(() => this.#about(conversation, account, command));
      }
    }
  }

  /** Tells the user that the person writes, or has stopped. */
  typing(account: Account, handoff: string, isTyping: boolean): void {
    const conversation = this.#desk.conversation(handoff);
    if (conversation === undefined || !this.#has(account, handoff)) return;
    const command = { kind: "typing", isTyping, person: account.id } as const;
    // Nothing hangs on it, and the next one comes soon.
    this.#desk.parts.door.command(conversation.name, command, null).catch(() => {});
  }

  async #about(
    conversation: Conversation,
    account: Account,
    command: Extract<KeyedCommand, { handoff: string }>,
  ): Promise<Answer> {
    const { handoff, key } = command;
    const door = (said: HandoffCommand) => this.#door(conversation, said, key);
    switch (command.type) {
      case "take":
        return await this.#take(conversation, account, handoff, key);
      case "decline":
        if (this.#desk.floor.decline(account.id, handoff, this.#desk.now)) this.#desk.settle();
        return DONE;
      case "note": {
        if (!this.#desk.sees(account, handoff)) return refusal("forbidden");
        const answer = await door({ kind: "note", text: command.text, author: account.name });
        // It is in no event, so nobody else tells those who watch.
        if ("sequence" in answer) this.#desk.woken(conversation.name.session);
        return answer;
      }
      case "say": {
        if (!this.#has(account, handoff)) return refusal("not_yours");
        const { text, attachments, suggestions } = command;
        return await door({ kind: "message", text, attachments, suggestions, person: account.id });
      }
      case "transfer":
        return await this.#transfer(conversation, account, command);
      case "give_back":
        if (!this.#mayMove(account, handoff)) return refusal("not_yours");
        return await door({
          kind: "return",
          ...this.#asOwner(account, handoff),
          ...(command.note !== null && { reason: command.note }),
        });
      case "end":
        if (!this.#mayMove(account, handoff)) return refusal("not_yours");
        return await door({ kind: "end", ...this.#asOwner(account, handoff) });
    }
  }

  async #take(conversation: Conversation, account: Account, handoff: string, key: string): Promise<Answer> {
    const { floor } = this.#desk;
    const verdict = floor.judgeTake(account.id, handoff, account.role === "supervisor");
    if (verdict === "mine") return DONE;
    if (verdict !== "free" && verdict !== "over") return refusal(verdict);
    if (verdict === "over") {
      const given = await this.#door(
        conversation,
        { kind: "transfer", message: TEXTS.transferred },
        `${key}:over`,
      );
      if ("code" in given) return given;
    }
    floor.join(account.id, handoff, this.#desk.now);
    this.#desk.settle();
    const { id, name, avatarUrl } = account;
    try {
      const join = { kind: "join", person: { id, name, avatarUrl } } as const;
      const answer = await this.#door(conversation, join, key);
      if ("sequence" in answer) floor.joined(id, handoff, this.#desk.now);
      else floor.requeue(handoff, this.#desk.now);
      return answer;
    } catch (error) {
      floor.requeue(handoff, this.#desk.now);
      throw error;
    } finally {
      this.#desk.settle();
    }
  }

  async #transfer(
    conversation: Conversation,
    account: Account,
    { handoff, key, to }: Extract<KeyedCommand, { type: "transfer" }>,
  ): Promise<Answer> {
    const { floor, parts } = this.#desk;
    if (!this.#mayMove(account, handoff)) return refusal("not_yours");
    if ("queue" in to) {
      const { queue } = to;
      if (!parts.queues.has(queue) && !this.#desk.queueNames.includes(queue))
        return refusal("unknown_target");
      const message = TEXTS.transferredTo(queue);
      const answer = await this.#door(
        conversation,
        { kind: "transfer", queue, message, ...this.#asOwner(account, handoff) },
        key,
      );
      if ("sequence" in answer) floor.requeue(handoff, this.#desk.now, queue);
      this.#desk.settle();
      return answer;
    }
    const person = floor.person(to.person);
    const target = parts.accounts.get(to.person);
    if (person === undefined || target === null || person.status !== "available" || person.sockets === 0)
      return refusal("unknown_target");
    if (this.#holder(handoff) === target.id) return DONE;
    const message = TEXTS.transferredTo(target.name);
    const answer = await this.#door(
      conversation,
      { kind: "transfer", message, ...this.#asOwner(account, handoff) },
      key,
    );
    if ("sequence" in answer) {
      floor.requeue(handoff, this.#desk.now);
      floor.offerTo(target.id, handoff, this.#desk.now);
    }
    this.#desk.settle();
    return answer;
  }

  async #door(conversation: Conversation, command: HandoffCommand, key: string): Promise<Answer> {
    const answer: HandoffAnswer = await this.#desk.parts.door.command(conversation.name, command, key);
    return "refusal" in answer ? refusal(CODES[answer.refusal]) : { sequence: answer.sequence };
  }

  #holder(handoff: string): string | null {
    const stage = this.#desk.floor.ticket(handoff)?.stage;
    return stage?.name === "joined" ? stage.person : null;
  }

  #has(account: Account, handoff: string): boolean {
    return this.#holder(handoff) === account.id;
  }

  /** So that a command which comes late does not speak for whoever has the conversation by then. */
  #asOwner(account: Account, handoff: string): { person?: string } {
    return this.#has(account, handoff) ? { person: account.id } : {};
  }

  /** Supervisors may bring on its way what somebody else has. */
  #mayMove(account: Account, handoff: string): boolean {
    return this.#has(account, handoff) || (account.role === "supervisor" && this.#holder(handoff) !== null);
  }
}
