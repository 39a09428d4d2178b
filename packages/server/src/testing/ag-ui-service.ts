import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { type Event, EventType, type RunAgentInput } from "@ag-ui/core";
import { RunAgentInputSchema } from "@ag-ui/core/schemas";
import { EventEncoder } from "@ag-ui/encoder";
import { agUiAgent } from "../agents/ag-ui/agent.ts";
import type { AgUiAgentOptions } from "../agents/ag-ui/options.ts";
import { ManualClock } from "./manual-clock.ts";

/** What a service does in a run, in order. */
export type Act =
  /** An event, as the official encoder writes it. */
  | Event
  /** Bytes as they are. */
  | { raw: string }
  /** Waits before it goes on. */
  | { until: Promise<unknown> }
  /** The connection breaks. */
  | { cut: true }
  /** The answer ends here, without its last event. */
  | { stop: true };

export type RunScript = (
  input: RunAgentInput,
  count: number,
) => readonly Act[] | { status: number; headers?: Record<string, string> };

/** The events of a run that says something. */
export const says = (...deltas: string[]): Event[] => [
  { type: EventType.TEXT_MESSAGE_START, messageId: "m-1", role: "assistant" },
  ...deltas.map((delta) => ({ type: EventType.TEXT_MESSAGE_CONTENT, messageId: "m-1", delta }) as Event),
  { type: EventType.TEXT_MESSAGE_END, messageId: "m-1" },
];

/** The events of a call of a tool, its arguments in two pieces. */
export function calls(toolCallId: string, toolCallName: string, given: unknown): Event[] {
  const text = JSON.stringify(given);
  const half = Math.ceil(text.length / 2);
  return [
    { type: EventType.TOOL_CALL_START, toolCallId, toolCallName },
    { type: EventType.TOOL_CALL_ARGS, toolCallId, delta: text.slice(0, half) },
    ...(text.length > half
      ? [{ type: EventType.TOOL_CALL_ARGS, toolCallId, delta: text.slice(half) } as Event]
      : []),
    { type: EventType.TOOL_CALL_END, toolCallId },
  ];
}

/**
 * An agent service on 127.0.0.1 that is built on the official packages: it checks the run it is asked for with their
 * schemas, and writes its events with their encoder.
 *
 * @param script a list is the same in every run
 */
export async function startAgUiService(script: RunScript | readonly Act[]) {
  const inputs: RunAgentInput[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const closed = Promise.withResolvers<void>();
  const http = createServer(async (request, response) => {
    const read = RunAgentInputSchema.safeParse(await json(request));
    if (!read.success) {
      response.writeHead(422).end(read.error.message);
      return;
    }
    const input = read.data as RunAgentInput;
    inputs.push(input);
    headers.push(request.headers);
    const acts = typeof script === "function" ? script(input, inputs.length) : script;
    if (!Array.isArray(acts)) {
      const { status, headers: more } = acts as { status: number; headers?: Record<string, string> };
      response.writeHead(status, more).end();
      return;
    }
    const encoder = new EventEncoder({ accept: request.headers.accept ?? "" });
    response.once("close", () => {
      if (!response.writableFinished) closed.resolve();
    });
    response.writeHead(200, { "Content-Type": encoder.getContentType() });
    const write = (event: Event) =>
      response.write(encoder.encode(event as Parameters<typeof encoder.encode>[0]));
    const { threadId, runId } = input;
    write({ type: EventType.RUN_STARTED, threadId, runId });
    for (const act of acts) {
      if ("type" in act) {
        write(act);
      } else if ("raw" in act) {
        response.write(act.raw);
      } else if ("until" in act) {
        await act.until;
      } else if ("stop" in act) {
        response.end();
        return;
      } else {
        await new Promise((resolve) => response.write(": \n\n", resolve));
        response.destroy();
        return;
      }
    }
    const isOver = acts.some(
      (act) => "type" in act && (act.type === EventType.RUN_ERROR || act.type === EventType.RUN_FINISHED),
    );
    if (!isOver) write({ type: EventType.RUN_FINISHED, threadId, runId });
    response.end();
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/run`,
    /** What came, in order. */
    inputs,
    headers,
    /** Resolves when a client has closed its request. */
    closed: closed.promise,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** An agent whose runs are the service's. */
export const agentOf = (
  { url }: { url: string },
  options: Partial<AgUiAgentOptions> = {},
  clock = new ManualClock(),
) => agUiAgent({ name: "Frame", url, ...options }, clock);
