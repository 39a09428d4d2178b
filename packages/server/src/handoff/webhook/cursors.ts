import { z } from "zod";
import type { Journal } from "../../journal/journal.ts";

/** The kind of the journal's records that hold cursors, by the ids of handoffs. */
const RECORD_KIND = "webhook_cursor";

/** How far a handoff's deliveries have come. */
export interface Cursor {
  /** The session's id. */
  readonly session: string;
  /** The position of the last row that was delivered; 0: none was. */
  readonly position: number;
}

const record = z.object({ session: z.string(), position: z.int().min(0) });

/** What is known on disk of each handoff that has not been delivered to its end. All else stands in the journal's rows. */
export class Cursors {
  readonly #journal: Pick<Journal, "records" | "putRecord" | "deleteRecord">;

  constructor(journal: Pick<Journal, "records" | "putRecord" | "deleteRecord">) {
    this.#journal = journal;
  }

  /** By handoff. @throws where a record is damaged */
  async load(): Promise<ReadonlyMap<string, Cursor>> {
    const records = await this.#journal.records(RECORD_KIND);
    return new Map(records.map(({ id, data }) => [id, record.parse(JSON.parse(data))]));
  }

  keep(handoff: string, cursor: Cursor): Promise<void> {
    return this.#journal.putRecord(RECORD_KIND, handoff, JSON.stringify(cursor));
  }

  /** All is delivered. */
  async drop(handoff: string): Promise<void> {
    await this.#journal.deleteRecord(RECORD_KIND, handoff);
  }
}
