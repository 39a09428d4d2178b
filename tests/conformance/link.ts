import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { type RawData, WebSocket } from "ws";
import type { Event, Mischief } from "./mischief.ts";

/** What the WebSocket library writes itself. */
const HANDSHAKE = /^(host|upgrade|connection|sec-websocket-.*)$/;

/** Codes that stand for the lack of a close frame. */
const NO_STATUS = 1005;
const ABNORMAL = 1006;

/** One socket through the broken server: what comes from either side goes through the mischief, and on. */
export class Link {
  /** The session, as the upgrade names it. */
  readonly session: string;
  /** What came before the client's side was there. */
  readonly #early: (() => void)[] = [];
  readonly #server: WebSocket;
  readonly #links: Set<Link>;
  readonly #mischief: Mischief;
  #client: WebSocket | undefined;
  /** Null when the server has accepted; else its refusal. */
  readonly opened: Promise<IncomingMessage | "reset" | null>;

  /** @param links all that are open, this one too as long as it is */
  constructor(url: URL, headers: OutgoingHttpHeaders, links: Set<Link>, mischief: Mischief) {
    this.session = url.searchParams.get("session_id") ?? "";
    this.#links = links;
    this.#mischief = mischief;
    const kept = Object.entries(headers).filter(([name]) => !HANDSHAKE.test(name));
    this.#server = new WebSocket(url, {
      perMessageDeflate: false,
      autoPong: false,
      headers: Object.fromEntries(kept) as Record<string, string>,
    });
    this.opened = new Promise((resolve) => {
      this.#server.on("open", () => resolve(null));
      this.#server.on("unexpected-response", (_, response) => resolve(response));
      this.#server.on("error", () => resolve("reset"));
    });
    const change = mischief.toClient?.(this) ?? ((frame: Event) => [frame]);
    this.#server.on("message", (data) => {
      for (const frame of change(JSON.parse(String(data)) as Event)) this.send(frame);
    });
    this.#server.on("ping", (data) => this.#whenConnected((client) => client.ping(data)));
    this.#server.on("close", (code) => {
      this.#whenConnected((client) => closeLike(client, mischief.closeCode?.(code) ?? code));
      links.delete(this);
    });
    links.add(this);
  }

  /** The other sockets of the same session. */
  get others(): Link[] {
    return [...this.#links].filter((link) => link !== this && link.session === this.session);
  }

  /** The client's side is there. */
  connect(client: WebSocket): void {
    this.#client = client;
    const change = this.#mischief.toServer?.(this) ?? ((text: string) => [text]);
    client.on("message", (data, binary) => {
      // Only what is text is looked at.
      if (binary) this.pass(data);
      else for (const text of change(String(data))) this.pass(text);
    });
    client.on("pong", (data) => this.#server.readyState === WebSocket.OPEN && this.#server.pong(data));
    client.on("error", () => this.#server.terminate());
    client.on("close", (code) => closeLike(this.#server, code));
    for (const act of this.#early.splice(0)) act();
  }

  /** Sends a frame to the client, whatever the server says. */
  send(frame: Event): void {
    const binary = this.#mischief.binary ?? false;
    this.#whenConnected((client) => client.send(JSON.stringify(frame), { binary }));
  }

  /** Sends a frame to the server, as soon as it has accepted. */
  pass(frame: RawData | string): void {
    if (this.#server.readyState === WebSocket.OPEN) this.#server.send(frame);
    else if (this.#server.readyState === WebSocket.CONNECTING) void this.opened.then(() => this.pass(frame));
  }

  get isGone(): boolean {
    return this.#client !== undefined && this.#client.readyState !== WebSocket.OPEN;
  }

  /** Closes the client's side. */
  close(code: number): void {
    this.#whenConnected((client) => client.close(code));
  }

  destroy(): void {
    this.#server.terminate();
    this.#client?.terminate();
  }

  #whenConnected(act: (client: WebSocket) => void): void {
    const client = this.#client;
    if (client === undefined) this.#early.push(() => this.#whenConnected(act));
    else if (client.readyState === WebSocket.OPEN) act(client);
  }
}

/** Ends one side as the other one was ended. */
function closeLike(socket: WebSocket, code: number): void {
  if (code === ABNORMAL) socket.terminate();
  else if (code === NO_STATUS) socket.close();
  else socket.close(code);
}
