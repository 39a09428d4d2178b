import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ErrorAnswer, HttpFault } from "@parley/protocol";
import { CORRELATION_HEADER, correlationId } from "../http/correlation.ts";

/**
 * Answers with an HTTP error on the bare connection, and closes it: a client that keeps its own side open must not hold
 * a connection that nobody reads any more.
 */
export function refuse(socket: Duplex, { status, message, code }: HttpFault, id: string): void {
  const answer: ErrorAnswer = { error: message, message, code, correlation_id: id };
  const body = JSON.stringify(answer);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    `${CORRELATION_HEADER}: ${id}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

/** The same to an upgrade, by the correlation id that it has given where it has. */
export function refuseUpgrade(
  { headers }: IncomingMessage,
  socket: Duplex,
  fault: HttpFault,
  newId: () => string,
): void {
  const given = headers[CORRELATION_HEADER.toLowerCase()];
  refuse(socket, fault, correlationId(String(given ?? ""), newId));
}

/**
 * Resets a connection that cannot be served now. Shipped clients keep their conversation over a reset; a 5xx or a
 * half-closed connection makes them throw it away.
 */
export function reset(socket: Duplex): void {
  if ("resetAndDestroy" in socket) (socket as Socket).resetAndDestroy();
  else socket.destroy();
}
