import { Connection } from "./connection.ts";
import { Emitter } from "./emitter.ts";
import { ParleyError } from "./errors.ts";
import { uuid } from "./handshake.ts";
import { type ConnectionOptions, resolveOptions, type Settings } from "./options.ts";
import { bytesOf, Outbox } from "./outbox.ts";
import { NOT_JOINED } from "./phrases.ts";
import { INITIAL, localIdOf, PASSING, patch, reduce, type State } from "./reduce.ts";
import { compose, type Snapshot } from "./snapshot.ts";
import { MESSAGE_BYTES } from "./timings.ts";
import type { ServerEvent } from "./wire.ts";

/** As for a connection; a conversation always reads its history from the start. */
export type ConversationOptions = ConnectionOptions & { resumeFrom?: never };

export interface SendOptions {
  /** Comes back with the message, here and in transcripts; at most 16 KB as JSON. `local_id` is the client's own. */
  custom?: object;
}

/**
 * A conversation as a user interface shows it: an immutable snapshot, `subscribe`, and what a user does. It fits React's
 * `useSyncExternalStore` as it is. Everything that is said goes through an outbox, and arrives once and in order.
 */
export class Conversation {
  /** The connection beneath: its events and its status. Listen to it; start and stop it here. */
  readonly connection: Connection;
  readonly #settings: Settings;
  readonly #outbox: Outbox;
  readonly #emitter = new Emitter<{ change: undefined }>();
  #state: State = INITIAL;
  /** Came since the state was last looked at: a frame of two hundred events is one change. */
  #arrived: ServerEvent[] = [];
  #snapshot: Snapshot | undefined;
  #isAnnounced = false;
  /** The user wants the end; the server was told so on this socket. */
  #isEnding = false;
  #hasEnded = false;
  #stopThinking = () => {};
  /** Ends the user's typing; undefined while nothing is typed. */
  #stopTyping: (() => void) | undefined;

  /** Does nothing until `start`. @throws TypeError for options that cannot be meant */
  constructor(options: ConversationOptions) {
    // Resolved once for both: a storage in memory would be two.
    const settings = { ...resolveOptions(options), resumeFrom: "start" as const };
    const connection = new Connection(settings);
    this.#settings = settings;
    this.connection = connection;
    this.#outbox = new Outbox(settings, {
      transmit: ({ id: local_id, text, custom }) =>
        connection.send("EVENT_TYPE_USER_MESSAGE", { text }, { ...custom, local_id }),
      changed: () => this.#changed(),
      doubted: () => connection.wake(),
    });
    connection.on("event", (event) => this.#receive(event));
    connection.on("session", (session) => {
      this.#rest();
      this.#state = INITIAL;
      this.#arrived = [];
      this.#isEnding = false;
      if (session !== null) this.#outbox.enter(session.id);
      this.#changed();
    });
    connection.on("open", () => {
      this.#hasEnded = false;
      this.#outbox.pump();
      this.#changed();
    });
    connection.on("drop", (code) => this.#dropped(code));
    connection.on("status", ({ state, error }) => {
      if (state === "failed" && error) this.#outbox.failAll(error);
      this.#changed();
    });
  }

  /** Connects. A remembered conversation goes on, in a page that was loaded again, or in another tab. */
  start(): void {
    this.connection.connect();
  }

  /** Disconnects. The conversation stays: `start` goes on with it. */
  stop(): void {
    this.connection.close();
    this.#dropped(null);
  }

  /** @returns what takes the listener away again */
  readonly subscribe = (listener: () => void): (() => void) => this.#emitter.on("change", listener);

  /** What is to be shown: another object after every change, and the same one until then. */
  readonly getSnapshot = (): Snapshot => {
    this.#fold();
    this.#snapshot ??= compose(this.#state.view, this.#outbox, this.#isEnding, this.connection);
    return this.#snapshot;
  };

  /**
   * Says something: now, or when there is a connection again. It stands in the snapshot at once.
   * @returns the id of the message
   * @throws ParleyError `invalid_message` for an empty text, or `custom` above its limit
   */
  send(text: string, { custom }: SendOptions = {}): string {
    const id = uuid();
    const { timeline, ended, capabilities, presence } = this.getSnapshot();
    const { state, error } = this.connection.status;
    const limit = capabilities?.max_message_size_bytes ?? MESSAGE_BYTES;
    let problem: ParleyError | undefined;
    if (state === "failed" && error && !error.retryable) problem = error;
    if (bytesOf(text) > limit) problem = new ParleyError("message_too_large", `it exceeds ${limit} bytes`);
    if (ended !== null) problem = over();
    this.#typed();
    this.#outbox.add(id, text, timeline.at(-1)?.id ?? null, custom, problem);
    if (state === "failed" && !problem) this.connection.connect();
    // Nobody is there: the server keeps the message until somebody is asked for.
    if (presence === "away" || presence === "joining") this.connection.join();
    return id;
  }

  /** The user types; to be called with every key. Told to a person only, who sees it for as long as it goes on. */
  typing(): void {
    if (this.getSnapshot().presence !== "person") return;
    const { clock, timings } = this.#settings.environment;
    if (!this.#stopTyping) this.connection.send("EVENT_TYPE_USER_TYPING", { state: "TYPING_STATE_STARTED" });
    this.#stopTyping?.();
    this.#stopTyping = clock.after(timings.typing, () => this.#typed());
  }

  /** Ends the conversation, once everything before was said; also when that is only after a reconnect. */
  end(): void {
    this.#isEnding = this.getSnapshot().ended === null;
    this.#changed();
  }

  /** Tries again: a failed message by its id, or the connection. */
  retry(id?: string): void {
    if (id && this.getSnapshot().ended === null) this.#outbox.retry(id);
    this.start();
  }

  /** Leaves this conversation for a new one; the old one is told to end, if it can hear it. */
  restart(): void {
    this.#outbox.clear();
    this.connection.restart();
  }

  /** The user has stopped typing. */
  #typed(): void {
    if (!this.#stopTyping) return;
    this.#stopTyping();
    this.#stopTyping = undefined;
    this.connection.send("EVENT_TYPE_USER_TYPING", { state: "TYPING_STATE_STOPPED" });
  }

  #receive(event: ServerEvent): void {
    const localId = localIdOf(event);
    if (localId !== null && event.type === "EVENT_TYPE_USER_MESSAGE") this.#outbox.confirmed(localId);
    if (localId !== null && event.type === "EVENT_TYPE_SYSTEM_MESSAGE") {
      const { message } = event.payload;
      // Not of this message, which may well have been taken: the connection asks to join.
      if (!NOT_JOINED.test(message) && this.#outbox.refused(localId, message)) return;
    }
    if (event.type === "EVENT_TYPE_POLY_AGENT_THINKING") {
      const { clock, timings } = this.#settings.environment;
      this.#stopThinking();
      this.#stopThinking = clock.after(timings.thinking, () => {
        this.#state = patch(this.#state, { isThinking: false });
        this.#changed();
      });
    }
    this.#arrived.push(event);
    if (event.type === "EVENT_TYPE_SESSION_END") {
      this.#isEnding = false;
      this.#rest();
      this.#outbox.failAll(over());
    }
    this.#changed();
  }

  #dropped(code: number | null): void {
    this.#outbox.dropped(code);
    this.#rest();
    this.#fold();
    this.#state = patch(this.#state, PASSING);
    this.#changed();
  }

  /** Nobody types or thinks any more. */
  #rest(): void {
    this.#typed();
    this.#stopThinking();
  }

  #fold(): void {
    if (this.#arrived.length > 0) this.#state = reduce(this.#state, this.#arrived.splice(0));
  }

  /** Tells once for all that happens in one go. */
  #changed(): void {
    this.#snapshot = undefined;
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    queueMicrotask(() => {
      this.#isAnnounced = false;
      if (this.#isEnding && !this.#hasEnded && !this.#outbox.isBusy)
        this.#hasEnded = this.connection.send("EVENT_TYPE_USER_END_SESSION", {});
      this.#emitter.emit("change", undefined);
    });
  }
}

const over = () => new ParleyError("conversation_ended", "the conversation is over");
