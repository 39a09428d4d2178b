import { ProviderFault } from "../provider/fault.ts";
import type { CompleteOptions } from "./options.ts";
import type { Provider } from "./provider.ts";
import type { ModelMessage, Tool, ToolSet } from "./sdk.ts";

/** A tool that the model asks for. */
export interface Call {
  /** The provider's own id. */
  id: string;
  name: string;
  arguments: unknown;
  /** Why it cannot be made: no such tool, or arguments that are not valid. */
  fault: string | null;
}

/** What came of asking the model once. */
export interface Step {
  calls: Call[];
  /** What the model gave, as the next request has to repeat it. */
  messages: ModelMessage[];
  usage: { inputTokens?: number; outputTokens?: number };
}

export interface StepOptions {
  provider: Provider;
  system: string;
  messages: ModelMessage[];
  tools: ToolSet;
  /** Whether tools may be called; otherwise the model is to answer. */
  mayCall: boolean;
  settings: CompleteOptions["settings"];
  signal: AbortSignal;
}

type StepPart = { type: "text"; text: string } | { type: "step"; step: Step };

/** The last word on arguments that cannot be read; longer ones are of no use to the model. */
const FAULT_LENGTH = 500;
/**
 * UTF-16 units of a step's arguments and reasoning, which are gathered until it is over: more than any model thinks, and
 * no stream without end. What is for the user is bounded where it goes out.
 */
const MAX_GATHERED = 1_048_576;

/**
 * Asks the model once: its text piece by piece as it comes, and at the end what it wants of tools. No tool runs here.
 * Nothing is asked again: see `askAgain`. Leaving it closes the request.
 */
export async function* askModel(options: StepOptions): AsyncGenerator<StepPart> {
  const { provider, system, messages, tools, mayCall, settings, signal } = options;
  const left = new AbortController();
  const hasTools = Object.keys(tools).length > 0;
  const result = provider.sdk.streamText({
    ...settings,
    model: provider.model,
    instructions: system,
    messages,
    ...(hasTools && {
      tools: withoutExecute(tools),
      toolChoice: mayCall ? ("auto" as const) : ("none" as const),
    }),
    maxRetries: 0,
    abortSignal: AbortSignal.any([signal, left.signal]),
    onError: () => {},
  });
  const step: Step = { calls: [], messages: [], usage: {} };
  let gathered = 0;
  const gather = (text: string) => {
    gathered += text.length;
    if (gathered <= MAX_GATHERED) return;
    throw new ProviderFault(
      "final",
      `the model's provider gave more than ${MAX_GATHERED} characters of arguments and reasoning`,
    );
  };
  try {
    for await (const part of result.stream) {
      if (part.type === "text-delta" && part.text !== "") {
        yield { type: "text", text: part.text };
      } else if (part.type === "tool-input-delta") {
        gather(part.delta);
      } else if (part.type === "reasoning-delta") {
        gather(part.text);
      } else if (part.type === "tool-call" && !part.providerExecuted) {
        step.calls.push({
          id: part.toolCallId,
          name: part.toolName,
          arguments: part.input,
          fault: part.dynamic && part.invalid ? faultOf(part.error) : null,
        });
      } else if (part.type === "finish-step") {
        const { inputTokens, outputTokens } = part.usage;
        step.usage = {
          ...(inputTokens !== undefined && { inputTokens }),
          ...(outputTokens !== undefined && { outputTokens }),
        };
      } else if (part.type === "error") {
        throw part.error;
      } else if (part.type === "abort") {
        signal.throwIfAborted();
      }
    }
    step.messages = (await result.responseMessages).filter(({ role }) => role === "assistant").map(readable);
    yield { type: "step", step };
  } finally {
    left.abort();
  }
}

/** The SDK would run what has `execute`; here a call is on disk before it is made. */
function withoutExecute(tools: ToolSet): ToolSet {
  return Object.fromEntries(
    Object.entries(tools).map(([name, { execute: _, ...tool }]: [string, Tool]) => [name, tool as Tool]),
  );
}

/** Services refuse a history whose arguments are no object, which broken ones are not. */
function readable(message: ModelMessage): ModelMessage {
  if (message.role !== "assistant" || typeof message.content === "string") return message;
  const content = message.content.map((part) =>
    part.type === "tool-call" && (typeof part.input !== "object" || part.input === null)
      ? { ...part, input: {} }
      : part,
  );
  return { ...message, content };
}

const faultOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, FAULT_LENGTH);
