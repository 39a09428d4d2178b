import { randomUUID } from "node:crypto";
import { CLOSE } from "@parley/protocol";
import type { Command } from "../conversation/commands.ts";
import { decide } from "../conversation/decide.ts";
import { encode, LaterRelease } from "../conversation/entries.ts";
import type { HandoffAnswer, HandoffCommand } from "../conversation/handoff.ts";
import { type HandoffWish, judgeWish, NO_HANDOFFS } from "../conversation/handoffs.ts";
import type { OperatorVerdict } from "../conversation/operators.ts";
import { judgePrompt, type PromptRequest } from "../conversation/prompts.ts";
import { type Conversation, emptyConversation, owesWork } from "../conversation/state.ts";
import type { HandoffDoor, HandoffName } from "../handoff/provider.ts";
import { encodeHandoff } from "../handoff/records.ts";
import { newResumeToken } from "../identity/resume.ts";
import type { SessionRecord } from "../journal/journal.ts";
import { snapshotOf } from "./appends.ts";
import { STOOD_STILL_MS } from "./life.ts";
import type { SessionOwner, SessionParts, SessionPolicy } from "./parts.ts";
import { carryOut } from "./provider-command.ts";
import { DamagedLog, type Restored, restore } from "./restore.ts";
import type { OperatorAnswer, SessionRequest, SessionService, VerifiedContext } from "./service.ts";
import { Session } from "./session.ts";

/** How long a session without sockets and work stays in memory: most clients are back sooner, milliseconds. */
const LINGER_MS = 10_000;
/**
 * Sessions whose owed work is done at once after a start, with all that follows from it: what joins and turns need of
 * agents and providers stays bounded.
 */
const RECOVERING_AT_ONCE = 32;
/** Overdue sessions that are ended at once. */
const SWEEP_BATCH = 200;

export interface SessionsOptions extends SessionParts {
  /** What a connector decides; undefined for one that is not configured any more. */
  policyOf: (connector: string) => (SessionPolicy & { hasContextKeys: boolean }) | undefined;
  /** How long an ended session can still be read, milliseconds. */
  graceMs: number;
  /** The rhythm in which sleeping sessions are ended and lost ones brought back, milliseconds. */
  sweepMs: number;
}

/** Finds, creates, loads, evicts and expires sessions. Each is in memory once, or not at all. */
export class Sessions implements SessionService, SessionOwner, HandoffDoor {
  readonly #options: SessionsOptions;
  readonly #awake = new Map<string, Session>();
  /** What is on its way into memory, or out of it. */
  readonly #moving = new Map<string, Promise<unknown>>();
  /**
   * Sessions that left memory because the journal failed, to be loaded again once it does not; each with its deadline
   * (by the monotonic clock), since the journal's own is that of its last sleep.
   */
  readonly #lost = new Map<string, number>();
  /** Sessions whose log is lost; each was logged. */
  readonly #damaged = new Set<string>();
  #draining = false;
  #stopped = false;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** How many are in memory. */
  get size(): number {
    return this.#awake.size;
  }

  /**
   * Takes up what the last process left, and from then on keeps the hours.
   *
   * @param open lets clients in. Called when sessions may be asked for, and before any owed turn runs: a start that
   *   fails there has used up no attempt
   */
  async start(open: () => Promise<void> = async () => {}): Promise<void> {
    const { clock, journal, idleMs } = this.#options;
    const now = clock.monotonic();
    const owing = await journal.recover(now + idleMs, now - idleMs);
    await open();
    this.#recover(owing);
    this.#sweepLater();
  }

  async create({ sub, connector, host, body }: SessionRequest): Promise<{ id: string; resumeToken: string }> {
    const { clock, journal, newId, idleMs, policyOf } = this.#options;
    const policy = policyOf(connector);
    if (policy === undefined) throw new Error("the connector is not configured any more");
    const resume = newResumeToken();
    const now = clock.now();
    const session = {
      id: randomUUID(),
      sub,
      connector,
      host,
      resumeHash: resume.hash,
      createdAt: now,
      streaming: body.streaming_enabled,
      platform: body.platform,
      deviceType: body.device_type ?? null,
      locale: body.locale ?? null,
      attributes: body.attributes ?? {},
      contextId: policy.hasContextKeys ? newId() : null,
    };
    const { contextId, streaming } = session;
    const { greeting, interrupts, handoffs } = policy;
    const context = { now, newId, greeting, interrupts, handoffs, draining: this.#draining };
    const { state, entries } = decide(
      emptyConversation(),
      [{ kind: "start", contextId, streaming }],
      context,
    );
    const seenAt = clock.monotonic();
    const deadline = seenAt + idleMs;
    const key = await journal.create(session, entries.map(encode), deadline);
    const record: SessionRecord = { ...session, key, endedAt: null, deadline, seenAt };
    this.resting(this.#keep(new Session(record, state, 0, policy, this.#options, this)));
    return { id: session.id, resumeToken: resume.token };
  }

  async find(id: string): Promise<SessionRecord | null> {
    const record = this.#awake.get(id)?.record ?? (await this.#options.journal.find(id));
    if (record === null || this.#options.policyOf(record.connector) === undefined) return null;
    return this.#isGone(this.#awake.get(id)?.state.ended?.at ?? record.endedAt) ? null : record;
  }

  /** A session that is in memory, or undefined. */
  awake(id: string): Session | undefined {
    return this.#awake.get(id);
  }

  /** A session, brought into memory if it is not; null where it is unknown, or ended longer ago than the grace. */
  async open(id: string): Promise<Session | null> {
    for (;;) {
      const awake = this.#awake.get(id);
      if (awake !== undefined) return this.#isGone(awake.state.ended?.at ?? null) ? null : awake;
      const moving = this.#moving.get(id);
      if (moving === undefined) break;
      await moving.catch(() => {});
    }
    const loading = this.#load(id);
    this.#moving.set(id, loading);
    try {
      return await loading;
    } finally {
      if (this.#moving.get(id) === loading) this.#moving.delete(id);
    }
  }

  async contextOf(id: string): Promise<{ contextId: string | null; lastIat: number | null } | null> {
    const session = await this.open(id);
    if (session === null || session.state.ended !== null) return null;
    return { contextId: session.record.contextId, lastIat: session.state.context?.iat ?? null };
  }

  async setContext(
    id: string,
    context: VerifiedContext,
    iat: number,
  ): Promise<"accepted" | "ended" | "stale"> {
    const session = await this.open(id);
    if (session === null || session.state.ended !== null) return "ended";
    const before = session.state.context;
    const handled = session.handle([{ kind: "context", context, iat }]);
    // Looked at as soon as it is decided: while it is on its way to the disk, another may be accepted.
    const isAccepted = session.state.context !== before;
    await handled;
    return isAccepted ? "accepted" : "stale";
  }

  async prompt(id: string, given: Omit<PromptRequest, "id">): Promise<OperatorAnswer> {
    const request = { id: this.#options.newId(), ...given };
    const command: Command = { kind: "prompt", ...request };
    return await this.#operate(id, request.id, command, (state) => judgePrompt(state, request));
  }

  async handOver(id: string, given: Omit<HandoffWish, "id">): Promise<OperatorAnswer> {
    const wish = { id: this.#options.newId(), ...given };
    return await this.#operate(id, wish.id, { kind: "hand_over", wish }, (state) => judgeWish(state, wish));
  }

  async command(name: HandoffName, command: HandoffCommand, key: string | null): Promise<HandoffAnswer> {
    const session = await this.open(name.session);
    if (session !== null) return await carryOut(session, name.id, command, key);
    return { refusal: (await this.#refusalOf(name.session)) === "ended" ? "over" : "unknown" };
  }

  /** Carries out what an operator asks of a session. @param request its id where it is taken, and is a new one */
  async #operate(
    id: string,
    request: string,
    command: Command,
    judge: (state: Conversation) => OperatorVerdict,
  ): Promise<OperatorAnswer> {
    const session = await this.open(id);
    if (session === null) return { refusal: await this.#refusalOf(id) };
    const verdict = judge(session.state);
    if (verdict === "new") {
      await session.handle([command]);
      return { id: request };
    }
    if ("refusal" in verdict) return verdict;
    // The first of two equal requests may still be on its way to the disk.
    await session.pending;
    return { id: verdict.taken };
  }

  /** Why a session cannot be opened. */
  async #refusalOf(id: string): Promise<"ended" | "unknown"> {
    const record = await this.#options.journal.find(id);
    return record === null || record.endedAt === null ? "unknown" : "ended";
  }

  resting(session: Session): void {
    // Nothing of an ended session is worth waiting for; what is left of it is read from the disk.
    if (session.state.ended !== null) {
      if (this.#isAwake(session)) void this.#sleep(session);
      return;
    }
    this.#options.clock.after(LINGER_MS, () => {
      if (session.sockets === 0 && !session.isBusy && this.#isAwake(session)) void this.#sleep(session);
    });
  }

  failed(session: Session, error: unknown): void {
    const { id } = session.info;
    this.#options.logger.error({ session: id, error }, "a session was dropped from memory");
    session.dispose(CLOSE.internal);
    if (this.#isAwake(session)) this.#awake.delete(id);
    this.#lost.set(id, session.deadline);
  }

  /** No new turn starts from here on. Resolves when those that run have ended, at the latest after so long. */
  async drain(ms: number): Promise<void> {
    this.#draining = true;
    const turns = Promise.allSettled([...this.#awake.values()].map((session) => session.turnDone));
    const late = new Promise<void>((resolve) => this.#options.clock.after(ms, resolve));
    await Promise.race([turns, late]);
  }

  /** Puts every session to sleep. Sockets must be closed by then. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.allSettled(this.#moving.values());
    await Promise.allSettled([...this.#awake.values()].map((session) => this.#sleep(session)));
  }

  #keep(session: Session): Session {
    this.#awake.set(session.info.id, session);
    return session;
  }

  #isAwake(session: Session): boolean {
    return this.#awake.get(session.info.id) === session;
  }

  #isGone(endedAt: number | null): boolean {
    return endedAt !== null && this.#options.clock.now() > endedAt + this.#options.graceMs;
  }

  async #load(id: string): Promise<Session | null> {
    const lostDeadline = this.#lost.get(id) ?? 0;
    // Until it is loaded: a load that fails may have marked it as awake, and then no sweep would see to it.
    this.#lost.set(id, lostDeadline);
    const restored = await this.#restore(id);
    this.#lost.delete(id);
    if (restored === null || this.#isGone(restored.record.endedAt)) return null;
    const { state, snapshotAt } = restored;
    const record = { ...restored.record, deadline: Math.max(restored.record.deadline, lostDeadline) };
    const policy = this.#options.policyOf(record.connector);
    if (policy === undefined) {
      await this.#leaveAlone(record, state);
      return null;
    }
    const session = this.#keep(new Session(record, state, snapshotAt, policy, this.#options, this));
    await session.recover();
    return session;
  }

  /** A log that is lost is a session that is gone [protocol section 3]. */
  async #restore(id: string): Promise<Restored | null> {
    if (this.#damaged.has(id)) return null;
    try {
      return await restore(this.#options.journal, id);
    } catch (error) {
      if (!(error instanceof DamagedLog)) {
        // Loaded again with the next one who asks, and not by each sweep.
        if (error instanceof LaterRelease) this.#lost.delete(id);
        throw error;
      }
      this.#options.logger.error({ session: id, error }, "a session is damaged, and gone");
      this.#damaged.add(id);
      return null;
    }
  }

  /** Its connector is not configured any more: nobody comes in, no agent is there, and it ends as one that is left idle. */
  async #leaveAlone(record: SessionRecord, state: Conversation): Promise<void> {
    const { journal, clock, newId, providers } = this.#options;
    const { id, key, deadline, seenAt } = record;
    try {
      if (state.ended !== null) return;
      if (clock.monotonic() < deadline) {
        await journal.sleep(key, { snapshot: snapshotOf(state), deadline, seenAt, owes: owesWork(state) });
        return;
      }
      const now = clock.now();
      const quiet = { greeting: "", interrupts: false, handoffs: NO_HANDOFFS, draining: true };
      const {
        entries,
        effects,
        handoffs = [],
      } = decide(state, [{ kind: "abandon" }], { ...quiet, now, newId });
      const rows = entries.map(encode);
      const records = handoffs.map(encodeHandoff);
      await journal.append({ session: key, after: state.position, rows, endedAt: now, handoffs: records });
      for (const effect of effects) {
        if (effect.kind !== "tell_provider") continue;
        providers.tell(effect.provider, { id: effect.handoff, session: id }, effect.news);
      }
    } catch (error) {
      this.#lost.set(id, deadline);
      throw error;
    }
  }

  /** Out of memory. What comes for the session meanwhile waits, and then loads it again. */
  #sleep(session: Session): Promise<void> {
    const { id } = session.info;
    this.#awake.delete(id);
    const { snapshot, deadline, seenAt, state, record } = session;
    session.dispose(CLOSE.restart);
    if (state.ended !== null) return Promise.resolve();
    const sleeping = this.#options.journal
      .sleep(record.key, { snapshot, deadline, seenAt, owes: owesWork(state) })
      .catch((error) => {
        this.#options.logger.error({ session: id, error }, "a session could not be put to sleep");
        this.#lost.set(id, deadline);
      })
      .finally(() => {
        if (this.#moving.get(id) === sleeping) this.#moving.delete(id);
      });
    this.#moving.set(id, sleeping);
    return sleeping;
  }

  #recover(ids: string[]): void {
    const queue = ids.values();
    const worker = async () => {
      for (const id of queue) {
        if (this.#draining) return;
        const session = await this.open(id).catch((error) => {
          this.#options.logger.error({ session: id, error }, "a session could not be taken up again");
          return null;
        });
        await session?.agentRests;
      }
    };
    for (let i = 0; i < Math.min(RECOVERING_AT_ONCE, ids.length); i += 1) void worker();
  }

  #sweepLater(): void {
    const { clock, sweepMs } = this.#options;
    const hour = clock.monotonic() + sweepMs;
    clock.after(sweepMs, () => {
      if (this.#stopped) return;
      this.#sweep(clock.monotonic() - hour > STOOD_STILL_MS)
        .catch((error) => this.#options.logger.error({ error }, "a sweep failed"))
        .finally(() => this.#sweepLater());
    });
  }

  /** @param stoodStill nobody could come back of late: for those who sleep the clock starts anew, as at a start */
  async #sweep(stoodStill: boolean): Promise<void> {
    const { journal, clock, idleMs } = this.#options;
    if (journal.fault() !== null && (await journal.probe()) !== null) return;
    const now = clock.monotonic();
    if (stoodStill && (await journal.due(now, 1)).length > 0) await journal.recover(now + idleMs, now);
    // Loading is all that is needed: a session whose time is over is ended by it.
    await Promise.allSettled([...this.#lost.keys()].map((id) => this.open(id)));
    for (let overdue = SWEEP_BATCH; overdue === SWEEP_BATCH && !this.#draining; ) {
      const ids = await journal.due(now, SWEEP_BATCH);
      const opened = await Promise.allSettled(ids.map((id) => this.open(id)));
      // Where none could be ended, the journal has to be given time.
      overdue = opened.some(({ status }) => status === "fulfilled") ? ids.length : 0;
    }
  }
}
