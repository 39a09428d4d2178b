import type { Agent, AgentPart, Turn } from "./agent.ts";

export interface FunctionAgentOptions {
  /** Shown to the user. */
  name: string;
  /** An absolute URL; none by default. */
  avatarUrl?: string;
  /** Yields the answer to one turn: parts, or plain strings for text. See `Agent.respond` for the signal and errors. */
  respond(turn: Turn, signal: AbortSignal): AsyncIterable<AgentPart | string>;
}

/** An agent from an async generator function. */
export function functionAgent({ name, avatarUrl = "", respond }: FunctionAgentOptions): Agent {
  return {
    name,
    avatarUrl,
    async *respond(turn, signal) {
      for await (const part of respond(turn, signal)) {
        yield typeof part === "string" ? { type: "text", text: part } : part;
      }
    },
  };
}
