import type { RequestListener } from "node:http";
import type { Socket } from "node:net";

/**
 * Requests of one connection that may wait for their answers. Clients send the next one when they have the last one's
 * answer; one read of the network brings two thousand, which would hold up everybody else's frames.
 */
const MAX_PIPELINED = 32;

/** Drops a connection that sends more requests ahead than that. */
export function boundPipelining(listener: RequestListener, most = MAX_PIPELINED): RequestListener {
  const waiting = new WeakMap<Socket, number>();
  return (request, response) => {
    const { socket } = request;
    // The rest of what was read with the request that was one too many.
    if (socket.destroyed) return;
    const count = (waiting.get(socket) ?? 0) + 1;
    waiting.set(socket, count);
    if (count > most) {
      socket.destroy();
      return;
    }
    response.once("close", () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1));
    listener(request, response);
  };
}
