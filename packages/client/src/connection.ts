import { Emitter } from "./emitter.ts";
import { ParleyError, toParleyError } from "./errors.ts";
import { Handshake, type SessionRecord, type Ticket } from "./handshake.ts";
import { address } from "./http.ts";
import { Joining } from "./joining.ts";
import { Link } from "./link.ts";
import { backoff, type ConnectionState, isActive, nextState, type Signal } from "./machine.ts";
import { type ConnectionOptions, resolveOptions, type Settings } from "./options.ts";
import { TRIES } from "./timings.ts";
import type {
  Capabilities,
  ClientEventType,
  ClientPayloads,
  EventOf,
  ServerEvent,
  ServerEventType,
} from "./wire.ts";

/** What a user interface shows of a connection. */
export interface ConnectionStatus {
  readonly state: ConnectionState;
  /** Why the last attempt failed, or why it cannot go on; null while all is well. */
  readonly error: ParleyError | null;
  /** Attempts in a row that failed. */
  readonly attempt: number;
  /** When the next attempt is made, milliseconds since 1970; null where none is waited for. */
  readonly retryAt: number | null;
}

/** What `on` listens to: every type of event, and these. */
export type ConnectionEvents = { [Type in ServerEventType]: EventOf<Type> } & {
  /** Every event, once, in the order of the conversation. */
  event: ServerEvent;
  status: ConnectionStatus;
  /** A session begins or is left: what was seen so far is not of it. */
  session: SessionRecord | null;
  /** A socket is open, and what is sent goes out. */
  open: undefined;
  /** A socket is gone. The close code, or null where none was seen. */
  drop: number | null;
};

/**
 * A connection to one conversation that holds: handshake, socket, reconnect with its cursor, heartbeat
 * [protocol sections 1, 2 and 5]. Frames are lost with a socket; what must arrive goes through a `Conversation`.
 */
export class Connection {
  readonly #settings: Settings;
  readonly #emitter = new Emitter<ConnectionEvents>();
  readonly #handshake: Handshake;
  readonly #joining: Joining;
  readonly #seen = new Set<number>();
  #status: ConnectionStatus = { state: "idle", error: null, attempt: 0, retryAt: null };
  #cursor = 0;
  /** Whether the session was made known. */
  #isEntered = false;
  #link: Link | undefined;
  /** Ends with the attempt that runs. */
  #attempt = new AbortController();
  /** Sockets in a row that were not accepted. */
  #refused = 0;
  /** From when on the socket has been of use, so that the next attempt is a first one again; at once for an event. */
  #provenAt = Number.POSITIVE_INFINITY;
  #capabilities: Partial<Capabilities> = {};
  #stopRetry = () => {};
  #stopGrace = () => {};
  #stopWake = () => {};

  /** Does nothing until `connect`. @throws TypeError for options that cannot be meant */
  constructor(options: ConnectionOptions) {
    this.#settings = resolveOptions(options);
    this.#handshake = new Handshake(this.#settings);
    this.#joining = new Joining(this.#settings.environment, this.#settings.join, () =>
      this.send("EVENT_TYPE_REQUEST_POLY_AGENT_JOIN", {}),
    );
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** The session, as it is remembered; null before there is one. */
  get session(): SessionRecord | null {
    return this.#handshake.session;
  }

  /** The highest sequence seen. */
  get cursor(): number {
    return this.#cursor;
  }

  /** @returns what takes the listener away again */
  on<Name extends keyof ConnectionEvents>(
    name: Name,
    listener: (value: ConnectionEvents[Name]) => void,
  ): () => void {
    return this.#emitter.on(name, listener);
  }

  /** Connects, or tries again at once where it waits or has failed. The remembered session goes on. */
  connect(): void {
    if (this.#status.state === "ended") return;
    if (!isActive(this.#status.state)) {
      this.#refused = 0;
      this.#begin();
    } else if (this.#status.retryAt !== null) {
      // What was learned of the network counts no more.
      this.#move(null, { attempt: 0 });
      void this.#open();
    }
  }

  /** Leaves this session for a new one. It is told to end, if it can hear it. */
  restart(): void {
    this.send("EVENT_TYPE_USER_END_SESSION", {});
    this.#leave(true);
    this.#move("stop");
    this.#begin();
  }

  /** Closes the socket. The session stays: `connect` goes on with it. */
  close(): void {
    this.#halt();
    if (this.#status.state !== "ended") this.#move("stop");
  }

  /** @returns whether it was handed to an open socket; not whether it arrived */
  send<Type extends ClientEventType>(type: Type, payload: ClientPayloads[Type], custom?: object): boolean {
    return this.#link?.send(type, payload, custom) ?? false;
  }

  /** Asks for an agent where the user wants one now, however often that has failed. */
  join(): void {
    this.#joining.again();
  }

  /** Doubts the socket: asks for a sign of life, or tries again at once. */
  wake(): void {
    const { state, error } = this.#status;
    if (this.#link !== undefined) this.#link.probe();
    else if (state !== "failed" || error?.retryable) this.connect();
  }

  #begin(): void {
    this.#halt();
    this.#stopWake();
    this.#stopWake = this.#settings.environment.onWake(() => this.wake());
    this.#move("start", { attempt: 0, error: null });
    void this.#open();
  }

  #leave(isWanted: boolean): void {
    this.#halt();
    this.#handshake.forgetSession(isWanted);
    this.#joining.reset();
    this.#isEntered = false;
    this.#seen.clear();
    this.#cursor = this.#refused = 0;
    this.#emitter.emit("session", null);
  }

  /** One attempt: handshake and socket. */
  async #open(): Promise<void> {
    this.#stopRetry();
    this.#attempt.abort();
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#move(null, { retryAt: null });
    // A listener may have stopped it.
    if (!isActive(this.#status.state)) return;
    const { clock, timings } = this.#settings.environment;
    this.#stopRetry = clock.after(timings.handshake, () =>
      this.#retry(new ParleyError("network", "the handshake took too long")),
    );
    try {
      const ticket = await this.#handshake.ticket(attempt.signal);
      if (attempt.signal.aborted) return;
      this.#stopRetry();
      if (!this.#isEntered) this.#enter(ticket.session);
      this.#link = this.#openLink(ticket);
    } catch (error) {
      if (!attempt.signal.aborted) this.#handshakeFailed(toParleyError(error, "network"));
    }
  }

  #enter(session: SessionRecord): void {
    this.#isEntered = true;
    if (this.#settings.resumeFrom === "cursor") this.#cursor = session.cursor;
    this.#joining.reset(session.joined && this.#cursor > 0);
    this.#emitter.emit("session", session);
  }

  #openLink({ session, accessToken }: Ticket): Link {
    const url = address(this.#settings.url, "ws");
    url.search = `${new URLSearchParams({ session_id: session.id, access_token: accessToken, cursor: `${this.#cursor}` })}`;
    const link = new Link(url.href.replace("http", "ws"), this.#settings.environment, {
      received: (events) => {
        for (const event of events) if (this.#link === link) this.#receive(event);
        if (this.#settings.resumeFrom === "cursor") this.#handshake.remember({ cursor: this.#cursor });
      },
      opened: () => this.#opened(link),
      gone: (code) => this.#gone(link, code),
      heartbeat: () => {
        const seconds = this.#capabilities.heartbeat_interval_seconds || Number.POSITIVE_INFINITY;
        return Math.min(seconds * 1_000, this.#settings.environment.timings.heartbeat);
      },
    });
    return link;
  }

  #opened(link: Link): void {
    const { clock, timings } = this.#settings.environment;
    this.#refused = 0;
    this.#provenAt = Math.min(this.#provenAt, clock.now() + timings.proven);
    this.#stopGrace();
    this.#joining.opened();
    this.#move("opened", { error: null });
    if (this.#link === link) this.#emitter.emit("open", undefined);
  }

  #receive(event: ServerEvent): void {
    const { sequence } = event;
    if (sequence) {
      if (this.#seen.has(sequence)) return;
      this.#seen.add(sequence);
      this.#cursor = Math.max(this.#cursor, sequence);
      this.#provenAt = 0;
    }
    if (event.type === "EVENT_TYPE_SESSION_START") this.#capabilities = event.payload.capabilities ?? {};
    if (this.#joining.receive(event)) this.#handshake.remember({ joined: true });
    this.#emitter.emit(event.type, event as never);
    this.#emitter.emit("event", event);
    if (event.type === "EVENT_TYPE_SESSION_END") {
      this.#halt();
      this.#move("ended", { error: null });
    }
  }

  /**
   * A browser does not say why an upgrade failed. After two in a row HTTP is asked: a fresh token for this session,
   * which is refused in plain words where the session is gone.
   */
  #gone(link: Link, code: number | null): void {
    if (this.#link !== link) return;
    this.#halt();
    if (!link.wasAccepted && ++this.#refused % TRIES.upgrades === 0) this.#handshake.doubtToken();
    this.#emitter.emit("drop", code);
    // Without a resume token HTTP has no answer to give: the token was made anew and is no better than the last.
    if (this.session?.resumeToken === null && this.#refused > 2 * TRIES.upgrades)
      this.#sessionGone(new ParleyError("session_gone", "no socket is accepted"));
    else this.#retry(new ParleyError("network", `the socket closed (${code ?? "it went silent"})`));
  }

  #handshakeFailed(error: ParleyError): void {
    if (error.code === "session_gone") this.#sessionGone(error);
    else if (error.retryable) this.#retry(error);
    else this.#fail(error);
  }

  /** A session that was only remembered and is gone was never shown: another one takes its place. */
  #sessionGone(error: ParleyError): void {
    if (this.#seen.size > 0 || !this.#handshake.isRemembered) this.#fail(error);
    else {
      this.#leave(false);
      void this.#open();
    }
  }

  #retry(error: ParleyError): void {
    // A listener may have stopped it.
    if (!isActive(this.#status.state)) return;
    this.#attempt.abort();
    this.#stopRetry();
    const { clock, timings, random } = this.#settings.environment;
    const attempt = clock.now() < this.#provenAt ? this.#status.attempt + 1 : 1;
    this.#provenAt = Number.POSITIVE_INFINITY;
    const limit =
      this.#settings.maxReconnects ?? this.#capabilities.max_reconnect_attempts ?? TRIES.reconnect;
    if (attempt > limit) {
      this.#fail(new ParleyError("unreachable", `no connection after ${limit} attempts`, { cause: error }));
      return;
    }
    const wait = backoff(attempt - 1, timings.backoffFirst, timings.backoffLast, random());
    const delay = Math.max(wait, error.retryAfter);
    if (this.#status.state === "open")
      this.#stopGrace = clock.after(timings.grace, () => this.#move("overdue"));
    this.#move("dropped", { error, attempt, retryAt: clock.now() + delay });
    this.#stopRetry = clock.after(delay, () => void this.#open());
  }

  #fail(error: ParleyError): void {
    this.#halt();
    this.#move("failed", { error });
  }

  /** Ends whatever runs or waits. */
  #halt(): void {
    this.#attempt.abort();
    this.#stopRetry();
    const link = this.#link;
    this.#link = undefined;
    link?.close();
    this.#joining.dropped();
  }

  #move(signal: Signal | null, news: Partial<ConnectionStatus> = {}): void {
    const state = signal === null ? this.#status.state : nextState(this.#status.state, signal);
    const isOver = !isActive(state);
    if (isOver) this.#stopGrace();
    if (state === "idle" || state === "ended") this.#stopWake();
    this.#status = { ...this.#status, ...news, state, ...(isOver && { retryAt: null }) };
    this.#emitter.emit("status", this.#status);
  }
}
