import { hash } from "node:crypto";
import { LIMITS } from "@parley/protocol";

/** A message's name, given by its client: the second message of a name is the first one again [protocol section 4]. */
export interface MessageKey {
  /** Where the client wrote it; two name spaces, so that equal texts in them are different keys. */
  field: "local_id" | "client_event_id";
  value: string;
}

export interface KeyedMessage {
  /** The sequence of the echo. */
  readonly sequence: number;
  /** Tells whether a second message of this key is the same message. */
  readonly digest: string;
}

/**
 * The keys of a session's whole life, at most `LIMITS.messagesPerSession`. Successive states share one table that is
 * only ever added to, since copying it at each message would be quadratic; so an entry counts for a state only if
 * its sequence is not beyond the state's own.
 */
export class MessageKeys {
  readonly #table = new Map<string, KeyedMessage>();

  static from(entries: Iterable<[string, KeyedMessage]>): MessageKeys {
    const keys = new MessageKeys();
    for (const [name, message] of entries) keys.#table.set(name, message);
    return keys;
  }

  /** @param through the sequence of the state that asks */
  find(key: MessageKey, through: number): KeyedMessage | undefined {
    const message = this.#table.get(nameOf(key));
    return message !== undefined && message.sequence <= through ? message : undefined;
  }

  add(key: MessageKey, message: KeyedMessage): void {
    this.#table.set(nameOf(key), message);
  }

  entries(): [string, KeyedMessage][] {
    return [...this.#table];
  }
}

const nameOf = ({ field, value }: MessageKey): string => `${field}:${value}`;

/** The key in a client's `metadata.custom`, if it has a usable one: `local_id` before `client_event_id`. */
export function messageKey(custom: object | undefined): MessageKey | null {
  if (custom === undefined) return null;
  for (const field of ["local_id", "client_event_id"] as const) {
    const value: unknown = Object.hasOwn(custom, field)
      ? (custom as Record<string, unknown>)[field]
      : undefined;
    if (typeof value === "string" && value.length >= 1 && value.length <= LIMITS.keyLength)
      return { field, value };
  }
  return null;
}

/** 128 bits of SHA-256: two texts of one key that differ are told apart without keeping the first. */
export const digest = (text: string): string => hash("sha256", text, "hex").slice(0, 32);
