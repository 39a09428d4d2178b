import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Bridge } from "./bridge.ts";
import { type Delivery, isFromParley } from "./parley.ts";

/** The largest body there is: a request with a long transcript. Bytes. */
const MAX_BODY = 2 * 1_048_576;
/** Webhooks of Chatwoot's that are older are not believed, seconds. */
const TOLERANCE = 300;

export interface ServerOptions {
  bridge: Bridge;
  /** That of Parley's webhook. */
  parleySecret: string;
  /** That of Chatwoot's webhook; null where it does not sign. What comes from there is only ever a hint. */
  chatwootSecret: string | null;
  port: number;
  host: string;
  log: (line: string) => void;
}

/** Listens for both sides: `POST /parley` and `POST /chatwoot`. */
export async function listen(options: ServerOptions): Promise<{ url: string; stop: () => Promise<void> }> {
  const { bridge, port, host, log } = options;
  const server = createServer((request, response) => {
    answer(request, options).then(
      (status) => response.writeHead(status).end(),
      (error: Error) => {
        log(`${request.url}: ${error.message}`);
        response.writeHead(503).end();
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const { port: real } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${real}`,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await bridge.stop();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  { bridge, parleySecret, chatwootSecret }: ServerOptions,
): Promise<number> {
  if (request.method === "GET" && request.url === "/health") return 200;
  if (request.method !== "POST") return 405;
  const body = await read(request);
  if (body === null) return 413;
  if (request.url === "/parley") {
    if (!isFromParley(parleySecret, request.headers, body)) return 401;
    await bridge.told(String(request.headers["webhook-id"]), JSON.parse(body) as Delivery);
    return 204;
  }
  if (request.url !== "/chatwoot") return 404;
  if (chatwootSecret !== null && !isFromChatwoot(chatwootSecret, request.headers, body)) return 401;
  hint(bridge, JSON.parse(body) as ChatwootEvent);
  return 200;
}

/** A webhook of Chatwoot's, as far as it is looked at. */
interface ChatwootEvent {
  event?: string;
  /** Of a conversation's own events: its id. */
  id?: unknown;
  /** Of a message's, and of typing. */
  conversation?: { id?: unknown };
  is_private?: boolean;
}

function hint(bridge: Bridge, { event, id, conversation, is_private }: ChatwootEvent): void {
  const number = Number(conversation?.id ?? id);
  if (!Number.isInteger(number)) return;
  if (event === "conversation_typing_on" || event === "conversation_typing_off") {
    if (is_private !== true) bridge.typed(number, event === "conversation_typing_on");
  } else bridge.woken(number);
}

/** `X-Chatwoot-Signature` is over the time and the body. */
function isFromChatwoot(secret: string, headers: IncomingHttpHeaders, body: string): boolean {
  const timestamp = String(headers["x-chatwoot-timestamp"]);
  if (!(Math.abs(Date.now() / 1_000 - Number(timestamp)) < TOLERANCE)) return false;
  const expected = `sha256=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
  const given = Buffer.from(String(headers["x-chatwoot-signature"]));
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
}

/** @returns null where it is too long */
async function read(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
