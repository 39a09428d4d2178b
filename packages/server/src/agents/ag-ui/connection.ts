import { type Event, EventType, omitOptionalNulls, type RunAgentInput } from "@ag-ui/core";
import type { EventSchema } from "@ag-ui/core/schemas";
import type { Clock, Timer } from "../../clock.ts";
import { kindOfStatus, ProviderFault, readRetryAfter } from "../provider/fault.ts";

export interface ConnectionOptions {
  url: string;
  headers: Readonly<Record<string, string>>;
  input: RunAgentInput;
  clock: Clock;
  /** Until the head of the response is there. */
  startMs: number;
  /** Until the next event. */
  silenceMs: number;
  signal: AbortSignal;
}

/** UTF-16 units of one event: as much as the largest result of a tool and its frame, and no endless line. */
const MAX_EVENT = 1_048_576;

/** Loaded when they are first needed: a server without such an agent does not pay for them. */
async function loadParsers() {
  const [{ EventSchema: schema }, { EventSourceParserStream }] = await Promise.all([
    import("@ag-ui/core/schemas"),
    import("eventsource-parser/stream"),
  ]);
  return { schema: schema as typeof EventSchema, EventSourceParserStream };
}

/**
 * Asks a service for a run, and yields its events, checked. Leaving it closes the request, which cancels the run.
 *
 * @throws ProviderFault where the service cannot be reached, refuses, is silent for too long, or sends what is no event
 */
export async function* requestRun(options: ConnectionOptions): AsyncGenerator<Event> {
  const { clock, signal, startMs, silenceMs } = options;
  const left = new AbortController();
  let late: ProviderFault | undefined;
  let timer: Timer | undefined;
  const waitAtMost = (ms: number, what: string) => {
    timer?.cancel();
    timer = clock.after(ms, () => {
      late = new ProviderFault("passing", `the agent service ${what} for ${ms / 1_000} seconds`);
      left.abort(late);
    });
  };
  try {
    const { schema, EventSourceParserStream } = await loadParsers();
    waitAtMost(startMs, "gave no answer");
    const response = await post(options, AbortSignal.any([signal, left.signal]));
    const body = checkHead(response, clock);
    waitAtMost(silenceMs, "was silent");
    const events = body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream({ onError: "terminate", maxBufferSize: MAX_EVENT }));
    for await (const { data } of events) {
      // While whoever takes an event is busy with it, the service is not silent.
      timer?.cancel();
      const event = readEvent(data, schema);
      if (event !== null) yield event;
      waitAtMost(silenceMs, "was silent");
    }
  } catch (error) {
    if (late !== undefined) throw late;
    signal.throwIfAborted();
    throw error instanceof ProviderFault ? error : connectionFault(error);
  } finally {
    timer?.cancel();
    left.abort();
  }
}

function post({ url, headers, input }: ConnectionOptions, signal: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream", ...headers },
    body: JSON.stringify(input),
    // Credentials go where they were meant to go.
    redirect: "error",
    signal,
  });
}

function checkHead(response: Response, clock: Clock): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { status, body } = response;
  if (!response.ok) {
    const retryAfterMs = readRetryAfter((name) => response.headers.get(name), clock.now());
    throw new ProviderFault(kindOfStatus(status), `the agent service answered ${status}`, { retryAfterMs });
  }
  const type = response.headers.get("content-type") ?? "nothing";
  if (body === null || !type.startsWith("text/event-stream")) {
    throw new ProviderFault(
      "final",
      `the agent service answered with ${type.slice(0, 100)} in place of text/event-stream`,
    );
  }
  return body;
}

/** @returns null for a type of event that is newer than we are */
function readEvent(data: string, schema: typeof EventSchema): Event | null {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new ProviderFault("passing", "the agent service sent what is no JSON");
  }
  const type: unknown =
    typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (typeof type === "string" && !KNOWN.has(type)) return null;
  // Services in other languages write null for what is not there.
  const read = schema.safeParse(omitOptionalNulls(value, "Event"));
  if (read.success) return read.data as Event;
  const place = read.error.issues[0]?.path.join(".") ?? "";
  throw new ProviderFault(
    "passing",
    `the agent service sent what is no valid event: ${String(type)}, at ${place}`,
  );
}

const KNOWN: ReadonlySet<string> = new Set(Object.values(EventType));

function connectionFault(error: unknown): ProviderFault {
  const code = (error as { cause?: { code?: unknown } }).cause?.code;
  const what = typeof code === "string" ? ` (${code})` : "";
  return new ProviderFault("passing", `the connection to the agent service failed${what}`);
}
