import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { Changes } from "./changes.ts";

/** A secret as a configuration has it. */
export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

/** What a request is answered with: a status, with headers or without, or nothing, or a broken connection. */
export type Reply =
  | number
  | { status: number; headers?: Record<string, string>; body?: string }
  | "silence"
  | "cut";

export interface Received {
  id: string;
  type: string;
  timestamp: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect.
  data: any;
  /** As it came. */
  body: string;
  headers: IncomingMessage["headers"];
  /** Whether it was answered with a 2xx. */
  isTaken: boolean;
}

/**
 * Who is told of handoffs, on 127.0.0.1. Signatures are checked by the reference library of Standard Webhooks: a
 * request without a good one is answered with 401 and kept in `forged`.
 */
export class WebhookReceiver implements AsyncDisposable {
  readonly #webhook: Webhook;
  #http: Server | undefined;
  #port = 0;
  /** Every attempt, in the order in which it came. */
  readonly attempts: Received[] = [];
  readonly forged: string[] = [];
  /** How each request is answered: `nth` counts the attempts at a delivery from 1. */
  reply: (received: Received, nth: number) => Reply | Promise<Reply> = () => 204;
  readonly #changes = new Changes(() =>
    this.attempts.map(({ id, body, isTaken }) => `${id} ${isTaken} ${body}`).join("\n"),
  );

  private constructor(secret: string) {
    this.#webhook = new Webhook(secret);
  }

  static async start(secret = WEBHOOK_SECRET): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(secret);
    await receiver.open();
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/parley`;
  }

  /** Listens, on the same port as before. */
  async open(): Promise<void> {
    const http = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      http.once("error", reject);
      http.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#http = http;
    this.#port = (http.address() as AddressInfo).port;
  }

  /** Refuses connections from now on. */
  async close(): Promise<void> {
    const http = this.#http;
    http?.closeAllConnections();
    await new Promise((resolve) => http?.close(resolve) ?? resolve(null));
    this.#http = undefined;
  }

  /** What was answered with a 2xx, in order: what a receiver has that keeps no ids. */
  get taken(): Received[] {
    return this.attempts.filter(({ isTaken }) => isTaken);
  }

  /** The same, each delivery once: what a receiver has that does. Typing and presence are left out. */
  get told(): Received[] {
    const seen = new Set<string>();
    return this.taken.filter(({ id, type }) => {
      if (seen.has(id) || type === "user.typing" || type === "user.presence") return false;
      seen.add(id);
      return true;
    });
  }

  of(type: string): Received[] {
    return this.taken.filter((received) => received.type === type);
  }

  /** Waits until something is true of what came. */
  until(condition: () => boolean, what: string): Promise<void> {
    return this.#changes.until(condition, what);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readText(request);
    const { headers } = request;
    try {
      this.#webhook.verify(body, headers as Record<string, string>);
    } catch {
      this.forged.push(body);
      response.writeHead(401).end();
      this.#changes.tell();
      return;
    }
    const id = String(headers["webhook-id"]);
    const received: Received = { ...JSON.parse(body), id, body, headers, isTaken: false };
    this.attempts.push(received);
    const nth = this.attempts.filter((attempt) => attempt.id === id).length;
    const reply = await this.reply(received, nth);
    if (reply === "cut") response.destroy();
    else if (reply !== "silence") {
      const {
        status,
        headers: given = {},
        body: answer = "",
      } = typeof reply === "number" ? { status: reply } : reply;
      received.isTaken = status >= 200 && status < 300;
      response.writeHead(status, given).end(answer);
    }
    this.#changes.tell();
  }
}
