import { CLOSE, EVENT, type ServerEvent } from "@parley/protocol";
import { WebSocket } from "ws";
import type { Place } from "../../bench/load/handshake.ts";
import { Changes } from "../../packages/server/src/testing/changes.ts";
import type { Habits } from "./habits.ts";
import type { Random } from "./random.ts";
import { keyOf, View } from "./view.ts";

/** A frame that the server has not confirmed. */
interface Unconfirmed {
  frame: string;
  since: number;
  copies: number;
  /** Due for sending as soon as there is a socket. */
  isDue: boolean;
  timer?: NodeJS.Timeout;
}

/** How long a connection was gone, milliseconds, and what it ended with. */
export interface Outage {
  lostAt: number;
  backAt: number | null;
  /** The close code: 1006 where no close frame came. */
  code: number;
}

export interface ClientOptions {
  place: Place;
  /** A port of 127.0.0.1; read anew for each attempt. */
  port: () => number;
  habits: Habits;
  random: Random;
}

/** A client as those in use are: reconnects with its cursor, sends again with the same key, keeps by sequence. */
export class Client {
  readonly place: Place;
  readonly view = new View();
  /** What it said, by key. */
  readonly said = new Map<string, string>();
  readonly outages: Outage[] = [];
  /** Milliseconds from a message's first sending to its echo, outages and all. */
  readonly echoMs: number[] = [];
  /** Attempts that were answered with anything but 101: clients throw their conversation away. */
  readonly refusals: string[] = [];
  /** Attempts that were answered with the end of the stream: no better, but a network does it too. */
  halfClosed = 0;
  /** Attempts that came to nothing in a way that clients bear: the port refused, the connection was reset. */
  failures = 0;
  resends = 0;
  readonly #port: () => number;
  readonly #habits: Habits;
  readonly #random: Random;
  readonly #unconfirmed = new Map<string, Unconfirmed>();
  readonly #changes = new Changes(() => `the session ${this.place.session}`);
  #socket: WebSocket | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #reconnect: NodeJS.Timeout | undefined;
  #attempts = 0;
  #heardAt = 0;
  #isBack = false;
  #isOver = false;

  constructor({ place, port, habits, random }: ClientOptions) {
    this.place = place;
    this.#port = port;
    this.#habits = habits;
    this.#random = random;
  }

  /** Connects, and stays connected until the session has ended. */
  start(): void {
    const { heartbeatMs, deadMs } = this.#habits;
    this.#heartbeat = setInterval(() => {
      if (this.#socket?.readyState !== WebSocket.OPEN) return;
      if (performance.now() - this.#heardAt > deadMs) this.drop();
      else this.#write(JSON.stringify({ type: EVENT.HEARTBEAT, payload: {} }));
    }, heartbeatMs);
    this.#connect();
  }

  /** Stops, whatever is under way. */
  stop(): void {
    this.#isOver = true;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#reconnect);
    for (const { timer } of this.#unconfirmed.values()) clearTimeout(timer);
    this.drop();
  }

  /** Loses the connection, without a word to the server. */
  drop(): void {
    this.#socket?.terminate();
  }

  /** Whether it is connected and has been replayed to. */
  get isBack(): boolean {
    return this.#isBack;
  }

  get isEnded(): boolean {
    return this.view.history.at(-1)?.type === EVENT.SESSION_END;
  }

  /** How many of its frames the server has not confirmed. */
  get unconfirmed(): number {
    return this.#unconfirmed.size;
  }

  join(): void {
    this.#confirm(EVENT.REQUEST_POLY_AGENT_JOIN, { type: EVENT.REQUEST_POLY_AGENT_JOIN, payload: {} });
  }

  /** @param text without angle brackets: the agent repeats it between them */
  say(text: string): void {
    const key = `${this.said.size + 1}`;
    this.said.set(key, text);
    const metadata = { custom: { local_id: key } };
    this.#confirm(key, { type: EVENT.USER_MESSAGE, payload: { text }, metadata });
  }

  end(): void {
    this.#confirm(EVENT.USER_END_SESSION, { type: EVENT.USER_END_SESSION, payload: {} });
  }

  /** Waits until something is true of it. @throws when it is not within so many milliseconds */
  until(condition: () => boolean, what: string, patienceMs: number): Promise<void> {
    return this.#changes.until(condition, what, patienceMs);
  }

  #connect(): void {
    const query = new URLSearchParams({
      session_id: this.place.session,
      access_token: this.place.accessToken,
      cursor: `${this.view.cursor}`,
    });
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port()}/ws?${query}`, {
      perMessageDeflate: false,
      handshakeTimeout: this.#habits.connectMs,
    });
    const take = this.view.open();
    let isRefused = false;
    let wasOpen = false;
    this.#socket = socket;
    socket.on("open", () => {
      wasOpen = true;
      this.#heardAt = performance.now();
      for (const [key, { isDue }] of this.#unconfirmed) if (isDue) this.#send(key);
    });
    socket.on("message", (data) => {
      if (this.#socket !== socket) return;
      this.#heard();
      for (const event of take(JSON.parse(String(data)))) this.#receive(event);
    });
    socket.on("unexpected-response", (request, { statusCode }) => {
      this.refusals.push(`answered ${statusCode}`);
      request.destroy();
    });
    socket.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      isRefused = code === "ECONNREFUSED";
      // Node's words for a stream that ended before the answer; a reset is told from it by its system call.
      if (!wasOpen && message === "socket hang up") this.halfClosed += 1;
    });
    socket.on("close", (code) => {
      if (this.#socket === socket) this.#lost(code, isRefused, wasOpen);
    });
  }

  #heard(): void {
    this.#heardAt = performance.now();
    if (this.#isBack) return;
    this.#isBack = true;
    this.#attempts = 0;
    const outage = this.outages.at(-1);
    if (outage !== undefined && outage.backAt === null) outage.backAt = this.#heardAt;
    this.#changes.tell();
  }

  #lost(code: number, isRefused: boolean, wasOpen: boolean): void {
    if (!wasOpen) this.failures += 1;
    if (this.#isBack || (wasOpen && this.outages.at(-1)?.backAt !== null)) {
      this.outages.push({ lostAt: performance.now(), backAt: null, code });
    }
    this.#isBack = false;
    this.#changes.tell();
    if (this.isEnded || code === CLOSE.ended) this.stop();
    if (!this.#isOver) this.#reconnect = setTimeout(() => this.#connect(), this.#wait(isRefused));
  }

  #wait(isRefused: boolean): number {
    const { returnMs, backoffMs, refusedMs } = this.#habits;
    this.#attempts += 1;
    if (isRefused && refusedMs !== null) return refusedMs;
    if (this.#attempts === 1) return this.#random.between(...returnMs);
    const backoff = backoffMs[Math.min(this.#attempts - 2, backoffMs.length - 1)] ?? 0;
    return this.#random.between(backoff / 2, backoff);
  }

  #confirm(key: string, frame: object): void {
    const since = performance.now();
    this.#unconfirmed.set(key, { frame: JSON.stringify(frame), since, copies: 0, isDue: true });
    this.#send(key);
  }

  #send(key: string): void {
    const unconfirmed = this.#unconfirmed.get(key);
    if (unconfirmed === undefined) return;
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      unconfirmed.isDue = true;
      return;
    }
    unconfirmed.isDue = false;
    unconfirmed.copies += 1;
    if (unconfirmed.copies > 1) {
      this.resends += 1;
      this.view.resent.add(key);
    }
    this.#write(unconfirmed.frame);
    clearTimeout(unconfirmed.timer);
    unconfirmed.timer = setTimeout(() => this.#send(key), this.#habits.resendMs);
  }

  #write(frame: string): void {
    // A socket may be gone at any moment; what did not leave is sent again.
    this.#socket?.send(frame, () => {});
  }

  #receive(event: ServerEvent): void {
    const key = keyOf(event);
    const confirmed = event.sequence === null ? undefined : this.#unconfirmed.get(key);
    if (confirmed !== undefined) {
      clearTimeout(confirmed.timer);
      this.#unconfirmed.delete(key);
      if (event.type === EVENT.USER_MESSAGE) this.echoMs.push(performance.now() - confirmed.since);
    }
    this.#changes.tell();
  }
}
