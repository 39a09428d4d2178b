import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";

/** What an upgrade comes to. Clients bear `refused` and `reset`; anything but these and 101 costs the conversation. */
export type Outcome = 101 | "refused" | "reset" | "half-closed" | `answered ${number}`;

/** Enough of a session to connect to it. */
export interface Key {
  sessionId: string;
  accessToken: string;
}

/** One upgrade, and the socket that comes of it. */
export class Attempt {
  readonly socket: WebSocket;
  /** Resolves when it is connected, and the request on its way. */
  readonly sent: Promise<void>;
  readonly outcome: Promise<Outcome>;
  readonly closed: Promise<{ code: number; at: number }>;
  /** When the 101 came, milliseconds; null before. */
  openedAt: number | null = null;

  /** @param port of 127.0.0.1 */
  constructor(port: number, key: Key, { autoPong = true } = {}) {
    const sent = Promise.withResolvers<void>();
    this.sent = sent.promise;
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${pathOf(key)}`, {
      perMessageDeflate: false,
      autoPong,
      finishRequest: (request) => {
        request.on("socket", (socket) => socket.once("connect", sent.resolve));
        request.end();
      },
    });
    const outcome = Promise.withResolvers<Outcome>();
    const closed = Promise.withResolvers<{ code: number; at: number }>();
    this.outcome = outcome.promise;
    this.closed = closed.promise;
    this.socket.on("open", () => {
      this.openedAt = performance.now();
      outcome.resolve(101);
    });
    this.socket.on("unexpected-response", (request, { statusCode }) => {
      outcome.resolve(`answered ${statusCode ?? 0}`);
      request.destroy();
    });
    this.socket.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      if (code === "ECONNREFUSED") outcome.resolve("refused");
      // Node's words for a stream that ended before the answer; it gives them the code of a reset.
      else outcome.resolve(message === "socket hang up" ? "half-closed" : "reset");
    });
    this.socket.on("close", (code) => closed.resolve({ code, at: performance.now() }));
  }
}

/** A bare connection that has sent so much of an upgrade, and does nothing by itself: no pong, no close frame. */
export async function bareConnection(port: number, request = ""): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  await once(socket, "connect");
  if (request !== "") socket.write(request);
  return socket;
}

/** The bytes of an upgrade. */
export const upgradeRequest = (key: Key): string =>
  [
    `GET ${pathOf(key)} HTTP/1.1`,
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "\r\n",
  ].join("\r\n");

/** How a bare connection ends: `reset`, or `half-closed` where the stream ended. */
export function endingOf(socket: Socket): Promise<"reset" | "half-closed"> {
  return new Promise((resolve) => {
    socket.on("error", () => resolve("reset"));
    socket.on("end", () => resolve("half-closed"));
    socket.resume();
  });
}

const pathOf = ({ sessionId, accessToken }: Key): string =>
  `/ws?${new URLSearchParams({ session_id: sessionId, access_token: accessToken, cursor: "0" })}`;
