import { type Entry, entryOf, type WireRecord } from "./entries.ts";

/** Rows that are kept; the oldest go. The server keeps as many. */
const MAX_ENTRIES = 20_000;
/** Rows that go at once: so that not every new row moves all the others. */
const TRIM = 1_000;

/** How soon a feed that was refused is asked for again, milliseconds. */
const RETRY = 3_000;

/** Every frame of this server as it passes, from the server itself: of whatever client, on whatever device. */
export class Feed {
  /** Oldest first. Appended to and trimmed, never rewritten: `newest` says how far it has come. */
  readonly entries: Entry[] = [];
  newest = 0;
  /** Whether the server tells what passes. */
  isOpen = false;
  #process: string | null = null;
  readonly #listeners = new Set<(added: readonly Entry[]) => void>();
  #source: EventSource | undefined;
  #lastN = 0;

  /**
   * Listens while the page is seen: a browser has six connections for a server, and tabs that nobody looks at would take
   * them from the widget. What has passed meanwhile is told by the server, and what is known already is dropped.
   */
  start(): void {
    document.addEventListener("visibilitychange", this.#look);
    this.#look();
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.#look);
    this.#source?.close();
    this.#source = undefined;
  }

  #look = (): void => {
    if (document.visibilityState === "visible") this.#source ??= this.#listen();
    else {
      this.#source?.close();
      this.#source = undefined;
    }
  };

  #listen(): EventSource {
    const source = new EventSource("/playground/wire");
    source.onopen = () => this.#opened(true);
    source.onerror = () => {
      this.#opened(false);
      // A browser tries again by itself where nobody answers, and gives up where somebody refuses.
      if (source.readyState !== EventSource.CLOSED || source !== this.#source) return;
      this.#source = undefined;
      setTimeout(this.#look, RETRY);
    };
    source.addEventListener("process", ({ data }) => {
      // Another process counts from 1 again.
      if (data !== this.#process) this.#lastN = 0;
      this.#process = data;
    });
    source.onmessage = ({ data }) => this.add(JSON.parse(data) as WireRecord[]);
    return source;
  }

  /** @returns what ends it */
  subscribe(listener: (added: readonly Entry[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  add(records: readonly WireRecord[]): void {
    const added: Entry[] = [];
    for (const record of records) {
      if (record.n <= this.#lastN) continue;
      this.#lastN = record.n;
      this.newest += 1;
      added.push(entryOf(record, this.newest));
    }
    for (const entry of added) this.entries.push(entry);
    if (this.entries.length > MAX_ENTRIES) this.entries.splice(0, this.entries.length - MAX_ENTRIES + TRIM);
    this.#tell(added);
  }

  #opened(isOpen: boolean): void {
    if (this.isOpen === isOpen) return;
    this.isOpen = isOpen;
    this.#tell([]);
  }

  #tell(added: readonly Entry[]): void {
    for (const listener of this.#listeners) listener(added);
  }
}
