import { z } from "zod";
import type { Journal } from "../journal/journal.ts";
import type { Logger } from "../logger.ts";

/** The kind of the journal's records that hold what people said last, by the ids of their accounts. */
const RECORD_KIND = "desk_status";

export type KeptStatus = "available" | "away";

const record = z.object({ status: z.enum(["available", "away"]) });

/**
 * Who was at the desk, kept so that a restart sends nobody away: they have the time of grace to come back, and the
 * conversations that wait meanwhile are not told that nobody is there. Nothing hangs on one that could not be written.
 */
export class Statuses {
  readonly #journal: Pick<Journal, "records" | "putRecord" | "deleteRecord">;
  readonly #logger: Logger;
  readonly #kept = new Map<string, KeptStatus | "offline">();
  #last: Promise<unknown> = Promise.resolve();

  constructor(journal: Pick<Journal, "records" | "putRecord" | "deleteRecord">, logger: Logger) {
    this.#journal = journal;
    this.#logger = logger;
  }

  async load(): Promise<ReadonlyMap<string, KeptStatus>> {
    const kept = new Map<string, KeptStatus>();
    for (const { id, data } of await this.#journal.records(RECORD_KIND)) {
      const read = record.safeParse(JSON.parse(data));
      if (read.success) kept.set(id, read.data.status);
    }
    for (const [id, status] of kept) this.#kept.set(id, status);
    return kept;
  }

  keep(id: string, status: KeptStatus | "offline"): void {
    if ((this.#kept.get(id) ?? "offline") === status) return;
    this.#kept.set(id, status);
    const write = async () => {
      if (status === "offline") await this.#journal.deleteRecord(RECORD_KIND, id);
      else await this.#journal.putRecord(RECORD_KIND, id, JSON.stringify({ status }));
    };
    this.#last = this.#last.then(write).catch((error) => {
      this.#logger.warn({ account: id, error }, "the status of a person at the desk was not kept");
    });
  }

  /** Resolves when all is written. */
  get written(): Promise<unknown> {
    return this.#last;
  }
}
