import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Connections that owe us a request: twice what the system lets wait for us to accept, since thousands of clients may
 * come back at once, and each is read only after all were accepted. A fraction of the files that a server may usually
 * have open, so that those who only hold connections cannot keep the others out. About 80 MB.
 */
const MAX_IDLE = 8_192;

/**
 * Bounds the connections on which no whole request has arrived. Beyond the bound the one that has waited longest is
 * dropped: a client sends its request at once, so it is one that does not mean to.
 */
export function boundIdle(server: Server, most = MAX_IDLE): void {
  // In the order in which they began to wait. With the request that has begun on it, if any.
  const connections = new Map<Socket, IncomingMessage | null>();

  const wait = (socket: Socket) => {
    connections.delete(socket);
    connections.set(socket, null);
    if (connections.size > most) dropLongestWaiting();
  };
  const dropLongestWaiting = () => {
    for (const [socket, request] of connections) {
      if (request?.complete) continue;
      connections.delete(socket);
      socket.destroy();
      return;
    }
  };

  server.on("connection", (socket: Socket) => {
    wait(socket);
    socket.once("close", () => connections.delete(socket));
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    connections.set(socket, request);
    response.once("close", () => {
      if (!socket.destroyed) wait(socket);
    });
  });
  server.on("upgrade", ({ socket }: IncomingMessage) => connections.delete(socket));
}
