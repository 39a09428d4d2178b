import type { Clock } from "../clock.ts";

/** What is remembered of the wire, of all sessions together: some hours of chat, or one good storm. */
const MAX_RECORDS = 20_000;
/** UTF-16 units of frames, so about twice as many bytes at most. */
const MAX_CHARACTERS = 32 * 1_024 * 1_024;
/** What happens within so long reaches who looks on in one piece, milliseconds: a frame of a display. */
const GATHER_MS = 16;

/** What is common to all that happens on the wire. */
interface Happened {
  /** Null for what belongs to none, such as a refused handshake. */
  readonly session: string | null;
  /** The connection's number in this process; null for what has none. */
  readonly connection: number | null;
}

/** Something that happened between a client and this server. */
export type Happening = Happened &
  (
    | { readonly kind: "frame"; readonly from: "client" | "server"; readonly text: string }
    /** A WebSocket was opened. */
    | { readonly kind: "opened"; readonly cursor: number; readonly userAgent: string | null }
    /** A WebSocket is gone; 1006 where no close frame was seen. */
    | { readonly kind: "closed"; readonly code: number }
    /** An upgrade was answered with an HTTP error. */
    | { readonly kind: "refused"; readonly status: number; readonly message: string }
    /** A request of the handshake; secrets are left out of its bodies. */
    | {
        readonly kind: "request";
        /** The user of the access token that was asked for or shown. */
        readonly user: string | null;
        readonly method: string;
        readonly path: string;
        readonly status: number;
        readonly ms: number;
        readonly request: string;
        readonly response: string;
      }
    /** A fault on demand. */
    | { readonly kind: "fault"; readonly fault: object }
  );

/** One record: what happened, in the order of `n`, and when: milliseconds since 1970. */
export type WireRecord = Happening & { readonly n: number; readonly at: number };

/** What happened on the wire of late, bounded, oldest first, and a subscription to what happens next. */
export class WireLog {
  readonly #clock: Clock;
  readonly #records: WireRecord[] = [];
  readonly #listeners = new Set<(records: readonly WireRecord[]) => void>();
  #fresh: WireRecord[] = [];
  #characters = 0;
  #newest = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(happening: Happening): void {
    this.#newest += 1;
    const record = { n: this.#newest, at: this.#clock.now(), ...happening };
    this.#records.push(record);
    this.#characters += lengthOf(record);
    this.#forget();
    if (this.#listeners.size === 0) return;
    this.#fresh.push(record);
    if (this.#fresh.length === 1) this.#clock.after(GATHER_MS, () => this.#tell());
  }

  /**
   * What is remembered, oldest first.
   * @param after the `n` of the last record that is known already
   * @param session null for all
   */
  read(after = 0, session: string | null = null): WireRecord[] {
    return this.#records.filter((record) => record.n > after && isOf(record, session));
  }

  /** What happens from now on, several records at a time. @returns what ends it */
  subscribe(listener: (records: readonly WireRecord[]) => void): () => void {
    // What is on its way to others is remembered already, and would come twice.
    this.#tell();
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    const records = this.#fresh;
    this.#fresh = [];
    if (records.length > 0) for (const listener of this.#listeners) listener(records);
  }

  #forget(): void {
    let count = 0;
    while (this.#records.length - count > MAX_RECORDS || this.#characters > MAX_CHARACTERS) {
      this.#characters -= lengthOf(this.#records[count]);
      count += 1;
    }
    if (count > 0) this.#records.splice(0, count);
  }
}

export const isOf = (record: WireRecord, session: string | null): boolean =>
  session === null || record.session === session;

const lengthOf = (record: WireRecord | undefined): number =>
  record?.kind === "frame" ? record.text.length : 0;
