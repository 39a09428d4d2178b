import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { HTTP_ERRORS, type HttpFault } from "@parley/protocol";
import { refuse, reset } from "../ws/refusal.ts";
import { answerBroken } from "./app.ts";
import { boundIdle } from "./idle-connections.ts";
import { Pipelining } from "./pipelining.ts";

/** Clients wait 10 s for an answer of the handshake; a request that takes longer to arrive is of no use to them. */
const REQUEST_TIMEOUT_MS = 10_000;
/** How often late requests are looked for: Node's 30 s would let them live four times as long. Milliseconds. */
const TIMEOUT_CHECK_MS = 1_000;
/** Bytes of a request's headers: an access token and a cursor in the URL are far below. */
const MAX_HEADER_BYTES = 16_384;

export interface HttpServerOptions {
  /** Answers what is a request. */
  fetch: Parameters<typeof getRequestListener>[0];
  /** Takes what wants to be a WebSocket. */
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** How long a connection on which nothing happens is kept for further requests, seconds. */
  keepAliveSeconds: number;
  newId: () => string;
}

/** The HTTP server with its bounds. Whatever it answers by itself has the form of section 1 of the protocol. */
export function createHttpServer({ fetch, upgrade, keepAliveSeconds, newId }: HttpServerOptions): Server {
  const pipelining = new Pipelining();
  const listener = pipelining.bound(getRequestListener(fetch, { errorHandler: answerBroken(newId) }));
  const server = createServer(
    {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: keepAliveSeconds * 1_000,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Answered by `answerBroken`: Node's own answer has no body.
      requireHostHeader: false,
      // Some clients offer HTTP/2 with every request (`Upgrade: h2c`), and go on with HTTP/1.1 when nobody takes it.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
    },
    listener,
  );
  boundIdle(server);
  server.on("upgrade", (request, socket, head) => {
    // The answers that are still to come would stand among its frames.
    if (pipelining.waiting(request.socket) > 0) reset(socket);
    else upgrade(request, socket, head);
  });
  server.on("clientError", refuseBroken(newId));
  // An expectation that is not known may be ignored [RFC 9110, section 10.1.1]; Node would answer 417 without a body.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    // Behind answers that are still to come, Node puts it between the head and the body of this one.
    if (response.socket !== null) response.writeContinue();
    server.emit("request", request, response);
  });
  return server;
}

/** Node's own reasons for giving up on a request; any other is one that is not HTTP. */
const FAULTS: Readonly<Record<string, HttpFault>> = {
  ERR_HTTP_REQUEST_TIMEOUT: HTTP_ERRORS.requestTimeout,
  HPE_HEADER_OVERFLOW: HTTP_ERRORS.headersTooLarge,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: HTTP_ERRORS.bodyTooLarge,
};

/** Answers what never became a request, or broke off in the middle of one, and closes the connection. */
const refuseBroken =
  (newId: () => string) =>
  (error: NodeJS.ErrnoException, socket: Duplex): void => {
    // An answer that has begun cannot be followed by another: its client would take that for the next one's.
    const { _httpMessage: answer } = socket as { _httpMessage?: ServerResponse | null };
    if (!socket.writable || answer?.headersSent) socket.destroy();
    else refuse(socket, FAULTS[error.code ?? ""] ?? HTTP_ERRORS.badRequest, newId());
  };
