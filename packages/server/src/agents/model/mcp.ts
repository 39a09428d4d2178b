import type { MCPClient } from "@ai-sdk/mcp";
import type { Clock } from "../../clock.ts";
import type { Tool, ToolSet } from "./sdk.ts";

/** An MCP server: a program that speaks over its standard streams, or a service over HTTP. */
export type McpServer =
  | {
      command: string;
      args?: readonly string[];
      /** Added to `PATH`, `HOME` and the like; the rest of our own environment, with its secrets, is not handed on. */
      env?: Readonly<Record<string, string>>;
      cwd?: string;
    }
  | {
      url: string;
      headers?: Readonly<Record<string, string>>;
      /** `http` is the protocol's Streamable HTTP; `sse` is for servers of before 2025. Default: `http`. */
      transport?: "http" | "sse";
    };

/** A server that does not say hello and name its tools in so long is left out of the turn, milliseconds. */
const CONNECT_MS = 5_000;
/** One that could not be reached is left alone for so long: its absence must not delay every turn, milliseconds. */
const RETRY_MS = 30_000;
/** What providers allow as the name of a tool. */
const TOOL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** The tools of all MCP servers of an agent, by the names under which the model calls them. */
export interface McpTools {
  tools: ToolSet;
  /** Servers that are missing, each in a sentence for the log. */
  missing: string[];
}

/** The MCP servers of one agent: connected when first needed, kept, and connected again when they are gone. */
export class McpServers {
  readonly #connections: readonly Connection[];

  constructor(servers: Readonly<Record<string, McpServer>>, clock: Clock) {
    this.#connections = Object.entries(servers).map(([name, server]) => new Connection(name, server, clock));
  }

  async tools(): Promise<McpTools> {
    const answers = await Promise.allSettled(this.#connections.map((connection) => connection.tools()));
    const tools: ToolSet = {};
    const missing: string[] = [];
    for (const [i, answer] of answers.entries()) {
      if (answer.status === "fulfilled") Object.assign(tools, answer.value);
      else missing.push(`the MCP server ${this.#connections[i]?.name} is missing: ${reason(answer.reason)}`);
    }
    return { tools, missing };
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }
}

class Connection {
  readonly name: string;
  readonly #server: McpServer;
  readonly #clock: Clock;
  #opened: Promise<{ client: MCPClient; tools: ToolSet }> | undefined;
  /** When it could last not be reached, on the monotonic clock. */
  #failedAt: number | undefined;

  constructor(name: string, server: McpServer, clock: Clock) {
    this.name = name;
    this.#server = server;
    this.#clock = clock;
  }

  async tools(): Promise<ToolSet> {
    if (this.#failedAt !== undefined && this.#clock.monotonic() - this.#failedAt < RETRY_MS) {
      throw new Error("it could not be reached a moment ago");
    }
    this.#opened ??= this.#open();
    try {
      return (await this.#opened).tools;
    } catch (error) {
      this.#opened = undefined;
      this.#failedAt = this.#clock.monotonic();
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.then(({ client }) => client.close()).catch(() => {});
  }

  async #open(): Promise<{ client: MCPClient; tools: ToolSet }> {
    const { createMCPClient } = await import("@ai-sdk/mcp");
    const client = await createMCPClient({
      transport: await transportTo(this.#server),
      clientName: "parley",
      initializationOptions: { timeout: CONNECT_MS },
      onUncaughtError: () => {},
    });
    try {
      const definitions = await client.listTools({ options: { timeout: CONNECT_MS } });
      const found = Object.entries(client.toolsFromDefinitions(definitions));
      const named = found.map(
        ([name, tool]) => [`${this.name}_${name}`, this.#watched(tool as Tool, client)] as const,
      );
      this.#failedAt = undefined;
      return { client, tools: Object.fromEntries(named.filter(([name]) => TOOL_NAME.test(name))) };
    } catch (error) {
      await client.close().catch(() => {});
      throw error;
    }
  }

  /**
   * A call that fails, and not only its tool, may mean that the server is gone: the next turn connects anew. Where the
   * server has answered with an error it is there, and the calls of other sessions go on. A call that was given up may
   * be slow, or its server may hang.
   */
  #watched(tool: Tool, client: MCPClient): Tool {
    const { execute } = tool;
    if (execute === undefined) return tool;
    return {
      ...tool,
      execute: async (input: unknown, options: Parameters<typeof execute>[1]) => {
        try {
          return await execute(input, options);
        } catch (error) {
          if (options.abortSignal?.aborted) void this.#probe(client);
          else if (!isAnswer(error)) await this.#drop(client);
          throw error;
        }
      },
    } as Tool;
  }

  /** A server that does not name its tools in time is not there. */
  async #probe(client: MCPClient): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = this.#clock.after(CONNECT_MS, () => late.reject(new Error("it hangs")));
    try {
      await Promise.race([client.listTools(), late.promise]);
    } catch {
      await this.#drop(client);
    } finally {
      timer.cancel();
    }
  }

  /** Closes a client, and forgets it unless another has taken its place. */
  async #drop(client: MCPClient): Promise<void> {
    const opened = this.#opened;
    if ((await opened?.catch(() => undefined))?.client === client && this.#opened === opened) {
      this.#opened = undefined;
    }
    await client.close().catch(() => {});
  }
}

/** Whether a server has answered, with an error of JSON-RPC. */
const isAnswer = (error: unknown): boolean => typeof (error as { code?: unknown } | null)?.code === "number";

async function transportTo(server: McpServer) {
  if ("url" in server) {
    const { url, headers, transport = "http" } = server;
    return { type: transport, url, ...(headers !== undefined && { headers: { ...headers } }) };
  }
  const { StdioMCPTransport } = await import("@ai-sdk/mcp/mcp-stdio");
  const { command, args = [], env, cwd } = server;
  return new StdioMCPTransport({
    command,
    args: [...args],
    ...(env !== undefined && { env: { ...env } }),
    ...(cwd !== undefined && { cwd }),
  });
}

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 150);
