import { CLOSE, EVENT, type EventBatch, type ServerEvent, SYSTEM_LEVEL } from "@parley/protocol";
import { WebSocket } from "ws";
import { type ClientRecord, isKept, type Kept, localId, type Said, type SocketRecord } from "./record.ts";
import { unanswered } from "./rules.ts";

/** When a client does what it does by itself, milliseconds. */
export interface Habits {
  /** A message without an echo is sent again so long after its first sending. Shipped clients: 3, 6 and 9 s. */
  resendMs: readonly number[];
  /** A lost connection is tried again so much later. */
  reconnectMs: number;
}

/** Where the server is by now. */
export interface Place {
  readonly url: string;
  readonly accessToken: string;
}

/** Phrases in errors that shipped clients take for an order to ask the agent in [protocol section 5]. */
const JOIN_AGAIN = /conversation not found|conversation id not found|unable to start a conversation/i;

/** A client as those in use are, that remembers all it has seen on each of its sockets. */
export class Client implements ClientRecord {
  readonly sessionId: string;
  readonly sockets: SocketRecord[] = [];
  readonly said = new Map<string, Said>();
  readonly errors: { behind: number; message: string }[] = [];
  readonly faults: string[] = [];
  joins = 0;
  readonly #place: Place;
  readonly #habits: Habits;
  readonly #echoed = new Set<string>();
  readonly #history = new Map<number, Kept>();
  readonly #open = new Set<WebSocket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #waiting = new Set<() => void>();
  #socket: WebSocket | undefined;
  #cursor = 0;
  #joined = false;
  #ended = false;
  #stopped = false;

  constructor(sessionId: string, place: Place, habits: Habits) {
    this.sessionId = sessionId;
    this.#place = place;
    this.#habits = habits;
  }

  /** Opens a socket, which is the one to send on from then on; others stay open beside it. */
  connect(): void {
    if (this.#ended || this.#stopped) return;
    const query = new URLSearchParams({
      session_id: this.sessionId,
      access_token: this.#place.accessToken,
      cursor: `${this.#cursor}`,
    });
    const socket = new WebSocket(`${this.#place.url.replace("http", "ws")}/ws?${query}`);
    const record: SocketRecord = { cursor: this.#cursor, events: [] };
    this.sockets.push(record);
    this.#socket = socket;
    this.#open.add(socket);
    let isWelcome = false;
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data)) as ServerEvent | EventBatch;
      for (const event of frame.type === EVENT.EVENT_BATCH ? frame.payload.events : [frame]) {
        record.events.push(event);
        this.#receive(event);
      }
      if (!isWelcome && !this.#joined) this.join();
      isWelcome = true;
      this.#wake();
    });
    socket.on("unexpected-response", (request, { statusCode }) => {
      this.faults.push(`an upgrade was answered ${statusCode}`);
      request.destroy();
    });
    socket.on("error", () => {});
    socket.on("close", (code) => {
      this.#open.delete(socket);
      const isExpected = code === CLOSED_WITHOUT_WORD || (code === CLOSE.ended && this.#ended);
      if (!isExpected) this.faults.push(`a socket was closed with ${code}`);
      this.#wake();
      if (this.#socket === socket) this.#later(this.#habits.reconnectMs, () => this.connect());
    });
  }

  /** Connects once more, as a phone does that changes its network, and leaves the older sockets a while later. */
  replaceSocket(overlapMs: number): void {
    if (this.#cursor === 0 || this.#socket?.readyState !== WebSocket.OPEN) return;
    const older = [...this.#open];
    this.connect();
    this.#later(overlapMs, () => {
      for (const socket of older) socket.terminate();
    });
  }

  /** Loses its connections, without a word to the server. */
  drop(): void {
    for (const socket of this.#open) socket.terminate();
  }

  join(): void {
    this.joins += 1;
    this.#send(EVENT.REQUEST_POLY_AGENT_JOIN, {});
  }

  /** Says something, and again until it is echoed or its patience ends. */
  say(text: string): void {
    const key = `${this.sessionId.slice(0, 8)}-${this.said.size + 1}`;
    this.said.set(key, { text, copies: 0 });
    this.#sendMessage(key);
    for (const ms of this.#habits.resendMs) this.#later(ms, () => this.#sendMessage(key));
  }

  /** Ends the conversation. */
  end(): void {
    this.#send(EVENT.USER_END_SESSION, {});
  }

  beat(): void {
    this.#send(EVENT.HEARTBEAT, {});
  }

  /** The highest sequence it has seen. */
  get cursor(): number {
    return this.#cursor;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  /** What the server owes: an echo, an answer, the end of a message. */
  get owed(): string[] {
    if (this.#ended) return [];
    const unheard = [...this.said].filter(([key]) => !this.#echoed.has(key)).map(([key]) => `echo of ${key}`);
    const last = this.#seen.findLast((event) => event.type === EVENT.POLY_AGENT_MESSAGE_CHUNK);
    const isOpen = last?.type === EVENT.POLY_AGENT_MESSAGE_CHUNK && !last.payload.is_complete;
    return [...unheard, ...unanswered(this, this.#seen), ...(isOpen ? ["a last chunk"] : [])];
  }

  /** What it has, ascending. */
  get #seen(): Kept[] {
    return [...this.#history.values()].sort((a, b) => a.sequence - b.sequence);
  }

  /**
   * Waits until the server owes nothing any more. What was given up is said once more, as users do.
   * @throws with what is owed when that takes longer
   */
  async settle(patienceMs: number): Promise<void> {
    const again = setInterval(() => {
      if (!this.#joined) this.join();
      for (const key of this.said.keys()) this.#sendMessage(key);
    }, this.#habits.resendMs[0]);
    try {
      await this.#until(() => this.owed, patienceMs);
    } finally {
      clearInterval(again);
    }
  }

  /** Waits until it has seen an event. @throws when that takes longer */
  hasSeen(sequence: number, patienceMs: number): Promise<void> {
    return this.#until(() => (this.#cursor >= sequence ? [] : [`${sequence}`]), patienceMs);
  }

  /** Nothing happens by itself any more. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.drop();
  }

  #receive(event: ServerEvent): void {
    if (isKept(event)) {
      this.#history.set(event.sequence, event);
      this.#cursor = Math.max(this.#cursor, event.sequence);
    }
    switch (event.type) {
      case EVENT.USER_MESSAGE:
        this.#echoed.add(localId(event) ?? "");
        break;
      case EVENT.REQUEST_POLY_AGENT_JOIN:
      case EVENT.POLY_AGENT_JOINED:
        this.#joined = !this.#isElsewhere(event.sequence ?? 0);
        break;
      case EVENT.CLIENT_HANDOFF_REQUIRED:
        this.#joined = false;
        break;
      case EVENT.SESSION_END:
        this.#ended = true;
        break;
      case EVENT.SYSTEM_MESSAGE:
        if (event.payload.level !== SYSTEM_LEVEL.error) break;
        if (JOIN_AGAIN.test(event.payload.message)) this.join();
        else this.errors.push({ behind: this.#cursor, message: event.payload.message });
        break;
    }
  }

  /** An older socket, or a repeated echo, may tell of a join that a handoff has undone since. */
  #isElsewhere(sequence: number): boolean {
    return this.#history.values().some((event) => {
      return event.type === EVENT.CLIENT_HANDOFF_REQUIRED && event.sequence > sequence;
    });
  }

  #sendMessage(key: string): void {
    const said = this.said.get(key);
    if (said === undefined || this.#echoed.has(key)) return;
    if (this.#send(EVENT.USER_MESSAGE, { text: said.text }, { local_id: key })) said.copies += 1;
  }

  #send(type: string, payload: object, custom?: object): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ type, payload, ...(custom && { metadata: { custom } }) }));
    return true;
  }

  /** The end of the conversation, for whoever has to find out what went wrong. */
  get #story(): string {
    const told = this.#seen.filter(({ type, payload }) => {
      return type !== EVENT.POLY_AGENT_MESSAGE_CHUNK || payload.chunk_index === 1 || payload.is_complete;
    });
    const events = told.slice(-30).map(({ sequence, type, timestamp, payload }) => {
      return `${sequence} ${timestamp} ${type} ${JSON.stringify(payload).slice(0, 200)}`;
    });
    const errors = this.errors.map(({ behind, message }) => `told behind ${behind}: ${message}`);
    return [...events, ...errors].join("\n");
  }

  #later(ms: number, callback: () => void): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      callback();
    }, ms);
    this.#timers.add(timer);
  }

  async #until(missing: () => string[], patienceMs: number): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (missing().length > 0) {
      const left = deadline - performance.now();
      if (left <= 0)
        throw new Error(`${this.sessionId} still waits for ${missing().join(", ")}\n${this.#story}`);
      await this.#news(left);
    }
  }

  #news(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#waiting.add(wake);
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

/** RFC 6455's code for a connection that was lost. */
const CLOSED_WITHOUT_WORD = 1006;
