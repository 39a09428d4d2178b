import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { boundIdle } from "./idle-connections.ts";

const MOST = 3;

let server: ReturnType<typeof createServer>;
let sockets: Socket[];
/** Requests that wait for their answer. */
let pending: ServerResponse[];
let upgraded: Duplex[];

beforeEach(async () => {
  sockets = [];
  pending = [];
  upgraded = [];
  server = createServer((_, response) => pending.push(response));
  server.on("upgrade", (_, socket) => upgraded.push(socket));
  boundIdle(server, MOST);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  for (const socket of [...sockets, ...upgraded]) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Connects, and is known to the server when it resolves. */
async function open(bytes = ""): Promise<Socket> {
  const accepted = once(server, "connection");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  sockets.push(socket);
  socket.on("error", () => {});
  socket.resume();
  await accepted;
  if (bytes !== "") {
    const arrived = once(server, bytes.includes("Upgrade") ? "upgrade" : "request");
    socket.write(bytes);
    await arrived;
  }
  return socket;
}

const connections = () =>
  new Promise<number>((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });

it("drops the connection that has waited longest for its request", async () => {
  const [first] = [await open(), await open(), await open()];
  const gone = once(first ?? server, "close");
  const fourth = await open();
  await gone;
  expect(fourth.destroyed).toBe(false);
  expect(await connections()).toBe(MOST);
});

it("spares one whose request is being answered", async () => {
  const asking = await open("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const waiting = await open();
  await open();
  const gone = once(waiting, "close");
  await open();
  await gone;
  const answered = once(asking, "data");
  pending[0]?.end("here");
  expect(String(await answered)).toContain("here");
});

it("does not spare one whose request never becomes whole", async () => {
  const slow = await open("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n1");
  await open();
  await open();
  const gone = once(slow, "close");
  await open();
  await gone;
});

it("counts a connection anew from its last answer", async () => {
  const kept = await open("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const waiting = await open();
  await open();
  const answered = once(kept, "data");
  pending[0]?.end();
  await answered;
  const gone = once(waiting, "close");
  await open();
  await gone;
  expect(kept.destroyed).toBe(false);
});

it("does not count what has become a WebSocket", async () => {
  const upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  for (let i = 0; i < 2 * MOST; i += 1) await open(upgrade);
  await open();
  expect(await connections()).toBe(2 * MOST + 1);
  expect(sockets.some(({ destroyed }) => destroyed)).toBe(false);
});
