import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { CLEAR, type Line, Pipe } from "./pipe.ts";
import { Random } from "./random.ts";

/**
 * How a connection is hurt.
 * - `cut`: both sides see an orderly end of the stream, without a WebSocket's close frame.
 * - `reset`: both sides see a connection reset.
 * - `silence`: nothing arrives any more, and nobody is told, as when a phone leaves the network.
 * - `stall`: nothing arrives for a while, then all of it.
 */
export type Fault = { afterMs: number } & (
  | { kind: "cut" | "reset" | "silence" }
  | { kind: "stall"; forMs: number }
);

/** What one connection has to live through. */
export interface Plan {
  line: Line;
  faults: readonly Fault[];
}

/** A connection on which nothing happens. */
export const UNHURT: Plan = { line: CLEAR, faults: [] };

/** One connection through the proxy. */
export class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #pipes: readonly Pipe[];
  readonly #timers: NodeJS.Timeout[] = [];
  #isOver = false;

  constructor(client: Socket, server: Socket, { line, faults }: Plan, random: Random) {
    this.#client = client;
    this.#server = server;
    this.#pipes = [
      new Pipe(client, server, line, random.fork()),
      new Pipe(server, client, line, random.fork()),
    ];
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // A reset on one side is one on the other; so is a server that cannot be reached.
      socket.on("error", () => this.reset());
    }
    for (const fault of faults) this.#timers.push(setTimeout(() => this.hurt(fault), fault.afterMs));
  }

  hurt(fault: Fault): void {
    if (fault.kind === "stall") for (const pipe of this.#pipes) pipe.stall(fault.forMs);
    else this[fault.kind]();
  }

  cut(): void {
    this.#end((socket) => socket.destroySoon());
  }

  reset(): void {
    this.#end((socket) => socket.resetAndDestroy());
  }

  silence(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const pipe of this.#pipes) pipe.silence();
    // Each side may still leave by itself.
    for (const socket of [this.#client, this.#server]) socket.once("end", () => socket.destroy());
  }

  /** Frees both sides, also of a connection that went silent. */
  destroy(): void {
    this.#isOver = true;
    this.#stop();
    this.#client.destroy();
    this.#server.destroy();
  }

  #end(end: (socket: Socket) => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stop();
    end(this.#client);
    end(this.#server);
  }

  #stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const pipe of this.#pipes) pipe.stop();
  }
}

export interface ProxyOptions {
  /** A port of 127.0.0.1; read anew for each connection. */
  target: () => number;
  seed: number;
  /** What the next connection has to live through. Default: nothing. */
  plan?: (random: Random) => Plan;
}

/** A TCP proxy on a free port of 127.0.0.1 that behaves as networks do. What it does repeats with the seed. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  /** How many connections there were. */
  connections = 0;

  private constructor({ target, seed, plan = () => UNHURT }: ProxyOptions) {
    const random = new Random(seed);
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      this.connections += 1;
      const own = random.fork();
      const server = connect({ port: target(), host: "127.0.0.1", allowHalfOpen: true });
      const link = new Link(client, server, plan(own), own);
      this.#links.add(link);
      Promise.all([once(client, "close"), once(server, "close")]).then(
        () => this.#links.delete(link),
        () => this.#links.delete(link),
      );
    });
  }

  static async start(options: ProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The connections that are open, oldest first. */
  get links(): Link[] {
    return [...this.#links];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links) link.destroy();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }
}
