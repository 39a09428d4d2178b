import { setImmediate } from "node:timers/promises";
import { LIMITS } from "@parley/protocol";
import type { Clock, Timer } from "../clock.ts";
import type { AgentCommand } from "../conversation/agent-commands.ts";
import type { Logger } from "../logger.ts";
import { type Agent, AgentOverloaded, type Turn } from "./agent.ts";
import { Composer } from "./composer.ts";
import { isNote, readPart, type SafePart } from "./parts.ts";

/** How long an agent that was asked for its next part may be silent, milliseconds. */
export interface AnswerLimits {
  /** Until the first word of a message. */
  firstWordMs: number;
  /** Until the next word of a message. */
  betweenWordsMs: number;
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

  /** What has happened and was not dealt with. */
  #arrived: { result: IteratorResult<unknown> } | { error: unknown } | undefined;
  #collected = false;
  #silent = false;
  #wake: () => void = () => {};

  #collecting: Timer | undefined;
  #patience: Timer | undefined;

  constructor(options: AnswerOptions) {
    this.#options = options;
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
      this.#waitForWord(this.#options.limits.firstWordMs);
      while (await this.#step()) {}
    } finally {
      signal.removeEventListener("abort", stop);
      this.#leave();
    }
  }

  /** Deals with one thing that happened. @returns whether the answer goes on */
  async #step(): Promise<boolean> {
    const { signal } = this.#options;
    if (!signal.aborted && !this.#hasNews) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    // What an agent says in the very moment in which its time is up is in time.
    if (this.#silent && this.#arrived === undefined) await setImmediate();
    if (signal.aborted) return false;
    if (this.#collected) {
      await this.#flush();
      return true;
    }
    const arrived = this.#arrived;
    this.#arrived = undefined;
    if (arrived === undefined) return this.#failSilent();
    if ("error" in arrived || arrived.result.done) this.#iterator = undefined;
    if ("error" in arrived) return this.#failWith(arrived.error);
    if (arrived.result.done) {
      return this.#finish({ kind: "agent_done", turn: this.#options.turn.number });
    }
    if (!(await this.#take(arrived.result.value))) return false;
    if (this.#silent) return this.#failSilent();
    if (++this.#parts % PARTS_AT_ONCE === 0) await setImmediate();
    this.#ask();
    return true;
  }

  get #hasNews(): boolean {
    return this.#collected || this.#arrived !== undefined || this.#silent;
  }

  #ask(): void {
    const next = async () => {
      this.#iterator ??= this.#options.agent
        .respond(this.#options.turn, this.#abort.signal)
        [Symbol.asyncIterator]();
      const result: unknown = await this.#iterator.next();
      if (typeof result !== "object" || result === null)
        throw new TypeError("an iterator's result must be an object");
      const { done, value } = result as IteratorResult<unknown>;
      return { done: Boolean(done), value } as IteratorResult<unknown>;
    };
    const report = (arrived: { result: IteratorResult<unknown> } | { error: unknown }) => {
      this.#arrived = arrived;
      this.#wake();
    };
    next().then(
      (result) => report({ result }),
      (error: unknown) => report({ error }),
    );
  }

  /** Takes in what the agent yielded. @returns whether the answer goes on */
  async #take(value: unknown): Promise<boolean> {
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
    if (isNote(part)) return true;

    const saysSomething = isWord(part);
    if (saysSomething) this.#spoke = true;
    if (part.type === "text") await this.#takeText(part.text);
    else this.#composer.add(part);
    this.#collect();
    const { firstWordMs, betweenWordsMs } = this.#options.limits;
    if (part.type === "message_end" && this.#composer.hasWork) this.#waitForWord(firstWordMs);
    else if (saysSomething) this.#waitForWord(betweenWordsMs);
    return true;
  }

  async #takeText(text: string): Promise<void> {
    for (let start = 0; start < text.length && !this.#options.signal.aborted; start += PENDING_LENGTH) {
      const piece = text.slice(start, start + PENDING_LENGTH);
      this.#composer.add({ type: "text", text: piece });
      this.#pendingLength += piece.length;
      if (this.#composer.awaitsFirstChunk || this.#pendingLength >= PENDING_LENGTH) await this.#flush();
    }
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
    this.#stopWaiting();
    this.#patience = this.#options.clock.after(ms, () => {
      this.#silent = true;
      this.#wake();
    });
  }

  #stopWaiting(): void {
    this.#patience?.cancel();
    this.#silent = false;
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
    this.#abort.abort();
    logger.error({ ...this.#context, ...(error !== undefined && { error }) }, `an agent ${what}`);
    // What was whole before the fault was said, and is not part of what broke off.
    await this.#emit([
      ...this.#composer.takeWhole(),
      { kind: "agent_failed", turn: turn.number, overloaded, spoke: this.#spoke },
    ]);
    return false;
  }

  async #emit(commands: readonly AgentCommand[]): Promise<void> {
    if (commands.length > 0 && !this.#options.signal.aborted) await this.#options.emit(commands);
  }

  /** Nobody listens any more. An agent that hangs is not waited for. */
  #leave(): void {
    this.#stopCollecting();
    this.#stopWaiting();
    this.#abort.abort();
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

/** Whether a part is something for the user, and not only about it. */
function isWord(part: SafePart): boolean {
  switch (part.type) {
    case "text":
      return part.text !== "";
    case "attachments":
      return part.attachments.length > 0;
    case "suggestions":
      return part.suggestions.length > 0;
    case "call_actions":
      return part.actions.length > 0;
    default:
      return false;
  }
}
