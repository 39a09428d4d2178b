import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { announce, CHUNKS_PATH, PART, PART_INTERVAL_MS } from "./peer.ts";

/** Socket.IO as its documentation starts it, over WebSockets alone; nothing is kept. */
const http = createServer();
const server = new Server(http, { transports: ["websocket"], serveClient: false });

server.on("connection", (socket) => {
  socket.on("message", (message: unknown) => socket.emit("message", message));
});

server.of(CHUNKS_PATH).on("connection", (socket) => {
  let index = 0;
  const timer = setInterval(() => {
    index += 1;
    socket.emit("message", { type: "chunk", text: PART, index });
  }, PART_INTERVAL_MS);
  socket.on("disconnect", () => clearInterval(timer));
});

http.listen(0, "127.0.0.1", () => announce((http.address() as AddressInfo).port));
