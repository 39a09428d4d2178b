import { randomUUID } from "node:crypto";
import type { Clock, Timer } from "../clock.ts";
import type { HandoffCommand, HandoffRecord } from "../conversation/handoff.ts";
import {
  type HandoffDoor,
  type HandoffName,
  type HandoffNews,
  type HandoffProvider,
  type HandoffRequest,
  NobodyThere,
} from "../handoff/provider.ts";
import { decodeHandoff } from "../handoff/records.ts";
import type { Journal } from "../journal/journal.ts";
import type { Logger } from "../logger.ts";
import type { Account } from "./accounts/account.ts";
import type { Accounts } from "./accounts/accounts.ts";
import { Board } from "./board.ts";
import { Conversation } from "./conversation.ts";
import { Floor } from "./floor/floor.ts";
import { holderOf, serves } from "./floor/ticket.ts";
import type { Statuses } from "./statuses.ts";
import { TEXTS } from "./texts.ts";
import { Views } from "./views.ts";
import type { Outcome } from "./wire.ts";

/** Queues open and close by the hour, and pages hear of it within so long, milliseconds. */
const HOURS_MS = 60_000;
/** What could not be given on, since the journal took nothing, is tried again after so long, milliseconds. */
const RETRY_MS = 5_000;
/** A user who writes says so again within 3 s; one who has not for so long has stopped, milliseconds. */
const USER_TYPING_MS = 6_000;
/** Places in the line up to which a user hears of each; behind it of every tenth, so that a long line does not speak all the time. */
const EVERY_PLACE = 10;

/** The server's queues, as far as the desk looks at them. */
export interface DeskQueues {
  /** Those that are configured. */
  readonly names: readonly string[];
  readonly defaultQueue: string | null;
  /** Whether there can be a queue of this name. */
  has(name: string): boolean;
  /** Whether it is staffed at this hour. */
  isOpen(name: string): boolean;
}

/** Where a conversation waits that names no queue, on a server that has no default. Users do not read it. */
const NO_QUEUE = "desk";

export interface DeskParts {
  accounts: Accounts;
  queues: DeskQueues;
  statuses: Statuses;
  door: HandoffDoor;
  journal: Pick<Journal, "find" | "events" | "handoff">;
  clock: Clock;
  logger: Logger;
}

/**
 * People at a desk of Parley's own take conversations over. Who has a conversation, and where it waits, stands in the
 * handoff's own record in the session's journal; all that is here is rebuilt from the requests that are made again after a
 * start. `Floor` has the rules, `DeskCommands` what people do, and `Board` shows it to them.
 */
export class Desk implements HandoffProvider {
  readonly floor = new Floor();
  readonly board: Board;
  readonly parts: DeskParts;
  readonly #conversations = new Map<string, Conversation>();
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #typing = new Map<string, Timer>();
  /** Conversations that are on their way from somebody who was lost. */
  readonly #givingOn = new Set<string>();
  #settling: Timer | undefined;
  #hours: Timer | undefined;

  constructor(parts: DeskParts) {
    this.parts = parts;
    this.board = new Board(new Views(this), parts.clock, randomUUID());
  }

  /** Knows who was at the desk before the start: they have the time of grace to come back. */
  async start(): Promise<void> {
    const kept = await this.parts.statuses.load();
    const now = this.now;
    for (const account of this.parts.accounts.all) this.floor.know(account, now, kept.get(account.id));
    this.settle();
    this.#watchHours();
  }

  /** Milliseconds that only go forward: what the floor reckons with. */
  get now(): number {
    return this.parts.clock.monotonic();
  }

  conversation(handoff: string): Conversation | undefined {
    return this.#conversations.get(handoff);
  }

  /** Whether a handoff stands of which the desk has not been asked again since the start. */
  async isToCome(handoff: string): Promise<boolean> {
    const stored = await this.parts.journal.handoff(handoff);
    return stored !== null && decodeHandoff(stored).endedAt === null;
  }

  get conversations(): Iterable<Conversation> {
    return this.#conversations.values();
  }

  /** The queues that are configured, and those in which somebody waits. */
  get queueNames(): string[] {
    const { names } = this.parts.queues;
    return [
      ...new Set([
        ...(names.length === 0 ? [this.#queueOf(null)] : names),
        ...Array.from(this.floor.tickets, ({ queue }) => queue),
      ]),
    ];
  }

  async request(request: HandoffRequest): Promise<void> {
    const { handoff } = request;
    const { clock, journal } = this.parts;
    const known = this.#conversations.get(handoff.id);
    if (known !== undefined) {
      known.handoff = handoff;
      known.is(request.presence, clock.now());
      this.#reconcile(handoff);
      return;
    }
    const queue = this.#queueOf(handoff.queue);
    // Whether the queue is open and has room was asked before.
    if (handoff.stage === "requested" && !this.floor.isAttended(queue))
      throw new NobodyThere(TEXTS.nobodyThere);
    const conversation = new Conversation(request, journal, clock.now());
    this.#conversations.set(handoff.id, conversation);
    this.floor.add({
      handoff: handoff.id,
      queue,
      skills: conversation.skills,
      requestedAt: handoff.requestedAt,
      stage: { name: "waiting", since: this.now },
    });
    this.#reconcile(handoff);
    if (handoff.stage === "requested") void this.#say(conversation, { kind: "accept" });
    this.#read(conversation, 1);
  }

  tell({ id }: HandoffName, news: HandoffNews): void {
    const conversation = this.#conversations.get(id);
    if (conversation === undefined) return;
    switch (news.kind) {
      case "events":
        this.#read(conversation, news.through);
        break;
      case "typing":
        this.#userTypes(conversation, news.state === "TYPING_STATE_STARTED");
        break;
      case "presence":
        conversation.is(news.presence, this.parts.clock.now());
        if (news.presence !== "there") this.#userTypes(conversation, false);
        break;
      case "ended":
        this.#forget(conversation, news.outcome === "redirected" ? "failed" : news.outcome);
        this.settle();
        return;
    }
    this.board.touchConversation(id);
  }

  /** A browser of the person is connected. */
  connect(account: Account): void {
    // It may be one that came to be since the start.
    this.floor.know(account, this.now);
    this.floor.connect(account.id, this.now);
    this.settle();
  }

  disconnect({ id }: Account): void {
    this.floor.disconnect(id, this.now);
    this.settle();
  }

  /** The handoff of a session that stands. */
  conversationOf(session: string): Conversation | undefined {
    return this.#conversations.values().find(({ name }) => name.session === session);
  }

  /** Whether a conversation is for somebody's eyes: supervisors see all, others their queues, and what they have. */
  sees(account: Account, handoff: string): boolean {
    const ticket = this.floor.ticket(handoff);
    if (ticket === undefined) return false;
    if (account.role === "supervisor" || holderOf(ticket.stage) === account.id) return true;
    return serves(account, ticket.queue);
  }

  /** Calls back when a session that somebody has, or is asked for, has something new. */
  watch(session: string, callback: () => void): () => void {
    const watchers = this.#watchers.get(session) ?? new Set();
    this.#watchers.set(session, watchers.add(callback));
    return () => {
      watchers.delete(callback);
      if (watchers.size === 0 && this.#watchers.get(session) === watchers) this.#watchers.delete(session);
    };
  }

  /** Tells those who watch a session that it has something new. */
  woken(session: string): void {
    this.#wake(session);
  }

  /** Brings the floor to where it belongs, and carries out what follows. To be called behind every change of it. */
  settle(): void {
    const { lost } = this.floor.settle(this.now);
    for (const handoff of lost) void this.#giveOn(handoff);
    const { handoffs, people } = this.floor.takeChanges();
    for (const handoff of handoffs) {
      const conversation = this.#conversations.get(handoff);
      if (conversation === undefined) continue;
      this.board.touchConversation(handoff);
      // Whoever waits again hears of their place again.
      if (this.floor.ticket(handoff)?.stage.name === "joined") conversation.toldPosition = null;
    }
    for (const id of people) {
      const person = this.floor.person(id);
      if (person === undefined) continue;
      this.board.touchPerson(id);
      this.parts.statuses.keep(id, person.status);
    }
    if (handoffs.length > 0) this.#tellPlaces();
    this.#settling?.cancel();
    const { nextAt } = this.floor;
    if (nextAt === null) return;
    this.#settling = this.parts.clock.after(nextAt - this.now, () => this.settle());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#settling?.cancel();
    this.#hours?.cancel();
    for (const timer of this.#typing.values()) timer.cancel();
    await this.parts.statuses.written;
  }

  #watchHours(): void {
    this.#hours = this.parts.clock.after(HOURS_MS, () => {
      this.board.look();
      this.#watchHours();
    });
  }

  #queueOf(name: string | null): string {
    return name ?? this.parts.queues.defaultQueue ?? NO_QUEUE;
  }

  /** The record has the last word: a command's answer may have been lost, or another process have had it. */
  #reconcile({ id, stage, person }: HandoffRecord): void {
    const now = this.now;
    const ticket = this.floor.ticket(id);
    if (ticket === undefined) return;
    const owner = ticket.stage.name === "joined" ? ticket.stage.person : null;
    if (stage === "joined" && person !== null) {
      // Of an account that was removed since, nobody will come back.
      if (this.floor.person(person.id) === undefined) void this.#giveOn(id);
      else if (owner !== person.id) this.floor.joined(person.id, id, now);
    } else if (owner !== null) this.floor.requeue(id, now);
    this.settle();
  }

  /** Whoever had it is not there any more: somebody else is looked for. */
  async #giveOn(handoff: string): Promise<void> {
    const conversation = this.#conversations.get(handoff);
    if (conversation === undefined || this.#givingOn.has(handoff)) return;
    this.#givingOn.add(handoff);
    const { logger, clock, door } = this.parts;
    const command = { kind: "transfer", message: TEXTS.lost } as const;
    try {
      const answer = await conversation.inTurn(() => door.command(conversation.name, command, null));
      const isOver = "refusal" in answer && (answer.refusal === "over" || answer.refusal === "unknown");
      if (!isOver) {
        this.floor.requeue(handoff, this.now);
        this.#givingOn.delete(handoff);
        this.settle();
        return;
      }
    } catch (error) {
      logger.warn({ ...conversation.name, error }, "a conversation could not be given on yet");
      clock.after(RETRY_MS, () => {
        this.#givingOn.delete(handoff);
        this.settle();
      });
      return;
    }
    // That it is over is on its way here, or was lost with a process.
    clock.after(RETRY_MS, () => {
      this.#givingOn.delete(handoff);
      if (this.#conversations.get(handoff) === conversation) this.#forget(conversation, "failed");
      this.settle();
    });
  }

  /** It is over, or somebody else's. */
  #forget(conversation: Conversation, outcome: Outcome): void {
    const { id, session } = conversation.name;
    this.#userTypes(conversation, false);
    this.#conversations.delete(id);
    this.floor.remove(id);
    this.board.over(id, outcome);
    this.#wake(session);
  }

  /** Users hear of their place in the line where it has changed. */
  #tellPlaces(): void {
    for (const queue of this.queueNames) {
      for (const [index, { handoff }] of this.floor.line(queue).entries()) {
        const conversation = this.#conversations.get(handoff);
        const position = index + 1;
        if (conversation === undefined || conversation.toldPosition === position) continue;
        if (position > EVERY_PLACE && position % EVERY_PLACE !== 0 && conversation.toldPosition !== null)
          continue;
        conversation.toldPosition = position;
        void this.#say(conversation, { kind: "queue", status: { position } });
      }
    }
  }

  /** What the user is told beside all else: where it is refused, it has lost its sense meanwhile. */
  async #say(conversation: Conversation, command: HandoffCommand): Promise<void> {
    try {
      await conversation.inTurn(() => this.parts.door.command(conversation.name, command, null));
    } catch (error) {
      this.parts.logger.warn({ ...conversation.name, error }, "a user could not be told of the wait");
    }
  }

  #userTypes(conversation: Conversation, isTyping: boolean): void {
    const { id } = conversation.name;
    this.#typing.get(id)?.cancel();
    this.#typing.delete(id);
    if (isTyping) {
      const ends = () => this.#userTypes(conversation, false);
      this.#typing.set(id, this.parts.clock.after(USER_TYPING_MS, ends));
    }
    if (conversation.isTyping === isTyping) return;
    conversation.isTyping = isTyping;
    this.board.touchConversation(id);
  }

  #read(conversation: Conversation, through: number): void {
    const { id, session } = conversation.name;
    const said = conversation.glance.userMessages;
    conversation.readTo(through).then(
      () => {
        if (conversation.glance.userMessages > said) this.#userTypes(conversation, false);
        if (this.#conversations.has(id)) this.board.touchConversation(id);
        this.#wake(session);
      },
      (error) => {
        this.parts.logger.warn({ ...conversation.name, error }, "a conversation could not be read");
      },
    );
  }

  #wake(session: string): void {
    for (const callback of this.#watchers.get(session) ?? []) callback();
  }
}
