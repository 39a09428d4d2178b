import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, it } from "vitest";
import { useCleanUp } from "../../../../../tests/support/clean-up.ts";
import { Pipelining } from "./pipelining.ts";

const MOST = 3;
const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const cleanUp = useCleanUp();

async function serve(listener: RequestListener) {
  const server = createServer(new Pipelining(MOST).bound(listener));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => {});
  let received = "";
  socket.on("data", (text) => {
    received += text;
  });
  cleanUp().defer(async () => {
    socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { socket, answers: () => received.split("HTTP/1.1 200").length - 1 };
}

it("answers as many requests as may wait, again and again", async () => {
  const { socket, answers } = await serve((_, response) => response.end());
  for (let round = 1; round <= 3; round += 1) {
    socket.write(REQUEST.repeat(MOST));
    await expect.poll(answers).toBe(round * MOST);
  }
  expect(socket.destroyed).toBe(false);
});

it("drops a connection that sends one more ahead, and does nothing for the rest of it", async () => {
  const asked: ServerResponse[] = [];
  const { socket } = await serve((_, response) => asked.push(response));
  socket.write(REQUEST.repeat(1_000));
  await once(socket, "close");
  expect(asked).toHaveLength(MOST);
});
