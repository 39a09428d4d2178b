import { EVENT, LIMITS } from "@parley/protocol";
import type { SessionInfo, Turn } from "../agents/agent.ts";
import { type AnswerLimits, answer, causeOf } from "../agents/answer.ts";
import { Alarm } from "../alarm.ts";
import type { Clock } from "../clock.ts";
import type { AgentCommand } from "../conversation/agent-commands.ts";
import type { Command } from "../conversation/commands.ts";
import type { Conversation } from "../conversation/state.ts";
import type { RunningTurn } from "../conversation/turn.ts";
import type { Logger } from "../logger.ts";
import type { AgentHost } from "./agent-host.ts";
import type { History } from "./history.ts";
import type { Unanswered } from "./unanswered.ts";

/**
 * What an agent gets of a conversation, in bytes of its events: some thousand messages, more than models read. A client
 * may write a gigabyte into a session, which must not be in memory at once.
 */
const TRANSCRIPT_BYTES = 4 * 1_024 * 1_024;

/** What a turn needs of its session. */
export interface TurnHost {
  readonly info: SessionInfo;
  readonly history: History;
  readonly unanswered: Unanswered;
  readonly agent: AgentHost;
  readonly limits: AnswerLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly state: Conversation;
  /** One append; resolves when it is on disk. */
  handle(commands: readonly Command[]): Promise<void>;
  /** A turn has ended, so that there may be nothing more to do. */
  rest(): void;
  /** Sends a transient event to every socket. */
  tell(type: typeof EVENT.POLY_AGENT_THINKING): void;
}

/** Runs one turn of an agent at a time and shows that it thinks. */
export class TurnRunner {
  readonly #host: TurnHost;
  #abort: AbortController | undefined;
  /** Shown again after a silence, since clients clear it [protocol section 5]. */
  readonly #thinking: Alarm;
  #done: Promise<void> = Promise.resolve();

  constructor(host: TurnHost) {
    this.#host = host;
    this.#thinking = new Alarm(host.clock, () => this.#think());
  }

  get isRunning(): boolean {
    return this.#abort !== undefined;
  }

  /** Resolves when the turn that runs, if any, has ended. */
  get done(): Promise<void> {
    return this.#done;
  }

  run(turn: RunningTurn): void {
    this.stop();
    const abort = new AbortController();
    this.#abort = abort;
    this.#think();
    this.#done = this.#answer(turn, abort.signal).finally(() => {
      if (this.#abort !== abort) return;
      this.#end();
      this.#host.rest();
    });
  }

  /** Nobody listens to the running turn any more. */
  stop(): void {
    this.#abort?.abort();
    this.#end();
  }

  #end(): void {
    this.#abort = undefined;
    this.#thinking.stop();
  }

  async #answer(running: RunningTurn, signal: AbortSignal): Promise<void> {
    const { agent, limits, clock, logger, info } = this.#host;
    const emit = async (commands: readonly AgentCommand[]): Promise<void> => {
      if (signal.aborted) return;
      await this.#host.handle(commands);
      if (!signal.aborted) this.#thinking.set(LIMITS.thinkingRepeatMs);
    };
    try {
      const turn = await this.#turn(running);
      const built = await agent.agent();
      if (signal.aborted) return;
      await answer({ agent: built, turn, streaming: info.streaming, limits, clock, logger, signal, emit });
    } catch (error) {
      if (signal.aborted) return;
      logger.error({ session: info.id, turn: running.number, error }, "a turn failed");
      const { number: turn } = running;
      const cause = causeOf(error);
      const failed: AgentCommand = { kind: "agent_failed", turn, overloaded: false, spoke: false, cause };
      await emit([failed]).catch(() => {});
    }
  }

  async #turn(running: RunningTurn): Promise<Turn> {
    const { info, history, unanswered, state } = this.#host;
    const { number, reason, attempt, since, through, returned, prompt, from, interrupted } = running;
    const seen = interrupted && (await history.said(interrupted.since, interrupted.through));
    return {
      session: info,
      number,
      reason,
      attempt,
      messages:
        unanswered.between(state.answered, through) ?? (await history.userMessages(state.answered, through)),
      said: attempt > 1 ? await history.said(since) : [],
      // What an interrupted turn has called before it said a word is found there too.
      tools: attempt > 1 || interrupted !== null ? await history.tools(from) : [],
      interrupted: seen && { seen: seen.join("\n\n") },
      prompt,
      returned,
      // The agent's own: what it changes in there is not remembered by that.
      memory: structuredClone(state.memory),
      language: state.language,
      context: state.context?.values ?? null,
      transcript: () => history.newest(this.#host.state.sequence, TRANSCRIPT_BYTES),
    };
  }

  #think(): void {
    this.#host.tell(EVENT.POLY_AGENT_THINKING);
    this.#thinking.set(LIMITS.thinkingRepeatMs);
  }
}
