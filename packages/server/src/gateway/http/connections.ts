import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";

/**
 * The connections of an HTTP server, to be let go of when it stops. Node ends them in good order: to a client whose
 * upgrade is just on its way, that is a stream that ends before its answer, for which it throws its conversation away.
 * A reset is tried again [protocol section 2].
 */
export class Connections {
  readonly #open = new Set<Socket>();
  /** Those on which no whole head of a request has arrived yet. */
  readonly #fresh = new Set<Socket>();

  constructor(server: Server) {
    server.on("connection", (socket: Socket) => {
      this.#open.add(socket);
      this.#fresh.add(socket);
      socket.once("close", () => {
        this.#open.delete(socket);
        this.#fresh.delete(socket);
      });
    });
    for (const event of ["request", "upgrade"]) {
      server.on(event, ({ socket }: IncomingMessage) => this.#fresh.delete(socket));
    }
  }

  /** Resets those that have asked for nothing yet. To be called before `server.close`, which ends them. */
  resetFresh(): void {
    for (const socket of this.#fresh) socket.resetAndDestroy();
  }

  /** Resets all that are left. */
  reset(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }
}
