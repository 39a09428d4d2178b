import type { Clock } from "../../clock.ts";
import { type FaultKind, kindOfStatus, ProviderFault, readRetryAfter } from "../provider/fault.ts";
import type { CompleteOptions } from "./options.ts";
import { type LanguageModel, loadSdk, type Sdk } from "./sdk.ts";

/** The AI SDK and the model to ask. */
export interface Provider {
  sdk: Sdk;
  model: LanguageModel;
}

/** Finds the model, once. A name stands for a model of the OpenAI-compatible service at the URL. */
export async function openProvider({ model, url, key, headers }: CompleteOptions): Promise<Provider> {
  const sdk = await loadSdk();
  if (typeof model !== "string") return { sdk, model };
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  const provider = createOpenAICompatible({
    name: "openai-compatible",
    baseURL: url ?? "",
    includeUsage: true,
    // Credentials go where they were meant to go: a redirect is an answer like any other.
    fetch: (input, init) => fetch(input, { ...init, redirect: "manual" }),
    ...(key !== undefined && { apiKey: key }),
    ...(headers !== undefined && { headers }),
  });
  return { sdk, model: provider.chatModel(model) };
}

/** Longer words of a provider are cut: they are for a line of a log. */
const WORDS_LENGTH = 200;

/**
 * Reads what the AI SDK threw. Its errors carry the whole request, with what was said; of them only the status is kept,
 * and of a refused request the provider's reason. Not of a refused key: such answers show parts of it.
 */
export function modelFault(
  sdk: Sdk,
  key: string | undefined,
  clock: Clock,
): (error: unknown) => ProviderFault {
  return (error) => {
    if (error instanceof ProviderFault) return error;
    if (!sdk.APICallError.isInstance(error)) return streamFault(error);
    const { statusCode, responseHeaders = {}, isRetryable } = error;
    if (statusCode === undefined) {
      return new ProviderFault(
        isRetryable ? "passing" : "final",
        `the model's provider ${reachable(error.cause)}`,
      );
    }
    if (statusCode >= 300 && statusCode < 400) {
      return new ProviderFault(
        "final",
        `the model's provider answered ${statusCode}, a redirect, which is not followed; url must be where it leads`,
      );
    }
    if (statusCode < 400) return new ProviderFault("passing", "the model's provider broke off its answer");
    const kind = kindOfStatus(statusCode);
    const reason =
      kind === "final" && statusCode !== 401 && statusCode !== 403 ? words(error.message, key) : "";
    const retryAfterMs = readRetryAfter((name) => responseHeaders[name], clock.now());
    return new ProviderFault(kind, `the model's provider answered ${statusCode}${reason}`, { retryAfterMs });
  };
}

/** A fault inside an answer that had begun: a cut connection, broken JSON, an error in place of a piece of text. */
function streamFault(error: unknown): ProviderFault {
  const { code, type, name } = (typeof error === "object" && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  if (error instanceof TypeError || code === "ECONNRESET" || code === "UND_ERR_SOCKET") {
    return new ProviderFault("passing", "the connection to the model's provider was cut");
  }
  const kind: FaultKind = [code, type].some((word) => /overloaded|rate_limit/.test(String(word)))
    ? "overloaded"
    : "passing";
  const what = kind === "overloaded" ? "is overloaded" : "broke off its answer";
  return new ProviderFault(
    kind,
    `the model's provider ${what}${typeof name === "string" ? ` (${name})` : ""}`,
  );
}

function reachable(cause: unknown): string {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return `cannot be reached${typeof code === "string" ? ` (${code})` : ""}`;
}

function words(message: string, key: string | undefined): string {
  const clean = key === undefined ? message : message.replaceAll(key, "…");
  return clean === "" ? "" : `: ${clean.replaceAll(/\s+/g, " ").slice(0, WORDS_LENGTH)}`;
}
