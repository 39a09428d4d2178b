import { once } from "node:events";
import http, { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { Link } from "./link.ts";
import type { Answer, Mischief, Request } from "./mischief.ts";

/** What holds for one connection only, or is written anew. */
const OF_ONE_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
]);

/**
 * A man in the middle on a free port of 127.0.0.1: it understands HTTP and WebSocket frames, and makes a good server a
 * broken one. Without mischief it changes nothing that the suite can see.
 */
export class BrokenServer implements AsyncDisposable {
  readonly #target: string;
  readonly #mischief: Mischief;
  readonly #server: http.Server;
  readonly #agent = new http.Agent({ keepAlive: true });
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: () => false,
  });
  readonly #links = new Set<Link>();
  #port = 0;

  private constructor(target: string, mischief: Mischief) {
    this.#target = target;
    this.#mischief = mischief;
    this.#sockets.on("headers", (headers, request) => {
      for (const [name, value] of this.#mischief.accepts?.(request.headers) ?? [])
        headers.push(`${name}: ${value}`);
    });
    this.#server = http.createServer((request, response) => {
      this.#exchange(request).then(
        ({ status, headers, body }) => {
          response.writeHead(status, { ...outgoing(headers), "content-length": Buffer.byteLength(body) });
          response.end(request.method === "HEAD" ? undefined : body);
        },
        () => response.destroy(),
      );
    });
    this.#server.on("upgrade", (request, socket) => {
      socket.on("error", () => socket.destroy());
      this.#upgrade(request, socket).catch(() => socket.destroy());
    });
  }

  /** @param target the good server, as `http://host:port` */
  static async start(target: string, mischief: Mischief): Promise<BrokenServer> {
    const broken = new BrokenServer(target, mischief);
    broken.#server.listen(0, "127.0.0.1");
    await once(broken.#server, "listening");
    broken.#port = (broken.#server.address() as AddressInfo).port;
    return broken;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links) link.destroy();
    this.#agent.destroy();
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #exchange(incoming: IncomingMessage): Promise<Answer> {
    const request = await read(incoming);
    const own = this.#mischief.intercept?.(request);
    if (own !== undefined) return own;
    const { method, path, headers, body } = this.#mischief.request?.(request) ?? request;
    const forwarded = http.request(new URL(path, this.#target), {
      method,
      agent: this.#agent,
      headers: { ...outgoing(headers), ...(body !== "" && { "content-length": Buffer.byteLength(body) }) },
    });
    forwarded.end(body);
    const [response] = (await once(forwarded, "response")) as [IncomingMessage];
    const answer = await readAnswer(response);
    return this.#mischief.answer?.(answer, request) ?? answer;
  }

  async #upgrade(incoming: IncomingMessage, socket: Duplex): Promise<void> {
    const request = { method: "GET", path: incoming.url ?? "", headers: incoming.headers, body: "" };
    const refusal = this.#mischief.intercept?.(request);
    if (refusal !== undefined) return refuse(socket, refusal);
    const { path, headers } = this.#mischief.request?.(request) ?? request;
    const url = new URL(path, this.#target.replace("http", "ws"));
    const link = new Link(url, outgoing(headers), this.#links, this.#mischief);
    const accept = () =>
      this.#sockets.handleUpgrade(incoming, socket, Buffer.alloc(0), (client) => link.connect(client));
    if (this.#mischief.early) accept();
    const refused = await link.opened;
    if (refused === null) {
      if (!this.#mischief.early) accept();
    } else if (refused === "reset") socket.destroy();
    else
      refuse(
        socket,
        this.#mischief.answer?.(await readAnswer(refused), request) ?? (await readAnswer(refused)),
      );
  }
}

async function read(incoming: IncomingMessage): Promise<Request> {
  const { method = "GET", url: path = "/", headers } = incoming;
  return { method, path, headers, body: await textOf(incoming) };
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  return { status: response.statusCode ?? 0, headers: response.headers, body: await textOf(response) };
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

function outgoing(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const kept = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && !OF_ONE_HOP.has(name),
  );
  return Object.fromEntries(kept);
}

function refuse(socket: Duplex, { status, headers, body }: Answer): void {
  const fields = { ...outgoing(headers), "content-length": Buffer.byteLength(body), connection: "close" };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  const reason = http.STATUS_CODES[status] ?? "Unknown";
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
}
