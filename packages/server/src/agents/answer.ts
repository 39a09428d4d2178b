import { setImmediate } from "node:timers/promises";
import { LIMITS } from "@parley/protocol";
import { Alarm } from "../alarm.ts";
import type { Clock, Timer } from "../clock.ts";
import type { AgentCommand } from "../conversation/agent-commands.ts";
import type { TurnNote } from "../conversation/turn.ts";
import type { Logger } from "../logger.ts";
import { type Agent, AgentOverloaded, type Turn } from "./agent.ts";
import { Composer } from "./composer.ts";
import { type Arrived, isNote, isWord, readPart, readResult, type SafePart } from "./parts.ts";

/** How long an agent that was asked for its next part may be silent, milliseconds. */
export interface AnswerLimits {
  /** Until the first word of a message. */
  firstWordMs: number;
  /** Until the next word of a message. */
  betweenWordsMs: number;
  /** Until the end of the whole answer. */
  wholeAnswerMs: number;
}

export interface AnswerOptions {
  agent: Agent;
  turn: Turn;
  /** Whether text goes out in chunks [protocol section 5]. */
  streaming: boolean;
  limits: AnswerLimits;
  clock: Clock;
  logger: Logger;
  /** Aborted when nobody listens any more: the agent is told, and nothing more is emitted. */
  signal: AbortSignal;
  /**
   * Takes commands as one append, never two calls at a time; resolves when they are committed. The agent is asked for
   * its next part only then, so what waits in memory is bounded.
   */
  emit(commands: readonly AgentCommand[]): Promise<void>;
}

/** UTF-16 units of text that wait at most; more goes at once, without waiting for `LIMITS.chunkCollectMs`. */
const PENDING_LENGTH = 16_384;
/** After so many parts the event loop gets its turn, since an agent that never waits would keep it. */
const PARTS_AT_ONCE = 100;
/**
 * Bounds of one whole answer; beyond them it breaks off, since an agent that has lost its way would fill the journal and
 * its user's screen for ever.
 */
const ANSWER = {
  /** Bytes of text, and of what goes beside it as JSON: a thick book, which no chat shows. */
  bytes: 8_388_608,
  /** Messages: each is one more thing on a screen. */
  messages: 1_000,
  /** Calls of tools: an agent that calls more runs in circles. */
  toolCalls: 100,
  /** Further notes (tokens, retries, choices, memories); more are left out. */
  notes: 400,
} as const;
/** UTF-16 units of what an agent threw that are kept for operators. */
const CAUSE_LENGTH = 500;

/** What was thrown, as the turn's record keeps it. */
export const causeOf = (error: unknown): string => String(error).slice(0, CAUSE_LENGTH);

/** Warnings about one answer; a garrulous fault does not fill the log. */
const WARNINGS = 10;

/**
 * Has an agent answer one turn, and turns what it yields into commands. Trusts nothing of it: what it yields is
 * checked, its errors and its silence become `agent_failed`, and it is left when nobody listens any more, without
 * waiting for it.
 *
 * The last message and the end of the turn are one append: a crash between them would repeat the answer.
 *
 * @returns when all was emitted, or the signal was aborted. Rejects only with what `emit` rejected with.
 */
export async function answer(options: AnswerOptions): Promise<void> {
  if (options.signal.aborted) return;
  await new Answer(options).run();
}

/**
 * Why an agent's signal is aborted when its turn is over, as `fetch` and others expect it. One for all turns: a signal's own
 * reason would be made for each, with its stack, which takes ten times as long as all else of it.
 */
const LEFT = new DOMException("The turn is over.", "AbortError");

class Answer {
  readonly #options: AnswerOptions;
  readonly #composer: Composer;
  /** Aborted for the agent, whatever the reason. */
  readonly #abort = new AbortController();
  #iterator: AsyncIterator<unknown> | undefined;
  #pendingLength = 0;
  #parts = 0;
  #warnings = 0;
  /** Whether the agent has said anything for the user. */
  #spoke = false;
  #bytes = 0;
  #toolCalls = 0;
  #notes = 0;
  /** Tools that were called and have not returned. */
  readonly #openTools: Set<string>;

  /** What has happened and was not dealt with. */
  #arrived: Arrived | undefined;
  #collected = false;
  #silent = false;
  #overdue = false;
  #wake: () => void = () => {};

  #collecting: Timer | undefined;
  readonly #patience: Alarm;
  #whole: Timer | undefined;

  constructor(options: AnswerOptions) {
    this.#options = options;
    this.#patience = new Alarm(options.clock, () => {
      this.#silent = true;
      this.#wake();
    });
    this.#openTools = new Set(options.turn.tools.filter(({ isDone }) => !isDone).map(({ id }) => id));
    this.#composer = new Composer(options.turn.number, options.streaming, (problem) => this.#warn(problem));
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    const stop = () => {
      this.#abort.abort(signal.reason);
      this.#wake();
    };
    signal.addEventListener("abort", stop, { once: true });
    try {
      this.#ask();
      const { firstWordMs, wholeAnswerMs } = this.#options.limits;
      this.#waitForWord(firstWordMs);
      this.#whole = this.#options.clock.after(wholeAnswerMs, () => {
        this.#overdue = true;
        this.#wake();
      });
      await this.#goOn();
    } finally {
      signal.removeEventListener("abort", stop);
      this.#leave();
    }
  }

  /** Until the answer is over or nobody listens. What is there at once is not awaited, as most parts only wait for more. */
  async #goOn(): Promise<void> {
    const { signal } = this.#options;
    for (;;) {
      if (!signal.aborted && !this.#hasNews) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      // What an agent says in the very moment in which its time is up is in time.
      if (this.#silent && this.#arrived === undefined) await setImmediate();
      if (signal.aborted) return;
      if (this.#collected && !this.#overdue) {
        await this.#flush();
        continue;
      }
      const goesOn = this.#step();
      if (!(typeof goesOn === "boolean" ? goesOn : await goesOn)) return;
      if (this.#silent) return void (await this.#failSilent());
      if (++this.#parts % PARTS_AT_ONCE === 0) await setImmediate();
      // A tool whose call was not noted any more must not be made.
      if (signal.aborted) return;
      this.#ask();
    }
  }

  get #hasNews(): boolean {
    return this.#collected || this.#arrived !== undefined || this.#silent || this.#overdue;
  }

  /** Deals with what the agent gave, or with its time being up. @returns whether it is asked for more */
  #step(): boolean | Promise<boolean> {
    if (this.#overdue) return this.#fail(true, "has not come to an end in its time");
    const arrived = this.#arrived;
    if (arrived === undefined) return this.#failSilent();
    this.#arrived = undefined;
    if ("error" in arrived || arrived.result.done) this.#iterator = undefined;
    if ("error" in arrived) return this.#failWith(arrived.error);
    const { done, value } = arrived.result;
    if (done) return this.#finish({ kind: "agent_done", turn: this.#options.turn.number });
    return this.#take(value);
  }

  #ask(): void {
    try {
      this.#iterator ??= this.#options.agent
        .respond(this.#options.turn, this.#abort.signal)
        [Symbol.asyncIterator]();
      Promise.resolve(this.#iterator.next()).then(
        (result) => this.#report(readResult(result)),
        (error: unknown) => this.#report({ error }),
      );
    } catch (error) {
      this.#report({ error });
    }
  }

  #report(arrived: Arrived): void {
    this.#arrived = arrived;
    this.#wake();
  }

  /** Takes in what the agent yielded. @returns whether the answer goes on */
  #take(value: unknown): boolean | Promise<boolean> {
    let part: SafePart | null;
    try {
      const read = readPart(value);
      for (const problem of read.problems) this.#warn(problem);
      part = read.part;
    } catch (error) {
      return this.#failWith(error);
    }
    if (part === null) return true;
    const turn = this.#options.turn.number;
    if (part.type === "handoff") {
      const { handoff, answered } = part;
      return this.#finish({
        kind: "agent_handoff",
        turn,
        handoff,
        ...(answered !== undefined && { answered }),
      });
    }
    if (part.type === "end") return this.#finish({ kind: "agent_end", turn });
    if (isNote(part)) return this.#takeNote(part);

    const saysSomething = isWord(part);
    this.#bytes += part.type === "text" ? Buffer.byteLength(part.text) : JSON.stringify(part).length;
    if (this.#bytes > ANSWER.bytes || this.#composer.messages >= ANSWER.messages) {
      return this.#fail(false, "said more than an answer may hold");
    }
    if (saysSomething) this.#spoke = true;
    const taken = part.type === "text" ? this.#takeText(part.text) : this.#composer.add(part);
    const goOn = () => {
      this.#collect();
      const { firstWordMs, betweenWordsMs } = this.#options.limits;
      if (part.type === "message_end" && this.#composer.hasWork) this.#waitForWord(firstWordMs);
      else if (saysSomething) this.#waitForWord(betweenWordsMs);
      return true;
    };
    return taken === undefined ? goOn() : taken.then(goOn);
  }

  /** On disk before the agent is asked for its next part. @returns whether the answer goes on */
  async #takeNote(note: TurnNote): Promise<boolean> {
    const command = { kind: "agent_note", turn: this.#options.turn.number, note } as const;
    switch (note.type) {
      case "tool_call":
        this.#toolCalls += 1;
        if (this.#toolCalls > ANSWER.toolCalls)
          return this.#fail(false, "called more tools than an answer may");
        this.#openTools.add(note.id);
        break;
      case "tool_result":
        if (this.#openTools.delete(note.id)) break;
        this.#warn("a result of a tool that was not called, or has returned, is left out");
        return true;
      default:
        this.#notes += 1;
        if (this.#notes <= ANSWER.notes) break;
        this.#warn(
          `an answer notes at most ${ANSWER.notes} tokens, retries, choices and memories; the rest is left out`,
        );
        return true;
    }
    if (note.type === "retried") {
      this.#options.logger.warn(
        { ...this.#context, reason: note.reason },
        "an agent asked its provider again",
      );
    }
    if (note.type !== "tool_call" && note.type !== "tool_result") {
      await this.#emit([command]);
      return true;
    }
    // A tool takes its time, so what was said before it goes out first.
    this.#stopCollecting();
    this.#pendingLength = 0;
    await this.#emit([...this.#composer.take(), command]);
    this.#waitForWord(this.#options.limits.firstWordMs);
    return true;
  }

  /** @returns what resolves when it is taken in; undefined where it is at once, and waits for more */
  #takeText(text: string): Promise<void> | undefined {
    if (text === "") return undefined;
    if (text.length > PENDING_LENGTH) return this.#takeLongText(text);
    return this.#addText(text) ? this.#flush() : undefined;
  }

  async #takeLongText(text: string): Promise<void> {
    for (let start = 0; start < text.length && !this.#options.signal.aborted; start += PENDING_LENGTH) {
      if (this.#addText(text.slice(start, start + PENDING_LENGTH))) await this.#flush();
    }
  }

  /** @returns whether it must go now */
  #addText(text: string): boolean {
    this.#composer.add({ type: "text", text });
    this.#pendingLength += text.length;
    return this.#composer.awaitsFirstChunk || this.#pendingLength >= PENDING_LENGTH;
  }

  #collect(): void {
    if (!this.#composer.hasWork) return;
    this.#collecting ??= this.#options.clock.after(LIMITS.chunkCollectMs, () => {
      this.#collected = true;
      this.#wake();
    });
  }

  async #flush(): Promise<void> {
    this.#stopCollecting();
    this.#pendingLength = 0;
    await this.#emit(this.#composer.take());
  }

  #stopCollecting(): void {
    this.#collecting?.cancel();
    this.#collecting = undefined;
    this.#collected = false;
  }

  /** The agent has `ms` from now for its next word. */
  #waitForWord(ms: number): void {
    this.#silent = false;
    this.#patience.set(ms);
  }

  async #finish(last: AgentCommand): Promise<false> {
    await this.#emit([...this.#composer.finish(), last]);
    return false;
  }

  #failSilent(): Promise<false> {
    return this.#fail(true, "was silent until its time was up");
  }

  #failWith(error: unknown): Promise<false> {
    return this.#fail(error instanceof AgentOverloaded, "failed", error);
  }

  async #fail(overloaded: boolean, what: string, error?: unknown): Promise<false> {
    const { logger, turn } = this.#options;
    this.#abort.abort(LEFT);
    const cause = error === undefined ? what : causeOf(error);
    logger.error({ ...this.#context, ...(error !== undefined && { error }) }, `an agent ${what}`);
    // What was whole before the fault was said, and is not part of what broke off.
    await this.#emit([
      ...this.#composer.takeWhole(),
      { kind: "agent_failed", turn: turn.number, overloaded, spoke: this.#spoke, cause },
    ]);
    return false;
  }

  async #emit(commands: readonly AgentCommand[]): Promise<void> {
    if (commands.length > 0 && !this.#options.signal.aborted) await this.#options.emit(commands);
  }

  /** Nobody listens any more. An agent that hangs is not waited for. */
  #leave(): void {
    this.#stopCollecting();
    this.#patience.stop();
    this.#whole?.cancel();
    this.#abort.abort(LEFT);
    const iterator = this.#iterator;
    const close = async () => iterator?.return?.();
    close().catch((error: unknown) => {
      this.#options.logger.warn({ ...this.#context, error }, "an agent failed after its turn was over");
    });
  }

  get #context() {
    const { turn } = this.#options;
    return { session: turn.session.id, connector: turn.session.connector, turn: turn.number };
  }

  #warn(problem: string): void {
    this.#warnings += 1;
    if (this.#warnings > WARNINGS) return;
    const more = this.#warnings === WARNINGS ? "; further ones of this answer are not logged" : "";
    this.#options.logger.warn({ ...this.#context, problem }, `an agent's answer has a fault${more}`);
  }
}
