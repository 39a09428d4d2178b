import { LIMITS } from "@parley/protocol";
import { decode } from "../../conversation/entries.ts";
import type { ContextValues } from "../../conversation/facts.ts";
import type { Journal, Row, RowPage, SessionRecord } from "../../journal/journal.ts";
import { History } from "../../session/history.ts";
import type { HandoffName } from "../provider.ts";
import { type Delivery, deliveryOf, requestedDelivery } from "./deliveries.ts";

/** What is read of a session's rows at once, on the way from its beginning to a request. */
const SCAN = { rows: LIMITS.batchEvents, bytes: LIMITS.batchBytes };
/** What is read at once to find the next row that means something: a person's words and their command's key lie between two. */
const LOOK = { rows: 16, bytes: LIMITS.batchBytes };
/**
 * Bytes of wire text of which the transcript in a request is made, the newest: a long conversation of ordinary length.
 * The whole is behind `transcript_url`.
 */
const TRANSCRIPT_BYTES = 65_536;

/** Rows that mean something to a receiver; the others are passed over unread. */
const KINDS: ReadonlySet<string> = new Set([
  "event",
  "context_verified",
  "handoff_transferred",
  "handoff_ended",
]);

/** What is owed of a handoff next. */
export interface Next {
  /** Null where all that is on disk was delivered. */
  readonly delivery: Delivery | null;
  /** The position up to which there is nothing to deliver before it. */
  readonly through: number;
}

/** What the receiver of a handoff is to be told, read from the session's journal: a row leads to one delivery or to none. */
export class Owed {
  readonly #name: HandoffName;
  readonly #journal: Journal;
  readonly #publicUrl: string;
  #session: SessionRecord | undefined;

  constructor(name: HandoffName, journal: Journal, publicUrl: string | null) {
    this.#name = name;
    this.#journal = journal;
    this.#publicUrl = publicUrl ?? "";
  }

  /** @param after the position of the last row that was delivered; 0: none was. @throws where the journal cannot be read */
  async next(after: number): Promise<Next> {
    this.#session ??= (await this.#journal.find(this.#name.session)) ?? undefined;
    if (this.#session === undefined) throw new Error("the session of a handoff is not in the journal");
    if (after === 0) return await this.#request(this.#session);
    let through = after;
    for await (const row of this.#rows(this.#session, after, LOOK)) {
      const delivery = KINDS.has(row.kind) ? deliveryOf(this.#name, decode(row)) : null;
      if (delivery !== null) return { delivery, through };
      through = row.position;
    }
    return { delivery: null, through };
  }

  /** The request, with what stands before it. */
  async #request(session: SessionRecord): Promise<Next> {
    let verified: ContextValues | null = null;
    let sequence = 0;
    for await (const row of this.#rows(session, 0, SCAN)) {
      sequence = row.sequence ?? sequence;
      if (row.kind !== "context_verified" && row.kind !== "handoff_requested") continue;
      const entry = decode(row);
      if (entry.kind === "context_verified") verified = entry.data.context;
      if (entry.kind !== "handoff_requested" || entry.data.id !== this.#name.id) continue;
      const history = new History(this.#journal, session.key);
      const events = await history.newest(sequence, TRANSCRIPT_BYTES);
      const around = { session, verified, events, publicUrl: this.#publicUrl };
      return {
        delivery: requestedDelivery(this.#name, row.position, entry.data, around),
        through: 0,
      };
    }
    return { delivery: null, through: 0 };
  }

  async *#rows(session: SessionRecord, after: number, size: Omit<RowPage, "after">): AsyncGenerator<Row> {
    for (let read = after; ; ) {
      const page = await this.#journal.entries(session.key, { after: read, ...size });
      if (page.length === 0) return;
      yield* page;
      read = page.at(-1)?.position ?? read;
    }
  }
}
