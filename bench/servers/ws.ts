import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { announce, CHUNKS_PATH, PART, PART_INTERVAL_MS } from "./peer.ts";

/** The bare library: what comes is sent back, never parsed. The most that any server on it can reach. */
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });

server.on("connection", (socket, { url }) => {
  if (url !== CHUNKS_PATH) {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    return;
  }
  let index = 0;
  const timer = setInterval(() => {
    index += 1;
    socket.send(JSON.stringify({ type: "chunk", text: PART, index }));
  }, PART_INTERVAL_MS);
  socket.on("close", () => clearInterval(timer));
});

server.on("listening", () => announce((server.address() as AddressInfo).port));
