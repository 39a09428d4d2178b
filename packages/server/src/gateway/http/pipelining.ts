import type { RequestListener } from "node:http";
import type { Socket } from "node:net";

/**
 * Requests of one connection that may wait for their answers. Clients send the next one when they have the last one's
 * answer; one read of the network brings two thousand, which would hold up everybody else's frames.
 */
const MAX_PIPELINED = 32;

/** Counts the requests of each connection that wait for their answers. */
export class Pipelining {
  readonly #most: number;
  readonly #waiting = new WeakMap<Socket, number>();

  constructor(most = MAX_PIPELINED) {
    this.#most = most;
  }

  /** Drops a connection that sends more requests ahead. */
  bound(listener: RequestListener): RequestListener {
    return (request, response) => {
      const { socket } = request;
      // The rest of what was read with the request that was one too many.
      if (socket.destroyed) return;
      const count = this.waiting(socket) + 1;
      this.#waiting.set(socket, count);
      if (count > this.#most) {
        socket.destroy();
        return;
      }
      response.once("close", () => this.#waiting.set(socket, this.waiting(socket) - 1));
      listener(request, response);
    };
  }

  /** How many requests of a connection wait for their answers. */
  waiting(socket: Socket): number {
    return this.#waiting.get(socket) ?? 0;
  }
}
