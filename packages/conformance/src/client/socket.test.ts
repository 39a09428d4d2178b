import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { Context } from "../context.ts";
import { demoProfile } from "../profile.ts";
import { Target } from "../target.ts";
import { batch, event } from "../testing.ts";

interface Fake {
  /** What answers a POST. */
  answer?(request: IncomingMessage): { status: number; headers?: Record<string, string>; body: object };
  /** What talks on a socket; absent: every upgrade is refused. */
  talk?(socket: WebSocket): void;
}

const SESSION = { session_id: "s", resume_token: "r" };

/** The least of a server, and a check's context that is pointed at it. */
async function fake({ answer, talk }: Fake): Promise<Context> {
  const server = createServer((request, response) => {
    const token = { access_token: "a.b.c" };
    const body = request.url === "/api/v1/access-token" ? token : SESSION;
    const { status, headers, body: text } = answer?.(request) ?? { status: 200, headers: {}, body };
    response.writeHead(status, headers).end(JSON.stringify(text));
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    if (talk) sockets.handleUpgrade(request, socket, head, talk);
    else socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 14\r\nx-a: b\r\n\r\n{"error":"no"}\n');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const context = new Context(new Target(demoProfile(`http://127.0.0.1:${port}`)), "test");
  onTestFinished(() => {
    context.close();
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
  });
  return context;
}

const send = (socket: WebSocket, value: object) => socket.send(JSON.stringify(value));

describe("a socket", () => {
  it("finds what came with the upgrade, in batches too, and what comes later", async () => {
    const context = await fake({
      talk: (socket) => {
        send(socket, batch(event("A", 1)));
        socket.on("message", () => send(socket, event("B", 2)));
      },
    });
    const socket = await context.open(await context.session());
    const first = await socket.waitFor("A");
    socket.send("HELLO", { a: 1 }, { c: 2 });
    const second = await socket.waitFor("B", { after: first });
    expect([first.batched, second.batched]).toEqual([true, false]);
    const sent = socket.recording.frames.find(({ direction }) => direction === "out");
    expect(sent?.text).toBe('{"type":"HELLO","payload":{"a":1},"metadata":{"custom":{"c":2}}}');
  });

  it("counts only what came behind", async () => {
    const context = await fake({ talk: (socket) => send(socket, event("A", 1)) });
    const socket = await context.open(await context.session());
    const first = await socket.waitFor("A");
    await expect(socket.waitFor("A", { after: first, within: 20 })).rejects.toThrow(
      /expected A within 20 ms; saw nothing/,
    );
  });

  it("does not wait for a server that has closed, and says so", async () => {
    const context = await fake({
      talk: (socket) => {
        send(socket, event("A", 1));
        socket.close(4001, "go away");
      },
    });
    const socket = await context.open(await context.session());
    await expect(socket.waitFor("B")).rejects.toThrow('saw ["A"]; closed with 4001 go away');
    expect(await socket.closed()).toMatchObject({ code: 4001, byUs: false });
    expect(() => socket.ensureOpen()).toThrow("the socket left open");
  });

  it("knows when the suite itself has left", async () => {
    const context = await fake({ talk: () => {} });
    const socket = await context.open(await context.session());
    await socket.leave(3000);
    expect(socket.recording.closed?.byUs).toBe(true);
  });

  it("is not opened by anything but 101", async () => {
    const context = await fake({});
    await expect(context.open(await context.session())).rejects.toThrow(
      "expected 101 to the upgrade; saw Unexpected server response: 404",
    );
  });
});

describe("a handshake", () => {
  it("shows a refusal whole", async () => {
    const context = await fake({});
    const { status, headers, json } = await context.upgrade("/ws?access_token=secret");
    expect({ status, json }).toEqual({ status: 404, json: { error: "no" } });
    expect(headers["x-a"]).toBe("b");
    expect(context.exchanges.map(({ line }) => line).join()).not.toContain("secret");
  });

  it("shows the 101, and what it carries", async () => {
    const context = await fake({ talk: () => {} });
    const { status, headers } = await context.upgrade("/ws");
    expect([status, headers.upgrade]).toEqual([101, "websocket"]);
  });

  it("waits as long as a server says that has had too much", async () => {
    let asked = 0;
    const context = await fake({
      answer: () =>
        asked++ === 0
          ? { status: 429, headers: { "retry-after": "0" }, body: {} }
          : { status: 200, body: { access_token: "a.b.c", ...SESSION } },
    });
    expect((await context.session()).id).toBe("s");
    expect(asked).toBe(3);
  });
});
