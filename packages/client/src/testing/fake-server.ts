import type { ConversationOptions } from "../conversation.ts";
import type { Environment, Socket } from "../options.ts";
import { memoryStorage, type ParleyStorage } from "../storage.ts";
import { TIMINGS } from "../timings.ts";
import type { ServerEvent } from "../wire.ts";
import { event } from "./events.ts";
import { ManualClock } from "./manual-clock.ts";

interface Received {
  type: string;
  payload: { text?: string; state?: string };
  metadata?: { custom: { local_id?: string } };
}

/** One socket, as the server holds it. */
class FakeSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  onerror: Socket["onerror"] = null;
  /** Neither side hears the other any more, and nobody is told. */
  isSilent = false;
  readonly url: URL;
  readonly #server: FakeServer;

  constructor(url: string, server: FakeServer) {
    this.url = new URL(url);
    this.#server = server;
    queueMicrotask(() => server.accept(this));
  }

  send(text: string): void {
    if (!this.isSilent) this.#server.receive(this, JSON.parse(text));
  }

  close(): void {
    this.#server.sockets.delete(this);
  }

  say(frame: object): void {
    if (!this.isSilent) this.onmessage?.({ data: JSON.stringify(frame) });
  }

  end(code: number): void {
    this.#server.sockets.delete(this);
    this.onclose?.({ code });
  }
}

/** A server in memory that does what a test says, with a clock that a test moves. */
export class FakeServer {
  readonly clock = new ManualClock();
  readonly storage: ParleyStorage = memoryStorage();
  readonly sockets = new Set<FakeSocket>();
  /** What clients have sent, oldest first. */
  readonly received: Received[] = [];
  /** The answers of the two requests, by path; replaced by tests. */
  readonly requests: { path: string; headers: Record<string, string>; body: unknown }[] = [];
  readonly upgrades: URL[] = [];
  history: ServerEvent[] = [];
  sessions = 0;
  isDown = false;
  /** So many upgrades from now on are refused. */
  refuseUpgrades = 0;
  /** So many messages are taken but not echoed; then so many are neither. */
  swallow = 0;
  lose = 0;
  /** Refusals of the next messages, in order. */
  refuseWith: string[] = [];
  isMute = false;
  ignoresJoins = false;
  isGone = false;
  hasResume = true;
  /** A session opens only for the token it was made with, or one of its resume token [protocol section 2]. */
  isStrict = false;
  #tokens: (string | null)[] = [];
  /** Answers with an error: both requests, or the one whose path ends so. */
  failWith: { status: number; message: string; retryAfter?: string; path?: string } | null = null;
  wake = () => {};

  get options(): ConversationOptions {
    return {
      url: "https://chat.example",
      connectorToken: "demo",
      host: "example",
      storage: this.storage,
      environment: this.environment,
    };
  }

  get environment(): Partial<Environment> {
    const server = this;
    return {
      clock: this.clock,
      random: () => 0.5,
      timings: TIMINGS,
      fetch: ((url: string, init: RequestInit) => server.#answer(url, init)) as typeof fetch,
      WebSocket: class extends FakeSocket {
        constructor(url: string) {
          super(url, server);
        }
      },
      onWake: (callback) => {
        this.wake = callback;
        return () => {};
      },
    };
  }

  get messages(): string[] {
    return this.received.flatMap(({ type, payload }) =>
      type === "EVENT_TYPE_USER_MESSAGE" ? [payload.text ?? ""] : [],
    );
  }

  count(type: string): number {
    return this.received.filter((one) => one.type === `EVENT_TYPE_${type}`).length;
  }

  /** The user messages of the history. */
  get kept(): string[] {
    return this.history.flatMap((one) => (one.type === "EVENT_TYPE_USER_MESSAGE" ? [one.payload.text] : []));
  }

  /** Something sequenced is said. */
  say(type: ServerEvent["type"], payload: object = {}, custom?: object): void {
    const said = event(type, this.history.length + 1, payload, custom);
    this.history.push(said);
    for (const socket of [...this.sockets]) socket.say(said);
  }

  /** Something that is true for a while. */
  mention(type: ServerEvent["type"], payload: object = {}, custom?: object): void {
    for (const socket of [...this.sockets]) socket.say(event(type, null, payload, custom));
  }

  /** Every socket ends. @param code 1006 is a lost connection */
  drop(code = 1006): void {
    for (const socket of [...this.sockets]) socket.end(code);
  }

  silence(): void {
    for (const socket of this.sockets) socket.isSilent = true;
    this.sockets.clear();
  }

  accept(socket: FakeSocket): void {
    this.upgrades.push(socket.url);
    const isStranger = this.isStrict && !this.#tokens.includes(socket.url.searchParams.get("access_token"));
    if (this.isDown || this.isGone || isStranger || this.refuseUpgrades-- > 0) {
      socket.end(1006);
      return;
    }
    this.refuseUpgrades = 0;
    this.sockets.add(socket);
    socket.onopen?.({} as never);
    const cursor = Number(socket.url.searchParams.get("cursor"));
    const events = this.history.filter(({ sequence }) => (sequence ?? 0) > cursor);
    socket.say({ ...event("EVENT_TYPE_HEARTBEAT", null, { events }), type: "EVENT_TYPE_EVENT_BATCH" });
  }

  receive(socket: FakeSocket, frame: Received): void {
    this.received.push(frame);
    if (this.isMute) return;
    const { type, payload, metadata } = frame;
    if (type === "EVENT_TYPE_HEARTBEAT") socket.say(event("EVENT_TYPE_HEARTBEAT", null, {}));
    if (type === "EVENT_TYPE_REQUEST_POLY_AGENT_JOIN" && !this.ignoresJoins) {
      this.say(type);
      this.say("EVENT_TYPE_POLY_AGENT_JOINED", { agent_name: "Ada", agent_avatar_url: "" });
    }
    if (type === "EVENT_TYPE_USER_END_SESSION") {
      this.say(type);
      this.say("EVENT_TYPE_SESSION_END", { reason: "REASON_USER_END" });
    }
    if (type === "EVENT_TYPE_USER_MESSAGE") this.#message(socket, payload.text ?? "", metadata?.custom ?? {});
  }

  #message(socket: FakeSocket, text: string, custom: { local_id?: string }): void {
    const refusal = this.refuseWith.shift();
    const known = this.history.find(
      ({ metadata }) => (metadata?.custom as { local_id?: string } | undefined)?.local_id === custom.local_id,
    );
    if (refusal !== undefined) {
      const level = "SYSTEM_MESSAGE_LEVEL_WARNING";
      socket.say(event("EVENT_TYPE_SYSTEM_MESSAGE", null, { level, message: refusal }, custom));
    } else if (this.lose > 0) this.lose--;
    else if (known) socket.say(known);
    else if (this.swallow-- > 0) {
      const said = event(
        "EVENT_TYPE_USER_MESSAGE",
        this.history.length + 1,
        { message_id: "", text },
        custom,
      );
      this.history.push(said);
    } else {
      this.swallow = 0;
      this.say("EVENT_TYPE_USER_MESSAGE", { message_id: `m${this.history.length}`, text }, custom);
    }
  }

  async #answer(url: string, init: RequestInit): Promise<Response> {
    const { pathname: path } = new URL(url);
    const headers = init.headers as Record<string, string>;
    this.requests.push({ path, headers, body: JSON.parse(String(init.body)) });
    if (this.isDown) throw new TypeError("fetch failed");
    if (this.failWith && path.endsWith(this.failWith.path ?? "")) {
      const { status, message, retryAfter } = this.failWith;
      return Response.json({ message }, { status, headers: retryAfter ? { "Retry-After": retryAfter } : {} });
    }
    if (path.endsWith("/access-token")) {
      if (headers["X-Resume"] && this.isGone)
        return Response.json({ message: "Failed to resume session" }, { status: 401 });
      const token = `token-${this.requests.length}`;
      if (headers["X-Resume"]) this.#tokens.push(token);
      return Response.json({ access_token: token });
    }
    this.sessions++;
    this.isGone = false;
    this.#tokens = [headers.Authorization?.replace("Bearer ", "") ?? null];
    const capabilities = { streaming: true, max_message_size_bytes: 131_072, heartbeat_interval_seconds: 30 };
    this.history = [event("EVENT_TYPE_SESSION_START", 1, { capabilities })];
    return Response.json({
      session_id: `session-${this.sessions}`,
      ...(this.hasResume && { resume_token: `resume-${this.sessions}` }),
    });
  }
}
