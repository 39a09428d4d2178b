import { event, newSession } from "../testing/journal-rows.ts";
import type { Journal, JournalError, NewSession, Page, Row } from "./journal.ts";

/** A journal under test. */
export interface OpenedJournal {
  journal: Journal;
  /** Closes it, and opens another over the same data. */
  reopen(): Promise<Journal>;
  /** Closes what was opened last, and removes the data. */
  dispose(): Promise<void>;
}

export const EVERYTHING: Page = { after: 0, events: 1_000_000, bytes: Number.POSITIVE_INFINITY };

/** The code with which a call is rejected, or `resolved`. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "resolved",
    (error: JournalError) => error.code,
  );
}

/** The journal that the current test looks at. */
export class Subject {
  #opened: OpenedJournal | null = null;
  #journal: Journal | null = null;

  get journal(): Journal {
    if (this.#journal === null) throw new Error("No test is running.");
    return this.#journal;
  }

  async open(open: () => Promise<OpenedJournal>): Promise<void> {
    this.#opened = await open();
    this.#journal = this.#opened.journal;
  }

  async reopen(): Promise<void> {
    this.#journal = (await this.#opened?.reopen()) ?? null;
  }

  async dispose(): Promise<void> {
    await this.#opened?.dispose();
  }

  /** Creates a session, due at 5,000. */
  created(session: NewSession = newSession(), rows: Row[] = [event(1, 1)]): Promise<number> {
    return this.journal.create(session, rows, 5_000);
  }

  /** A session's rows after its snapshot. */
  async rows(id: string): Promise<Row[]> {
    return (await this.journal.load(id, 1))?.rows ?? [];
  }
}
