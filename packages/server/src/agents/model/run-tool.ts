import type { Clock } from "../../clock.ts";
import type { ModelMessage, Tool } from "./sdk.ts";
import type { Call } from "./step.ts";

/** What came of a call, as the model is told. */
export interface ToolOutcome {
  /** JSON. */
  result: unknown;
  failed: boolean;
}

export interface RunOptions {
  clock: Clock;
  signal: AbortSignal;
  /** The messages that led to the call. */
  messages: ModelMessage[];
  /** The tool's signal is aborted after so long, and it is not waited for any longer. */
  timeoutMs: number;
  /** Bytes of JSON; the rest of a result is cut off. */
  resultBytes: number;
}

/**
 * Runs one tool. Its failure and its slowness are results: the model is told, and finds another way.
 *
 * @param id the one under which the call was noted
 * @throws only the signal's reason, when it is aborted
 */
export async function runTool(
  tool: Tool | undefined,
  call: Call,
  id: string,
  options: RunOptions,
): Promise<ToolOutcome> {
  const { clock, signal, timeoutMs, resultBytes } = options;
  const stop = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = clock.after(timeoutMs, () =>
    reject(new Error(`no result after ${timeoutMs / 1_000} seconds`)),
  );
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    signal.throwIfAborted();
    const run = execute(tool, call, id, options.messages, stop.signal);
    return bound(await Promise.race([run, late]), resultBytes);
  } catch (error) {
    signal.throwIfAborted();
    return bound(
      { result: error instanceof Error ? error.message : String(error), failed: true },
      resultBytes,
    );
  } finally {
    timer.cancel();
    signal.removeEventListener("abort", abort);
    stop.abort();
    late.catch(() => {});
  }
}

async function execute(
  tool: Tool | undefined,
  call: Call,
  id: string,
  messages: ModelMessage[],
  abortSignal: AbortSignal,
): Promise<ToolOutcome> {
  if (tool?.execute === undefined) throw new Error("the tool has no execute");
  let output: unknown = tool.execute(call.arguments, { toolCallId: id, messages, abortSignal, context: {} });
  if (isStream(output)) {
    // A tool may report on its way; what it says last is the result.
    let last: unknown;
    for await (const given of output) last = given;
    output = last;
  }
  output = await output;
  const isFailed =
    typeof output === "object" && output !== null && "isError" in output && output.isError === true;
  if (tool.toModelOutput === undefined) return { result: output, failed: isFailed };
  const told = await tool.toModelOutput({ toolCallId: id, input: call.arguments, output });
  switch (told.type) {
    case "text":
    case "json":
      return { result: told.value, failed: isFailed };
    case "error-text":
    case "error-json":
      return { result: told.value, failed: true };
    case "execution-denied":
      return { result: told.reason ?? "denied", failed: true };
    case "content":
      return { result: told.value.map(textOf).join("\n"), failed: isFailed };
  }
}

/** Pictures and files of a result are named, not kept: a second attempt has to have what the first had. */
const textOf = (part: { type: string; text?: string; mediaType?: string }): string =>
  part.type === "text" ? (part.text ?? "") : `[a file${part.mediaType ? ` of type ${part.mediaType}` : ""}]`;

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;

/** A value of our own making. What is too large becomes a text that ends with a word on it. */
function bound({ result, failed }: ToolOutcome, bytes: number): ToolOutcome {
  const json = JSON.stringify(result) ?? "null";
  if (Buffer.byteLength(json) <= bytes) return { result: JSON.parse(json), failed };
  const text = typeof result === "string" ? result : json;
  const note = `… [cut off; the whole has ${Buffer.byteLength(text)} bytes]`;
  // JSON escapes at worst double what tools usually return, so half of it fits.
  const beginning = Buffer.from(text)
    .subarray(0, Math.max(0, bytes - note.length) / 2)
    .toString();
  return { result: beginning.replace(/\u{fffd}+$/u, "") + note, failed };
}
