import { type Entry, entryOf, type WireRecord } from "./entries.ts";

/** Rows that are kept; the oldest go. The server keeps as many. */
const MAX_ENTRIES = 20_000;
/** Rows that go at once: so that not every new row moves all the others. */
const TRIM = 1_000;

/** Every frame of this server as it passes, from the server itself: of whatever client, on whatever device. */
export class Feed {
  /** Oldest first. Appended to and trimmed, never rewritten: `newest` says how far it has come. */
  readonly entries: Entry[] = [];
  newest = 0;
  isOpen = false;
  /** Where the page was loaded or the server is gone; told apart by `isOpen`. */
  #process: string | null = null;
  readonly #listeners = new Set<(added: readonly Entry[]) => void>();
  #source: EventSource | undefined;
  #lastN = 0;

  start(): void {
    const source = new EventSource("/playground/wire");
    this.#source = source;
    source.onopen = () => this.#opened(true);
    source.onerror = () => this.#opened(false);
    source.addEventListener("process", ({ data }) => {
      // Another process counts from 1 again.
      if (data !== this.#process) this.#lastN = 0;
      this.#process = data;
    });
    source.onmessage = ({ data }) => this.add(JSON.parse(data) as WireRecord[]);
  }

  stop(): void {
    this.#source?.close();
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
