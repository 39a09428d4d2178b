import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * The connections of an HTTP server, to be let go of when it has stopped. Node ends them in good order: to a client
 * whose upgrade is just on its way, that is a stream that ends before its answer, for which it throws its conversation
 * away. A reset is tried again [protocol section 2].
 */
export class Connections {
  readonly #open = new Set<Socket>();

  constructor(server: Server) {
    server.on("connection", (socket: Socket) => {
      this.#open.add(socket);
      socket.once("close", () => this.#open.delete(socket));
    });
  }

  /** Resets all that are open. */
  reset(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }
}
