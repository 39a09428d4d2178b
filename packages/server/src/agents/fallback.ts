import { type Clock, systemClock } from "../clock.ts";
import type { ToolRecord } from "../conversation/turn.ts";
import { noteCall, noteResult } from "../conversation/turn-record.ts";
import { type Agent, AgentOverloaded, type AgentPart, disposeAgents, type Turn } from "./agent.ts";
import { isNote, isWord, readPart } from "./parts.ts";

/** Parts without a word that wait for the first; an agent that yields more has lost its way, and would fill the memory. */
const MOST_WAITING = 1_000;

export interface FallbackAgentOptions {
  /** Asked one after the other, until one has said a word. At least one. */
  agents: readonly [Agent, ...Agent[]];
  /** Shown to the user; those of the first by default. */
  name?: string;
  avatarUrl?: string;
  /** How long each but the last has for its first word, milliseconds. By default as long as the connector gives the turn. */
  firstWordMs?: number;
  clock?: Clock;
}

/**
 * The next agent takes over when one fails before its first word: throws, is silent for too long, or says nothing at all.
 * A greeting may be empty. Once a word was said, a failure is that of the turn. Its record says who took over, and why.
 * What an agent has called before it failed is among the `tools` of the next, as for a second attempt.
 *
 * @throws TypeError without an agent; RangeError where `firstWordMs` is not above 0
 */
export function fallbackAgent(options: FallbackAgentOptions): Agent {
  const { agents, firstWordMs, clock = systemClock } = options;
  if (agents.length === 0) throw new TypeError("fallbackAgent: agents must name one at least");
  if (firstWordMs !== undefined && !(firstWordMs > 0)) {
    throw new RangeError("fallbackAgent: firstWordMs must be a number of milliseconds above 0");
  }
  const { name = agents[0].name, avatarUrl = agents[0].avatarUrl } = options;
  return {
    name,
    avatarUrl,
    async *respond(turn, signal) {
      const tools = [...turn.tools];
      for (const [i, agent] of agents.entries()) {
        const isLast = i === agents.length - 1;
        const given = { ...turn, tools: [...tools] };
        const attempt = new Attempt(agent, given, signal, isLast ? undefined : firstWordMs, clock, tools);
        try {
          yield* attempt.parts();
          return;
        } catch (error) {
          if (isLast || attempt.spoke || signal.aborted) throw error;
          yield { type: "retried", reason: `${agent.name}: ${String(error)}` };
        }
        const next = agents[i + 1];
        if (next !== undefined) yield { type: "chosen", name: next.name };
      }
    },
    [Symbol.asyncDispose]: () => disposeAgents(agents),
  };
}

/** One agent's try at a turn. */
class Attempt {
  readonly #agent: Agent;
  readonly #turn: Turn;
  readonly #signal: AbortSignal;
  readonly #firstWordMs: number | undefined;
  readonly #clock: Clock;
  readonly #tools: ToolRecord[];
  /** Whether it has said a word, or given the word away. */
  spoke = false;

  /** @param tools what is called goes there */
  constructor(
    agent: Agent,
    turn: Turn,
    signal: AbortSignal,
    firstWordMs: number | undefined,
    clock: Clock,
    tools: ToolRecord[],
  ) {
    this.#agent = agent;
    this.#turn = turn;
    this.#signal = signal;
    this.#firstWordMs = firstWordMs;
    this.#clock = clock;
    this.#tools = tools;
  }

  /** What is no word waits for the first: a language that was set before a failure must not hold for the next agent. */
  async *parts(): AsyncGenerator<AgentPart> {
    const abort = new AbortController();
    const signal = AbortSignal.any([this.#signal, abort.signal]);
    const late = Promise.withResolvers<never>();
    late.promise.catch(() => {});
    const ms = this.#firstWordMs;
    const timer =
      ms === undefined
        ? undefined
        : this.#clock.after(ms, () => late.reject(new AgentOverloaded(`no word within ${ms} ms`)));
    const iterator = this.#agent.respond(this.#turn, signal)[Symbol.asyncIterator]();
    const waiting: AgentPart[] = [];
    try {
      for (;;) {
        const next = iterator.next();
        const { done, value } = await (this.spoke ? next : Promise.race([next, late.promise]));
        if (done) break;
        const { part } = readPart(value);
        if (part !== null && isNote(part)) {
          if (part.type === "tool_call") noteCall(this.#tools, part);
          if (part.type === "tool_result") noteResult(this.#tools, part);
          yield value;
          continue;
        }
        this.spoke ||= part !== null && (isWord(part) || part.type === "handoff" || part.type === "end");
        if (!this.spoke) {
          waiting.push(value);
          if (waiting.length > MOST_WAITING) throw new Error(`no word in ${MOST_WAITING} parts`);
          continue;
        }
        timer?.cancel();
        yield* waiting.splice(0);
        yield value;
      }
      if (!this.spoke && this.#turn.reason !== "greeting") throw new Error("said nothing");
    } finally {
      timer?.cancel();
      abort.abort();
      // One that hangs is not waited for.
      const close = async () => iterator.return?.();
      close().catch(() => {});
    }
  }
}
