import { pause } from "../../agents/pause.ts";
import type { Clock } from "../../clock.ts";
import type { Logger } from "../../logger.ts";
import type { HandoffDoor, HandoffName, Presence } from "../provider.ts";
import { LONGEST_MS, pauseAfter } from "./backoff.ts";
import type { Cursors } from "./cursors.ts";
import { type Delivery, presenceBody, typingBody } from "./deliveries.ts";
import type { Attempt, Endpoint } from "./endpoint.ts";
import type { Owed } from "./owed.ts";
import type { Slots } from "./slots.ts";

/** What the user reads when the receiver cannot be reached. */
export const UNREACHABLE = "The people who could help cannot be reached right now.";
/** The end of a handoff, and what was said before it, is worth this much trouble, milliseconds: a day. */
const OVER_GIVE_UP_MS = 86_400_000;
/** What the journal could not read or take is tried again after so long, milliseconds. */
const JOURNAL_RETRY_MS = 5_000;
/** Attempts to tell whether the user is there: the next change says it anew. */
const PRESENCE_ATTEMPTS = 5;

export interface LineParts {
  endpoint: Pick<Endpoint, "post">;
  cursors: Cursors;
  slots: Slots;
  door: HandoffDoor;
  clock: Clock;
  /** From 0 to 1. */
  random: () => number;
  newId: () => string;
  logger: Logger;
  /** How long what is owed of an open handoff is tried, milliseconds. */
  giveUpMs: number;
}

/** What to do behind a step: the next at once, to wait for news or for so many milliseconds, or nothing any more. */
type Step = "go on" | "wait" | "over" | number;

/**
 * The deliveries of one handoff, one after the other. What is owed stands in the journal, behind a cursor that is kept
 * there too, so that there is no queue beside it: all that is in memory is how far it has come, and how often the next
 * one has failed.
 */
export class Line {
  readonly name: HandoffName;
  readonly #owed: Owed;
  readonly #parts: LineParts;
  readonly #stop = new AbortController();
  #position: number;
  /** Nobody waits for an answer any more. */
  #isOver: boolean;
  #failures = 0;
  /** When the first of them was, by the monotonic clock. */
  #since: number | null = null;
  #isTyping: boolean | null = null;
  #presence: Presence | null = null;
  #toldPresence: Presence | null;
  #presenceFailures = 0;
  #isWoken = false;
  #wake: () => void = () => {};
  #running: Promise<void> | undefined;

  /** @param position of the last row that was delivered; 0: none was */
  constructor(name: HandoffName, position: number, isOver: boolean, owed: Owed, parts: LineParts) {
    this.name = name;
    this.#position = position;
    this.#isOver = isOver;
    this.#owed = owed;
    this.#parts = parts;
    // Who asks for a person is there. Of a handoff that was found after a start, nobody knows what was told last.
    this.#toldPresence = position === 0 ? "there" : null;
  }

  /** Whether the receiver has the request. */
  get isRequested(): boolean {
    return this.#position > 0;
  }

  /** A line that runs goes on. @param over called when nothing is owed any more */
  start(over: () => void): void {
    this.#running ??= this.#run(over);
  }

  /** The journal has something new. */
  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** The handoff has ended: what is still owed has time. */
  end(): void {
    this.#isOver = true;
    this.wake();
  }

  typing(isTyping: boolean): void {
    this.#isTyping = isTyping;
    this.wake();
  }

  presence(presence: Presence): void {
    this.#presence = presence;
    this.#presenceFailures = 0;
    this.wake();
  }

  /** The receiver has it: the user is told, once. */
  async accept(): Promise<void> {
    await this.#parts.door.command(this.name, { kind: "accept" }, null);
  }

  /** Breaks off what is under way; it is owed at the next start. Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
  }

  async #run(over: () => void): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#isWoken = false;
      const step = await this.#parts.slots.run(() => this.#tryStep());
      if (step === "over") {
        over();
        return;
      }
      if (step === "wait") await this.#untilWoken();
      // It rejects where the line stops meanwhile.
      else if (typeof step === "number") await pause(this.#parts.clock, step, signal).catch(() => {});
    }
  }

  async #tryStep(): Promise<Step> {
    if (this.#stop.signal.aborted) return "wait";
    try {
      return await this.#step();
    } catch (error) {
      this.#parts.logger.error(
        { ...this.#fields, error },
        "the journal is in the way of a delivery; it is tried again",
      );
      return JOURNAL_RETRY_MS;
    }
  }

  async #step(): Promise<Step> {
    const { delivery, through } = await this.#owed.next(this.#position);
    this.#position = through;
    if (delivery === null) return this.isRequested ? await this.#tellPresent() : "wait";
    const attempt = await this.#post(delivery.id, delivery.body);
    if (this.#stop.signal.aborted && !attempt.isDelivered) return "wait";
    return attempt.isDelivered ? await this.#delivered(delivery) : await this.#failed(delivery, attempt);
  }

  async #delivered({ type, position }: Delivery): Promise<Step> {
    const { cursors } = this.#parts;
    this.#failures = 0;
    this.#since = null;
    this.#position = position;
    // What the user has said is no longer being typed.
    if (type === "user.message") this.#isTyping = null;
    if (type === "handoff.ended") {
      await cursors.drop(this.name.id);
      return "over";
    }
    await cursors.keep(this.name.id, { session: this.name.session, position });
    if (type === "handoff.requested") await this.accept();
    return "go on";
  }

  async #failed(
    { id, type }: Delivery,
    { why, isGone, retryAfterMs }: Extract<Attempt, { isDelivered: false }>,
  ): Promise<Step> {
    const { clock, random, logger, giveUpMs } = this.#parts;
    const now = clock.monotonic();
    this.#failures += 1;
    this.#since ??= now;
    const left = this.#since + (this.#isOver ? OVER_GIVE_UP_MS : giveUpMs) - now;
    const fields = { ...this.#fields, delivery: id, type, attempt: this.#failures, why };
    if (isGone || left <= 0) {
      logger.error(fields, "a delivery is given up");
      return await this.#giveUp();
    }
    const longest = this.#isOver ? LONGEST_MS.over : LONGEST_MS.open;
    const wait = Math.min(left, pauseAfter(this.#failures, random(), longest, retryAfterMs));
    logger.warn({ ...fields, again_in_ms: Math.round(wait) }, "a delivery has failed");
    return wait;
  }

  /** The user gets the agent back; that, and what was said until then, stays owed for a while. */
  async #giveUp(): Promise<Step> {
    const { cursors, door } = this.#parts;
    if (this.#isOver) {
      await cursors.drop(this.name.id);
      return "over";
    }
    await door.command(this.name, { kind: "fail", reason: UNREACHABLE }, null);
    this.#isOver = true;
    this.#failures = 0;
    this.#since = null;
    return LONGEST_MS.open;
  }

  /** What is true now and in no journal: told where nothing else is owed. */
  async #tellPresent(): Promise<Step> {
    const { newId, clock } = this.#parts;
    const presence = this.#presence;
    const isTyping = this.#isTyping;
    this.#presence = null;
    if (presence !== null && presence !== this.#toldPresence && !this.#isOver) {
      const { isDelivered } = await this.#post(newId(), presenceBody(this.name, clock.now(), presence));
      if (!isDelivered) return this.#presenceFailed(presence);
      this.#toldPresence = presence;
      return "go on";
    }
    this.#isTyping = null;
    if (isTyping !== null && !this.#isOver) {
      await this.#post(newId(), typingBody(this.name, clock.now(), isTyping));
      return "go on";
    }
    return "wait";
  }

  #presenceFailed(presence: Presence): Step {
    this.#presenceFailures += 1;
    if (this.#presenceFailures >= PRESENCE_ATTEMPTS) return "go on";
    this.#presence ??= presence;
    return pauseAfter(this.#presenceFailures, this.#parts.random(), LONGEST_MS.open);
  }

  #post(id: string, body: string): Promise<Attempt> {
    return this.#parts.endpoint.post(id, body, this.#stop.signal);
  }

  get #fields() {
    return { handoff: this.name.id, session: this.name.session };
  }

  async #untilWoken(): Promise<void> {
    if (this.#isWoken || this.#stop.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}
