import { ParleyError } from "./errors.ts";
import type { Environment } from "./options.ts";
import { loadJson, type ParleyStorage, saveJson } from "./storage.ts";
import { CUSTOM_BYTES, TRIES } from "./timings.ts";
import { type Message, newMessage } from "./view.ts";

/** What a user has said and the server has not yet confirmed, or has not taken. */
export interface Entry {
  /** Its id is the `local_id`: the server takes each once, however often it arrives. */
  readonly message: Message;
  /** The session it is for; null before there is one. */
  readonly session: string | null;
  /** What stood last in the conversation when it was written. */
  readonly behind: string | null;
  /** Copies that a living server did not confirm, or refused as too fast. */
  readonly strikes: number;
}

export interface OutboxSettings {
  storage: ParleyStorage;
  storageKey: string;
  environment: Pick<Environment, "clock" | "timings">;
}

export interface OutboxHandlers {
  /** Hands a message to the socket. @returns whether there is one */
  transmit(message: Message): boolean;
  changed(): void;
  /** An echo is missing: the socket may be dead. */
  doubted(): void;
}

/** The server's words for a message that came too fast, and was not taken [protocol section 4]. */
const TOO_FAST = "Rate limit exceeded";

/** Close codes by which a server says that it does not bear a frame [section 7], and 1003 and 1008 of other servers. */
const UNBEARABLE = [1002, 1003, 1007, 1008, 1009];

/**
 * What waits for the server's echo, in order, above any one socket [protocol section 4]. One message is under way at a
 * time: so the order holds, whatever is refused, lost or sent again. Every message leaves as sent or stays as failed.
 */
export class Outbox {
  readonly #settings: OutboxSettings;
  readonly #handlers: OutboxHandlers;
  /** Ids that this one has had; others in the storage belong to other tabs. */
  readonly #known = new Set<string>();
  readonly #key: string;
  #entries: readonly Entry[] = [];
  #session: string | null = null;
  /** The id of the message that is under way. */
  #underWay: string | null = null;
  #stopTimer = () => {};

  /** Takes up what an earlier page has left. */
  constructor(settings: OutboxSettings, handlers: OutboxHandlers) {
    this.#settings = settings;
    this.#handlers = handlers;
    this.#key = `${settings.storageKey}:outbox`;
    this.#entries = this.#load().map(revived);
    for (const { message } of this.#entries) this.#known.add(message.id);
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Whether something is on its way, or waits for it. */
  get isBusy(): boolean {
    return this.#entries.some(isSending);
  }

  /**
   * @param id a new UUID
   * @param error why it is not even tried
   * @throws ParleyError `invalid_message`
   */
  add(id: string, text: string, behind: string | null, custom?: object, error?: ParleyError): void {
    if (!text) throw new ParleyError("invalid_message", "a message needs a text");
    if (custom && bytesOf(JSON.stringify({ ...custom, local_id: id })) > CUSTOM_BYTES)
      throw new ParleyError("invalid_message", `custom exceeds ${CUSTOM_BYTES} bytes`);
    const message = {
      ...newMessage(id, "user", text, this.#settings.environment.clock.now()),
      ...(custom && { custom }),
    };
    this.#known.add(id);
    const entry = { message, behind, session: this.#session, strikes: 0 };
    this.#set([...this.#entries, error ? failed(entry, error) : entry]);
  }

  /** Sends a failed message again, with the same key, behind what waits. */
  retry(id: string): void {
    const entry = this.#find(id);
    if (entry === undefined || isSending(entry)) return;
    const { error: _, ...message } = entry.message;
    const again: Entry = {
      ...entry,
      message: { ...message, state: "sending" },
      session: this.#session,
      strikes: 0,
    };
    this.#set([...this.#entries.filter((other) => other !== entry), again]);
  }

  /** What waits is for this session; what was for another one has failed. */
  enter(session: string): void {
    this.#session = session;
    const gone = new ParleyError("session_gone", "its conversation is gone");
    this.#set(
      this.#entries.map((entry) => {
        if (entry.session === null) return { ...entry, session };
        return entry.session === session ? entry : failed(entry, gone);
      }),
    );
  }

  /** There is a socket, perhaps: sends the oldest that waits, where nothing is under way. */
  pump(): void {
    const next = this.#entries.find(isSending)?.message;
    if (this.#underWay !== null || !next) return;
    const { clock, timings } = this.#settings.environment;
    this.#underWay = next.id;
    this.#stopTimer = clock.after(timings.resend, () => {
      this.#handlers.doubted();
      this.#rest();
      this.#strike(next.id, new ParleyError("unconfirmed", "the server did not confirm it"));
    });
    if (!this.#handlers.transmit(next)) this.#rest();
  }

  /** @param code of the close, or null */
  dropped(code: number | null): void {
    const id = this.#underWay;
    this.#rest();
    if (id === null) return;
    if (code !== null && UNBEARABLE.includes(code))
      this.#strike(id, new ParleyError("message_refused", `the socket closed (${code})`));
    // It was the socket that did not answer, not the server.
    else this.#replace(id, (entry) => ({ ...entry, strikes: 0 }));
  }

  /** An echo has come. */
  confirmed(id: string): void {
    if (this.#find(id) === undefined) return;
    if (this.#underWay === id) this.#rest();
    this.#set(this.#entries.filter(({ message }) => message.id !== id));
  }

  /** The server has not taken it. @returns whether it is one of these */
  refused(id: string, text: string): boolean {
    const entry = this.#find(id);
    if (entry === undefined || !isSending(entry)) return false;
    this.#rest();
    if (text !== TOO_FAST) this.#replace(id, (one) => failed(one, new ParleyError("message_refused", text)));
    else {
      const { clock, timings } = this.#settings.environment;
      this.#underWay = id;
      this.#stopTimer = clock.after(timings.tooFast * 2 ** entry.strikes, () => {
        this.#rest();
        this.#strike(id, new ParleyError("rate_limited", text));
      });
    }
    return true;
  }

  /** Nothing of it will arrive any more. */
  failAll(error: ParleyError): void {
    this.#rest();
    this.#set(this.#entries.map((entry) => failed(entry, error)));
  }

  clear(): void {
    this.#rest();
    this.#session = null;
    this.#set([]);
  }

  #rest(): void {
    this.#stopTimer();
    this.#underWay = null;
  }

  /** Another copy goes out, unless there were too many. */
  #strike(id: string, error: ParleyError): void {
    this.#replace(id, (entry) => {
      const strikes = entry.strikes + 1;
      return strikes < TRIES.message ? { ...entry, strikes } : failed(entry, error);
    });
  }

  #find(id: string): Entry | undefined {
    return this.#entries.find(({ message }) => message.id === id);
  }

  #replace(id: string, change: (entry: Entry) => Entry): void {
    this.#set(this.#entries.map((entry) => (entry.message.id === id ? change(entry) : entry)));
  }

  #load(): Entry[] {
    const entries = loadJson(this.#settings.storage, this.#key);
    return Array.isArray(entries) ? entries.filter((entry) => entry?.message?.id) : [];
  }

  #set(entries: readonly Entry[]): void {
    this.#entries = entries;
    const all = [...this.#load().filter(({ message }) => !this.#known.has(message.id)), ...entries];
    saveJson(this.#settings.storage, this.#key, all.length > 0 ? all : null);
    this.#handlers.changed();
    this.pump();
  }
}

/** UTF-8 bytes of a text. */
export const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

const isSending = ({ message }: Entry): boolean => message.state === "sending";

const failed = (entry: Entry, error: ParleyError): Entry =>
  isSending(entry) ? { ...entry, message: { ...entry.message, state: "failed", error } } : entry;

/** An entry of an earlier page; of an error only the code was kept. */
function revived(entry: Entry): Entry {
  const { message } = entry;
  if (!message.error) return entry;
  const error = new ParleyError(message.error.code, "failed on an earlier page");
  return { ...entry, message: { ...message, error } };
}
