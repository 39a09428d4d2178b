import { decode } from "../../conversation/entries.ts";
import type { ContextValues } from "../../conversation/facts.ts";
import type { Journal, Row } from "../../journal/journal.ts";
import type { DeskEntry, DeskFrame } from "../wire.ts";

/** What is read of a session at once, and so about the size of one frame. */
const PAGE = { rows: 400, bytes: 131_072 };

export interface WatchOptions {
  session: string;
  /** The journal's name of the session. */
  key: number;
  /** The position behind which to begin. */
  after: number;
  journal: Pick<Journal, "entries">;
  send: (frame: DeskFrame) => void;
  /** The connector's own backend has vouched for something. */
  verified: (values: ContextValues) => void;
  /** Resolves when the socket can take more. */
  ready: () => Promise<void>;
}

/** A page's place in one session: rows come from the journal alone, in order, each once. */
export class Watch {
  readonly #options: WatchOptions;
  #through: number;
  #isLive = false;
  #isStopped = false;
  /** Something may have come while it was reading. */
  #isStale = false;
  #reading: Promise<void> | null = null;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#through = options.after;
  }

  /** Reads on to the end of what there is. */
  async poke(): Promise<void> {
    this.#isStale = true;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    await this.#reading;
  }

  stop(): void {
    this.#isStopped = true;
  }

  #verified(row: Row): void {
    const entry = decode(row);
    if (entry.kind === "context_verified") this.#options.verified(entry.data.context);
  }

  async #read(): Promise<void> {
    const { journal, key, session, send, ready } = this.#options;
    while (this.#isStale) {
      this.#isStale = false;
      for (;;) {
        await ready();
        const rows = await journal.entries(key, { after: this.#through, ...PAGE });
        if (this.#isStopped) return;
        const last = rows.at(-1);
        if (last === undefined) break;
        this.#through = last.position;
        for (const row of rows) if (row.kind === "context_verified") this.#verified(row);
        const entries = rows.map(entryOf).filter((entry) => entry !== null);
        if (entries.length > 0) {
          send({ type: "entries", session, entries, through: this.#through, live: this.#isLive });
        }
      }
    }
    if (this.#isLive) return;
    this.#isLive = true;
    send({ type: "entries", session, entries: [], through: this.#through, live: true });
  }
}

/** What people at the desk see of a row; null where it is for nobody's eyes. */
export function entryOf(row: Row): DeskEntry | null {
  if (row.kind !== "event" && row.kind !== "handoff_noted") return null;
  const { position } = row;
  const entry = decode(row);
  if (entry.kind === "event") return { position, kind: "event", event: entry.event };
  if (entry.kind !== "handoff_noted") return null;
  const { author, text, at } = entry.data;
  return { position, kind: "note", note: { author, text, at } };
}
