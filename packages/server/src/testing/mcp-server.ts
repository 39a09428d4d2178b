import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";

/** A shop's tools, on the official SDK. */
function shop(): McpServer {
  const server = new McpServer({ name: "shop", version: "1.0.0" });
  server.registerTool(
    "find",
    { description: "Finds an order.", inputSchema: { order: z.string() } },
    async ({ order }) => ({ content: [{ type: "text", text: `order ${order} was shipped` }] }),
  );
  server.registerTool("refuse", { description: "Fails." }, async () => ({
    content: [{ type: "text", text: "the shop is closed" }],
    isError: true,
  }));
  server.registerTool("environment", { description: "What the server knows." }, async () => ({
    content: [{ type: "text", text: Object.keys(process.env).sort().join(" ") }],
  }));
  const gate = Promise.withResolvers<void>();
  server.registerTool("wait", { description: "Takes until `go` is called." }, async () => {
    await gate.promise;
    return { content: [{ type: "text", text: "waited" }] };
  });
  server.registerTool("go", { description: "Ends the wait." }, async () => {
    gate.resolve();
    return { content: [] };
  });
  server.registerTool("protest", { description: "Answers with an error of the protocol." }, async () => {
    throw new McpError(ErrorCode.UrlElicitationRequired, "not like this");
  });
  server.registerTool("freeze", { description: "Answers, and then nothing more." }, async () => {
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    return { content: [] };
  });
  server.registerTool("leave", { description: "Ends the server." }, async () => process.exit(0));
  return server;
}

/** A service over Streamable HTTP, without sessions. @param port 0 for any */
export async function startMcpService({ port = 0 } = {}) {
  const headers: (string | undefined)[] = [];
  const http = createServer(async (request, response) => {
    headers.push(request.headers.authorization);
    // Without a generator of ids there are no sessions: a request is all that a server lives for.
    const transport = new StreamableHTTPServerTransport({});
    const server = shop();
    response.on("close", () => void server.close());
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(request, response);
  });
  http.listen(port, "127.0.0.1");
  await once(http, "listening");
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    port: (http.address() as AddressInfo).port,
    /** The Authorization of each request. */
    headers,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** This file, to be run by Node: the shop over standard streams. */
export const STDIO_SERVER = import.meta.filename;

if (import.meta.main) await shop().connect(new StdioServerTransport());
