import type { Agent, Turn } from "./agent.ts";
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
    async *respond(turn, signal) {
      const said = respond(turn, signal);
      if (!isAsyncIterable(said)) yield* partsIn(await said);
      // Not by `yield*`, which waits for each part three times more, and this is done for every piece of an answer.
      else for await (const one of said) for (const part of partsIn(one)) yield part;
    },
  };
}

const isAsyncIterable = (said: AsyncIterable<Said> | Promise<Said> | Said): said is AsyncIterable<Said> =>
  typeof said === "object" && said !== null && Symbol.asyncIterator in said;
