import type { streamText, ToolSet } from "ai";

export type { LanguageModel, ModelMessage, ToolSet } from "ai";
/** Any tool of the AI SDK, of any arguments and result. */
export type Tool = ToolSet[string];

export type Sdk = typeof import("ai");

type StreamOptions = Parameters<typeof streamText>[0];
/** What may be set for each call of a model; the rest is this agent's business. */
export type CallSettings = Pick<
  StreamOptions,
  | "maxOutputTokens"
  | "temperature"
  | "topP"
  | "topK"
  | "presencePenalty"
  | "frequencyPenalty"
  | "stopSequences"
  | "seed"
  | "headers"
  | "providerOptions"
>;

let loading: Promise<Sdk> | undefined;

/**
 * The AI SDK, loaded when it is first needed: a server without a model pays neither its memory nor its time. It would
 * print warnings between the lines of our log, so unless a program has decided about that, it does not.
 */
export function loadSdk(): Promise<Sdk> {
  loading ??= import("ai").then((sdk) => {
    globalThis.AI_SDK_LOG_WARNINGS ??= false;
    return sdk;
  });
  return loading;
}
