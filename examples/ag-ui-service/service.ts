import { type Event, EventType, type RunAgentInput } from "@ag-ui/core";
import { RunAgentInputSchema } from "@ag-ui/core/schemas";
import { EventEncoder } from "@ag-ui/encoder";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { makeAgent } from "./agent.ts";
import { toModelMessages } from "./messages.ts";

const app = new Hono();

app.post("/run", async (context) => {
  const read = RunAgentInputSchema.safeParse(await context.req.json());
  if (!read.success) return context.text(read.error.message, 422);
  const input = read.data as RunAgentInput;
  const encoder = new EventEncoder();
  return streamSSE(context, async (stream) => {
    const stop = new AbortController();
    // Parley cancels a run by closing its request.
    stream.onAbort(() => stop.abort());
    for await (const event of run(input, stop.signal)) {
      await stream.write(encoder.encode(event as Parameters<typeof encoder.encode>[0]));
    }
  });
});

/** One run of the agent, in the events of AG-UI. */
async function* run(input: RunAgentInput, signal: AbortSignal): AsyncGenerator<Event> {
  const { threadId, runId } = input;
  yield { type: EventType.RUN_STARTED, threadId, runId };
  try {
    const agent = makeAgent(input);
    const result = await agent.stream({ messages: toModelMessages(input.messages), abortSignal: signal });
    const messageId = `${runId}-text`;
    for await (const part of result.stream) {
      switch (part.type) {
        case "text-delta":
          yield { type: EventType.TEXT_MESSAGE_CHUNK, messageId, role: "assistant", delta: part.text };
          break;
        case "tool-call": {
          const { toolCallId, toolName, input: given } = part;
          yield { type: EventType.TOOL_CALL_START, toolCallId, toolCallName: toolName };
          yield { type: EventType.TOOL_CALL_ARGS, toolCallId, delta: JSON.stringify(given) };
          yield { type: EventType.TOOL_CALL_END, toolCallId };
          break;
        }
        case "tool-result": {
          const { toolCallId, output } = part;
          const content = JSON.stringify(output);
          yield { type: EventType.TOOL_CALL_RESULT, messageId: `${toolCallId}-result`, toolCallId, content };
          break;
        }
        case "error":
          throw part.error;
        default:
      }
    }
    const { inputTokens = 0, outputTokens = 0 } = await result.usage;
    yield { type: EventType.RUN_FINISHED, threadId, runId, usage: [{ inputTokens, outputTokens }] };
  } catch (error) {
    yield { type: EventType.RUN_ERROR, message: error instanceof Error ? error.message : "unknown" };
  }
}

/** Starts the service on 127.0.0.1. @returns where a run is asked for */
export function startService(port: number): Promise<string> {
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }, (address) => {
      resolve(`http://127.0.0.1:${address.port}/run`);
    });
  });
}
