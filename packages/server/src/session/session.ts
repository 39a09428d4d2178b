import {
  CLOSE,
  type ClientEvent,
  type CloseCode,
  EVENT,
  LIMITS,
  type Payloads,
  type ServerEvent,
  type SingleEventType,
  SYSTEM_LEVEL,
} from "@parley/protocol";
import type { FrameRefusal } from "@parley/protocol/schemas";
import type { SessionInfo } from "../agents/agent.ts";
import type { AnswerLimits } from "../agents/answer.ts";
import type { Clock } from "../clock.ts";
import type { Command } from "../conversation/commands.ts";
import { decide } from "../conversation/decide.ts";
import { type Context, type Decision, transient } from "../conversation/draft.ts";
import type { Effect } from "../conversation/effects.ts";
import { encode } from "../conversation/entries.ts";
import { present } from "../conversation/present.ts";
import type { ReplayEvent } from "../conversation/replay.ts";
import { type Conversation, hidesFailure } from "../conversation/state.ts";
import type { Providers } from "../handoff/providers.ts";
import type { SessionRecord, Snapshot } from "../journal/journal.ts";
import type { Logger } from "../logger.ts";
import { TokenBucket } from "../token-bucket.ts";
import { AgentHost } from "./agent-host.ts";
import { Appends, snapshotOf } from "./appends.ts";
import { Audience } from "./audience.ts";
import { endsTyping } from "./handover.ts";
import { History } from "./history.ts";
import { Life } from "./life.ts";
import type { SessionOwner, SessionParts, SessionPolicy } from "./parts.ts";
import { Reader, type ReadSource } from "./reader.ts";
import type { Socket } from "./socket.ts";
import { Unanswered } from "./unanswered.ts";
import { Work, type WorkHost } from "./work.ts";

/**
 * One live session: the one door to its state. Commands are decided one after the other in memory; what they lead to
 * is appended to the journal, and only behind the commit is it seen by sockets and are its effects carried out.
 */
export class Session implements ReadSource, WorkHost {
  readonly record: SessionRecord;
  readonly info: SessionInfo;
  readonly history: History;
  readonly unanswered: Unanswered;
  readonly agent: AgentHost;
  readonly limits: AnswerLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly providers: Providers;
  readonly #parts: SessionParts;
  readonly #owner: SessionOwner;
  readonly #context: Omit<Context, "now" | "draining">;
  readonly #work: Work;
  readonly #appends: Appends;
  readonly #audience = new Audience();
  readonly #life: Life;
  readonly #messageRate: TokenBucket;
  #state: Conversation;
  #gone = false;
  readonly #untilAgentRests: (() => void)[] = [];

  constructor(
    record: SessionRecord,
    state: Conversation,
    snapshotAt: number,
    policy: SessionPolicy,
    parts: SessionParts,
    owner: SessionOwner,
  ) {
    const { clock, journal, logger, newId } = parts;
    this.record = record;
    this.info = infoOf(record);
    this.clock = clock;
    this.logger = logger;
    this.history = new History(journal, record.key);
    this.unanswered = new Unanswered(state);
    this.agent = new AgentHost(policy.agent, this.info, clock);
    this.limits = policy.limits;
    this.providers = parts.providers;
    this.#parts = parts;
    this.#owner = owner;
    const { greeting, interrupts, handoffs } = policy;
    this.#context = { newId, greeting, interrupts, handoffs };
    this.#work = new Work(this);
    this.#messageRate = new TokenBucket(LIMITS.messageRate, LIMITS.messageBurst, clock.monotonic());
    this.#state = state;
    this.#appends = new Appends(journal, record.key, state, snapshotAt, (error) => this.#fail(error));
    this.#life = new Life(record.deadline - parts.idleMs, parts.idleMs, clock, () =>
      this.report({ kind: "abandon" }),
    );
  }

  get state(): Conversation {
    return this.#state;
  }

  get committed(): number {
    return this.#appends.committed;
  }

  get ended(): boolean {
    return this.#appends.ended;
  }

  get firstJoined(): number {
    return this.#state.firstJoined;
  }

  get sockets(): number {
    return this.#audience.size;
  }

  /** When it is abandoned unless somebody shows a sign of life, by the monotonic clock. */
  get deadline(): number {
    return this.#life.deadline;
  }

  /** Whether anything is under way that sleep would break off. */
  get isBusy(): boolean {
    return this.#appends.isPending || this.#work.isBusy;
  }

  get #isAgentBusy(): boolean {
    return !this.#gone && (this.#appends.isPending || this.#work.isAgentBusy);
  }

  get snapshot(): Snapshot {
    return snapshotOf(this.#state);
  }

  get seenAt(): number {
    return this.#life.seenAt;
  }

  /**
   * Connects a socket: it gets what is behind its cursor, then what happens.
   *
   * @param cursor the highest sequence the client has seen
   */
  attach(socket: Socket, cursor: number): Reader {
    const reader = new Reader(socket, this, cursor, this.clock, this.#parts.newId);
    this.#audience.add(reader);
    this.live();
    this.#work.handover.socketsChanged();
    reader.start().catch((error) => {
      this.logger.error({ session: this.info.id, error }, "a replay failed");
      reader.close(CLOSE.internal);
    });
    return reader;
  }

  /** The socket is gone. Nothing that is under way is cancelled by it. */
  detach(reader: Reader): void {
    this.#audience.remove(reader);
    this.#work.handover.socketsChanged();
    this.rest();
  }

  /**
   * A valid event of a client. A socket that is gone by now does not matter [protocol section 3].
   *
   * @returns what settles when the event is dealt with and nothing of it is kept in memory; null where it is at once.
   *   A rejection needs no answer, since the owner is told, but has to be handled
   */
  receive(reader: Reader, event: ClientEvent): Promise<void> | null {
    this.live();
    const custom = event.custom && { custom: event.custom };
    switch (event.type) {
      case EVENT.REQUEST_POLY_AGENT_JOIN:
        return this.#take([{ kind: "join", ...custom }], reader);
      case EVENT.USER_MESSAGE: {
        const throttled = !this.#messageRate.take(this.clock.monotonic());
        return this.#take([{ kind: "message", text: event.payload.text, throttled, ...custom }], reader);
      }
      case EVENT.USER_END_SESSION:
        return this.#take([{ kind: "end", ...custom }], reader);
      case EVENT.HEARTBEAT:
        return this.#reply(reader, EVENT.HEARTBEAT, {}, event.custom);
      case EVENT.USER_TYPING:
        this.#work.handover.userTypes(event.payload.state);
        return null;
    }
  }

  /** Tells a client that its frame was not taken. @returns as `receive` */
  refuse(reader: Reader, { message, custom }: FrameRefusal): Promise<void> | null {
    this.live();
    return this.#reply(reader, EVENT.SYSTEM_MESSAGE, { level: SYSTEM_LEVEL.error, message }, custom);
  }

  /** Carries out commands as one append. Resolves when it is on disk; rejects when it is not. */
  handle(commands: readonly Command[], origin?: Reader): Promise<void> {
    if (this.#gone) return Promise.reject(new Error("the session is not in memory any more"));
    const before = this.#state;
    try {
      const decision = decide(before, commands, this.#decisionContext());
      this.#state = decision.state;
      return this.#keep(before, decision, origin);
    } catch (error) {
      this.#fail(error);
      return Promise.reject(error);
    }
  }

  /** The person who has the conversation writes, or has stopped. Whether they have it is asked first. */
  personTypes(isTyping: boolean): void {
    if (!this.#gone) this.#work.handover.type(isTyping);
  }

  /** For a command whose failure the owner is told of anyway. */
  report(command: Command, origin?: Reader): void {
    this.#take([command], origin)?.catch(() => {});
  }

  /** Tells every socket. */
  tell(type: typeof EVENT.POLY_AGENT_THINKING): void {
    this.broadcast(this.transient(type, {}));
  }

  present(): ServerEvent[] {
    const journaled = present(this.#state, { now: this.clock.now(), newId: this.#parts.newId });
    return [...journaled, ...this.#work.handover.present()];
  }

  caughtUp(): void {
    if (hidesFailure(this.#state)) this.report({ kind: "failure_told" });
  }

  async read(after: number, events?: number): Promise<ReplayEvent[]> {
    return await this.history.page(after, events);
  }

  /** Brings what was under way back to life, or ends a session whose time is over. Resolves when that is on disk. */
  recover(): Promise<void> {
    return this.handle([{ kind: this.#life.isOver ? "abandon" : "recover" }]);
  }

  /**
   * The agent is lost in the middle of its turn, and is asked again as after a crash. Resolves when that is on disk.
   *
   * @returns false where no turn runs
   */
  async restartAgent(): Promise<boolean> {
    if (this.#state.turn === null || this.#gone) return false;
    this.#work.stopTurn();
    this.agent.forget();
    await this.handle([{ kind: "recover" }]);
    return true;
  }

  /** Ends as one that was left idle. Resolves when that is on disk. */
  abandon(): Promise<void> {
    return this.handle([{ kind: "abandon" }]);
  }

  /** Resolves when all that was decided is on disk and was delivered, rejects where that failed; null where it is. */
  get pending(): Promise<void> | null {
    return this.#appends.last;
  }

  /** Resolves when the turn that runs, if any, has ended. */
  get turnDone(): Promise<void> {
    return this.#work.turnDone;
  }

  /** Resolves when the agent has come to rest: no join and no turn is under way, nor one that follows from them. */
  get agentRests(): Promise<void> {
    if (!this.#isAgentBusy) return Promise.resolve();
    return new Promise((resolve) => this.#untilAgentRests.push(resolve));
  }

  /** Leaves memory: timers stop, sockets are closed with the code, and no command is taken any more. */
  dispose(code: CloseCode): void {
    this.#gone = true;
    this.#life.stop();
    this.#work.stop();
    this.closeSockets(code);
    this.rest();
  }

  closeSockets(code: CloseCode): void {
    this.#audience.close(code);
  }

  #take(commands: readonly Command[], origin?: Reader): Promise<void> | null {
    return this.#gone ? null : this.handle(commands, origin);
  }

  /** Resolves when the rows are on disk and all that follows was done; without rows, when those before them are. */
  #keep(
    before: Conversation,
    { state: after, entries, effects, handoffs }: Decision,
    origin: Reader | undefined,
  ): Promise<void> {
    if (entries.length === 0) return this.#appends.behind(() => this.#carryOut(effects, origin));
    this.unanswered.add(entries, after.answered);
    const rows = entries.map(encode);
    const end = before.ended === null && after.ended !== null ? after.sequence : null;
    const { handover } = this.#work;
    const isSilenced = handover.isOpen && endsTyping(entries);
    return this.#appends.add(before, after, rows, handoffs, () => {
      if (isSilenced) handover.stopTyping();
      this.#audience.deliver(rows);
      for (const effect of effects) if (effect.kind === "tell_in_order") this.#audience.tell(effect.event);
      if (handover.isOpen) handover.committed(this.committed);
      if (end !== null) this.#end(end);
      this.#carryOut(effects, origin);
    });
  }

  #end(sequence: number): void {
    this.#life.stop();
    this.#work.stop();
    this.#audience.end(sequence);
  }

  #carryOut(effects: readonly Effect[], origin: Reader | undefined): void {
    if (this.#gone) return;
    this.#appends.keepSnapshotWhereDue(this.#state)?.catch((error) => {
      this.logger.warn({ session: this.info.id, error }, "a snapshot was not kept");
    });
    for (const effect of effects) this.#work.perform(effect, origin);
    this.rest();
  }

  /** What is in memory is not true any more. */
  #fail(error: unknown): void {
    if (!this.#gone) this.#owner.failed(this, error);
  }

  broadcast(event: ServerEvent): boolean {
    return this.#state.ended === null && this.#audience.tell(event);
  }

  announce(event: ServerEvent): void {
    this.#audience.tell(event);
  }

  /** Answers a socket's own frame, behind the echoes of those it sent before. */
  #reply<Type extends SingleEventType>(
    reader: Reader,
    type: Type,
    payload: Payloads[Type],
    custom?: object,
  ): Promise<void> | null {
    const reply = () => {
      if (this.#state.ended === null) reader.reply(this.transient(type, payload, custom));
    };
    const { last } = this.#appends;
    if (last !== null) return last.then(reply, () => {});
    reply();
    return null;
  }

  transient<Type extends SingleEventType>(type: Type, payload: Payloads[Type], custom?: object): ServerEvent {
    return transient({ now: this.clock.now(), newId: this.#parts.newId }, type, payload, custom);
  }

  #decisionContext(): Context {
    return { ...this.#context, now: this.clock.now(), draining: this.#owner.draining };
  }

  /** Any frame of a client counts as life, refused ones too [protocol section 4]. */
  live(): void {
    this.#life.seen();
  }

  /** Tells the owner, where that is so, that nobody is connected and nothing is under way. */
  rest(): void {
    if (this.#untilAgentRests.length > 0 && !this.#isAgentBusy) {
      for (const resolve of this.#untilAgentRests.splice(0)) resolve();
    }
    if (this.sockets === 0 && !this.isBusy && !this.#gone) this.#owner.resting(this);
  }
}

const infoOf = ({
  id,
  connector,
  streaming,
  platform,
  deviceType,
  locale,
  attributes,
  createdAt,
}: SessionRecord): SessionInfo => ({
  id,
  connector,
  streaming,
  platform,
  deviceType,
  locale,
  attributes,
  createdAt,
});
