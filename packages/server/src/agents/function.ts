import type { Agent, AgentPart, Turn } from "./agent.ts";
import { partsIn, type Said } from "./helpers.ts";

export interface FunctionAgentOptions {
  /** Shown to the user. */
  name: string;
  /** An absolute URL; none by default. */
  avatarUrl?: string;
  /**
   * Answers one turn: an async generator that yields as it goes on, or a function that returns all at once. See
   * `Agent.respond` for the signal and errors.
   */
  respond(turn: Turn, signal: AbortSignal): AsyncIterable<Said> | Promise<Said> | Said;
}

/** An agent from a function. */
export function functionAgent({ name, avatarUrl = "", respond }: FunctionAgentOptions): Agent {
  return {
    name,
    avatarUrl,
    respond(turn, signal) {
      const said = respond(turn, signal);
      return isAsyncIterable(said) ? { [Symbol.asyncIterator]: () => new PartsOf(said) } : partsOfOne(said);
    },
  };
}

async function* partsOfOne(said: Promise<Said> | Said): AsyncGenerator<AgentPart> {
  yield* partsIn(await said);
}

/** By hand, since a generator around another awaits three times what this does once, and it is done for every piece. */
class PartsOf implements AsyncIterator<AgentPart> {
  readonly #said: AsyncIterator<Said>;
  #parts: AgentPart[] = [];

  constructor(said: AsyncIterable<Said>) {
    this.#said = said[Symbol.asyncIterator]();
  }

  async next(): Promise<IteratorResult<AgentPart, undefined>> {
    for (;;) {
      const part = this.#parts.shift();
      if (part !== undefined) return { done: false, value: part };
      const { done, value } = await this.#said.next();
      if (done) return { done, value: undefined };
      this.#parts = partsIn(value);
    }
  }

  async return(): Promise<IteratorResult<AgentPart, undefined>> {
    this.#parts = [];
    await this.#said.return?.();
    return { done: true, value: undefined };
  }
}

const isAsyncIterable = (said: AsyncIterable<Said> | Promise<Said> | Said): said is AsyncIterable<Said> =>
  typeof said === "object" && said !== null && Symbol.asyncIterator in said;
