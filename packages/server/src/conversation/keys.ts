import { hash } from "node:crypto";
import { LIMITS } from "@parley/protocol";

/** A message's name, given by its client: the second message of a name is the first one again [protocol section 4]. */
export interface MessageKey {
  /** Where the client wrote it; two name spaces, so that equal texts in them are different keys. */
  field: "local_id" | "client_event_id";
  value: string;
}

/** What a key names, and where in the session's list that is. */
interface Keyed {
  readonly at: number;
}

export interface KeyedMessage extends Keyed {
  /** The sequence of the echo. */
  readonly at: number;
  /** Tells whether a second message of this key is the same message. */
  readonly digest: string;
}

/**
 * The keys of a session's whole life; what adds to them bounds them. Successive states share one table that is only
 * ever added to, since copying it at each message would be quadratic; so an entry counts for a state only if it does
 * not lie beyond the state's own place.
 */
export class Keys<Entry extends Keyed> {
  readonly #table = new Map<string, Entry>();

  static from<Entry extends Keyed>(entries: Iterable<[string, Entry]>): Keys<Entry> {
    const keys = new Keys<Entry>();
    for (const [name, entry] of entries) keys.#table.set(name, entry);
    return keys;
  }

  /** @param through the place of the state that asks */
  find(name: string, through: number): Entry | undefined {
    const entry = this.#table.get(name);
    return entry !== undefined && entry.at <= through ? entry : undefined;
  }

  add(name: string, entry: Entry): void {
    this.#table.set(name, entry);
  }

  /** How many there are, for a state or beyond it. */
  get size(): number {
    return this.#table.size;
  }

  entries(): [string, Entry][] {
    return [...this.#table];
  }
}

export const nameOf = ({ field, value }: MessageKey): string => `${field}:${value}`;

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
