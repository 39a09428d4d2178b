import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";

/** A piece of an answer, in the order in which it is sent. */
export type Piece =
  /** A piece of text. */
  | string
  /** A call of a tool; arguments that are a text are sent as they are, valid or not. */
  | { tool: string; arguments: unknown; id?: string }
  /** Waits before it goes on. */
  | { until: Promise<unknown> }
  /** Bytes as they are, in place of an event. */
  | { raw: string }
  /** The connection breaks. */
  | { cut: true }
  /** The answer ends here, without its last events. */
  | { stop: true };

/** What is answered to one request. */
export type Reply = readonly Piece[] | { status: number; headers?: Record<string, string>; body?: unknown };

export interface ChatMessage {
  role: "system" | "user" | "assistant" | "tool";
  content?: string | null;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}

/** The body of a request, as far as tests look at it. */
export interface ChatRequest {
  model: string;
  messages: ChatMessage[];
  tools?: { function: { name: string; description?: string; parameters: unknown } }[];
  tool_choice?: string;
  stream?: boolean;
}

export type Script = (request: ChatRequest, count: number) => Reply;

/**
 * A service with the streaming chat completions of OpenAI, on 127.0.0.1: what it answers is the test's script, its format
 * and what it refuses are the real ones.
 */
export class OpenAiServer implements AsyncDisposable {
  readonly #http: Server;
  readonly #script: Script;
  readonly #key: string | null;
  /** The base URL. */
  url = "";
  /** What came, in order. */
  readonly requests: ChatRequest[] = [];
  /** The headers of each. */
  readonly headers: IncomingMessage["headers"][] = [];
  /** Requests that were closed before they were answered to the end. */
  closed = 0;
  #wake: () => void = () => {};

  private constructor(script: Script, key: string | null) {
    this.#script = script;
    this.#key = key;
    this.#http = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  /**
   * @param script the replies to the first, second, … request, the last one for all that follow; or a function
   * @param key what has to come as Bearer; anything will do by default
   */
  static async start(script: readonly Reply[] | Script, { key = null }: { key?: string | null } = {}) {
    const scripted: Script =
      typeof script === "function" ? script : (_, count) => script[Math.min(count, script.length) - 1] ?? [];
    const server = new OpenAiServer(scripted, key);
    server.#http.listen(0, "127.0.0.1");
    await once(server.#http, "listening");
    server.url = `http://127.0.0.1:${(server.#http.address() as AddressInfo).port}/v1`;
    return server;
  }

  /** Waits until so many requests were closed by their client. */
  async untilClosed(count: number): Promise<void> {
    while (this.closed < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.once("close", () => {
      if (response.writableFinished) return;
      this.closed += 1;
      this.#wake();
    });
    const body = JSON.parse(await readText(request)) as ChatRequest;
    this.requests.push(body);
    this.headers.push(request.headers);
    if (this.#key !== null && request.headers.authorization !== `Bearer ${this.#key}`) {
      const shown = String(request.headers.authorization).slice(7);
      refuse(response, 401, `Incorrect API key provided: ${shown}.`);
      return;
    }
    const fault = request.url === "/v1/chat/completions" ? faultIn(body) : "Unknown path";
    if (fault !== null) {
      refuse(response, 400, fault);
      return;
    }
    const reply = this.#script(body, this.requests.length);
    if ("status" in reply) {
      response.writeHead(reply.status, { "Content-Type": "application/json", ...reply.headers });
      response.end(
        typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body ?? errorBody("fault")),
      );
      return;
    }
    await stream(response, body, reply);
  }
}

async function stream(
  response: ServerResponse,
  { model }: ChatRequest,
  pieces: readonly Piece[],
): Promise<void> {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  const frame = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_767_225_600, model };
  const send = (data: object) => response.write(`data: ${JSON.stringify({ ...frame, ...data })}\n\n`);
  const delta = (given: object, finish: string | null = null) =>
    send({ choices: [{ index: 0, delta: given, finish_reason: finish }] });
  delta({ role: "assistant", content: "" });
  let calls = 0;
  for (const piece of pieces) {
    if (typeof piece === "string") {
      delta({ content: piece });
    } else if ("tool" in piece) {
      const { tool: name, arguments: given, id = `call_${calls}` } = piece;
      const text = typeof given === "string" ? given : JSON.stringify(given);
      const index = calls++;
      delta({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] });
      const half = Math.ceil(text.length / 2);
      for (const part of [text.slice(0, half), text.slice(half)]) {
        delta({ tool_calls: [{ index, function: { arguments: part } }] });
      }
    } else if ("until" in piece) {
      await piece.until;
    } else if ("raw" in piece) {
      response.write(piece.raw);
    } else if ("cut" in piece) {
      // What was written goes out first, so that the cut is in the middle of the answer.
      await new Promise((resolve) => response.write("", resolve));
      response.destroy();
      return;
    } else {
      response.end();
      return;
    }
  }
  delta({}, calls > 0 ? "tool_calls" : "stop");
  send({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } });
  response.end("data: [DONE]\n\n");
}

const errorBody = (message: string) => ({
  error: { message, type: "invalid_request_error", param: null, code: null },
});

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(errorBody(message)));
}

/** What the real service refuses in a history. */
function faultIn({ model, messages, stream: isStreamed }: ChatRequest): string | null {
  if (typeof model !== "string" || !Array.isArray(messages) || messages.length === 0)
    return "Missing parameter";
  if (isStreamed !== true) return "This test service only streams";
  let open = new Set<string>();
  for (const message of messages) {
    if (message.role === "tool") {
      if (!open.delete(message.tool_call_id ?? "")) {
        return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'";
      }
      continue;
    }
    if (open.size > 0)
      return "tool_calls must be followed by tool messages responding to each 'tool_call_id'";
    open = new Set(message.tool_calls?.map(({ id }) => id));
    if (open.size !== (message.tool_calls?.length ?? 0)) return "Duplicate value for 'tool_call_id'";
    for (const { function: called } of message.tool_calls ?? []) {
      try {
        if (typeof JSON.parse(called.arguments) !== "object") return "arguments must be an object";
      } catch {
        return "arguments must be JSON";
      }
    }
  }
  return open.size > 0 ? "tool_calls must be followed by tool messages" : null;
}
