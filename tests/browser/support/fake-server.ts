import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { CLOSE, type ClientEvent, EVENT, HTTP_ERRORS, LIMITS, type ServerEvent } from "@parley/protocol";
import { type Context, Hono } from "hono";
import { type WebSocket, WebSocketServer } from "ws";
import { servePage } from "../../../packages/server/src/gateway/http/page.ts";
import { loadPage } from "../../../packages/server/src/gateway/http/page-files.ts";

/** An event as a test writes it: the fake adds the envelope. */
export interface Said {
  type: ServerEvent["type"];
  payload?: object;
  metadata?: object;
}

interface FakeSession {
  id: string;
  resumeToken: string;
  streaming: boolean;
  journal: object[];
  sockets: Set<WebSocket>;
}

/**
 * A server for what a healthy one does not do when asked: it refuses upgrades, forgets sessions, swallows messages,
 * and says whatever a test wants said. It echoes and replays, and answers a join with `JOINED`; the rest is `say`.
 */
export class FakeServer {
  /** What clients have sent, oldest first; messages that were swallowed too. */
  readonly received: ClientEvent[] = [];
  /** `POST /api/v1/sessions` and upgrades that were seen. */
  readonly counts = { sessions: 0, upgrades: 0 };
  /** The cursor of each upgrade. */
  readonly cursors: string[] = [];
  /** So many upgrades from now on are refused with 404. */
  refuseUpgrades = 0;
  /** So many messages from now on are not echoed. */
  swallow = 0;
  /** Answers the next message with this text at level warning, in place of its echo. */
  refuseWith: string | null = null;
  /** Takes what comes, and says nothing. */
  isMute = false;
  /** Answers the handshake with this status. */
  failHandshake: { status: number; message: string } | null = null;
  readonly #sessions = new Map<string, FakeSession>();
  readonly #sockets = new WebSocketServer({ noServer: true });
  #http: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Listens on a free port, or again on the one it had. */
  async start(): Promise<this> {
    const app = new Hono();
    servePage(app, await loadPage(), null);
    app.post("/api/v1/access-token", (c) => this.#accessToken(c));
    app.post("/api/v1/sessions", (c) => this.#createSession(c));
    const http = createServer(getRequestListener(app.fetch));
    http.on("upgrade", (request, socket, head) => {
      const query = new URL(request.url ?? "/", this.url).searchParams;
      const session = this.#sessions.get(query.get("session_id") ?? "");
      this.counts.upgrades++;
      this.cursors.push(query.get("cursor") ?? "");
      if (session === undefined || this.refuseUpgrades-- > 0) {
        socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
      }
      this.refuseUpgrades = 0;
      this.#sockets.handleUpgrade(request, socket, head, (ws) => {
        this.#open(session, ws, Number(query.get("cursor") ?? 0));
      });
    });
    await new Promise<void>((resolve) => http.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (http.address() as AddressInfo).port;
    this.#http = http;
    return this;
  }

  /** Stops listening and cuts everything; sessions stay. */
  async stop(): Promise<void> {
    const http = this.#http;
    this.dropSockets();
    http?.closeAllConnections();
    await new Promise((resolve) => (http ? http.close(resolve) : resolve(undefined)));
  }

  /** Cuts every socket, without a close frame. */
  dropSockets(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  /** Every session is gone, as after its grace. */
  forgetSessions(): void {
    this.#sessions.clear();
    this.dropSockets();
  }

  /** Says something in every session; in the journal unless `transient`. */
  say(type: ServerEvent["type"], payload: object = {}, { transient = false } = {}): void {
    for (const session of this.#sessions.values()) this.#append(session, { type, payload }, transient);
  }

  /** Sends the last event of the journal once more, as an older socket may. */
  repeatLast(): void {
    for (const { journal, sockets } of this.#sessions.values())
      for (const socket of sockets) socket.send(JSON.stringify(journal.at(-1)));
  }

  /** Replaces what a replay will show. */
  rewrite(change: (journal: object[]) => object[]): void {
    for (const session of this.#sessions.values()) session.journal = change(session.journal);
  }

  #accessToken(c: Context) {
    if (this.failHandshake !== null) {
      return c.json(
        { ...this.failHandshake, error: this.failHandshake.message },
        this.failHandshake.status as 401,
      );
    }
    const [id = "", token] = (c.req.header("X-Resume") ?? "").split(".");
    if (id !== "" && this.#sessions.get(id)?.resumeToken !== token) {
      return c.json({ ...HTTP_ERRORS.resumeFailed, error: HTTP_ERRORS.resumeFailed.message }, 401);
    }
    const access_token = `header.${randomUUID()}.signature`;
    return c.json({ access_token, expires_in: LIMITS.accessTokenSeconds, token_type: "Bearer" });
  }

  async #createSession(c: Context) {
    const { streaming_enabled: streaming = false } = await c.req.json<{ streaming_enabled?: boolean }>();
    const session = {
      id: randomUUID(),
      resumeToken: randomUUID(),
      streaming,
      journal: [],
      sockets: new Set<WebSocket>(),
    };
    this.#sessions.set(session.id, session);
    this.counts.sessions++;
    const capabilities = {
      streaming,
      max_message_size_bytes: LIMITS.messageBytes,
      max_reconnect_attempts: LIMITS.maxReconnectAttempts,
      heartbeat_interval_seconds: LIMITS.heartbeatIntervalSeconds,
    };
    this.#append(session, { type: EVENT.SESSION_START, payload: { capabilities } });
    return c.json({ session_id: session.id, resume_token: session.resumeToken });
  }

  #open(session: FakeSession, socket: WebSocket, cursor: number): void {
    const events = session.journal.filter((event) => (event as { sequence: number }).sequence > cursor);
    socket.send(JSON.stringify(envelope({ type: EVENT.EVENT_BATCH as never, payload: { events } }, null)));
    session.sockets.add(socket);
    socket.on("close", () => session.sockets.delete(socket));
    socket.on("message", (data) => this.#receive(session, socket, JSON.parse(String(data))));
  }

  #receive(session: FakeSession, socket: WebSocket, event: ClientEvent & { metadata?: object }): void {
    this.received.push(event);
    if (this.isMute) return;
    const { type, payload, metadata } = event;
    if (type === EVENT.HEARTBEAT) socket.send(JSON.stringify(envelope({ type }, null)));
    if (type === EVENT.REQUEST_POLY_AGENT_JOIN) {
      this.#append(session, { type });
      this.#append(session, {
        type: EVENT.POLY_AGENT_JOINED,
        payload: { agent_name: "Ada", agent_avatar_url: "" },
      });
    }
    if (type === EVENT.USER_MESSAGE)
      this.#message(session, socket, { type, payload, ...(metadata && { metadata }) });
    if (type === EVENT.USER_END_SESSION) {
      this.#append(session, { type });
      this.#append(session, { type: EVENT.SESSION_END, payload: { reason: "REASON_USER_END" } });
      for (const open of session.sockets) open.close(CLOSE.ended);
    }
  }

  #message(session: FakeSession, socket: WebSocket, said: Said): void {
    if (this.refuseWith !== null) {
      const payload = { level: "SYSTEM_MESSAGE_LEVEL_WARNING", message: this.refuseWith };
      this.refuseWith = null;
      socket.send(JSON.stringify(envelope({ ...said, type: EVENT.SYSTEM_MESSAGE, payload }, null)));
    } else if (this.swallow > 0) {
      this.swallow--;
    } else {
      this.#append(session, { ...said, payload: { ...said.payload, message_id: randomUUID() } });
    }
  }

  #append(session: FakeSession, said: Said, transient = false): void {
    const event = envelope(said, transient ? null : session.journal.length + 1);
    if (!transient) session.journal.push(event);
    for (const socket of session.sockets) socket.send(JSON.stringify(event));
  }
}

const envelope = ({ type, payload = {}, metadata }: Said, sequence: number | null) => ({
  id: randomUUID(),
  sequence,
  timestamp: new Date().toISOString(),
  type,
  payload,
  ...(metadata && { metadata }),
});
