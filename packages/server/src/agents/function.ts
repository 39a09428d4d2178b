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
    respond: (turn, signal) => ({
      [Symbol.asyncIterator]: () => new PartsOf(() => saidBy(respond(turn, signal))),
    }),
  };
}

const saidBy = (said: AsyncIterable<Said> | Promise<Said> | Said): AsyncIterator<Said> =>
  isAsyncIterable(said) ? said[Symbol.asyncIterator]() : onlyOne(said);

async function* onlyOne(said: Promise<Said> | Said): AsyncGenerator<Said> {
  yield said;
}

/** By hand, since a generator around another awaits three times what this does once, and it is done for every piece. */
class PartsOf implements AsyncIterator<AgentPart> {
  readonly #begin: () => AsyncIterator<Said>;
  #said: AsyncIterator<Said> | undefined;
  #parts: AgentPart[] = [];

  /** @param begin called for the first part, so that what it throws is a failure like any other */
  constructor(begin: () => AsyncIterator<Said>) {
    this.#begin = begin;
  }

  async next(): Promise<IteratorResult<AgentPart, undefined>> {
    this.#said ??= this.#begin();
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
    await this.#said?.return?.();
    return { done: true, value: undefined };
  }
}

const isAsyncIterable = (said: AsyncIterable<Said> | Promise<Said> | Said): said is AsyncIterable<Said> =>
  typeof said === "object" && said !== null && Symbol.asyncIterator in said;
