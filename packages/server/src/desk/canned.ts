import { z } from "zod";
import type { Journal } from "../journal/journal.ts";
import type { CannedReply } from "./wire.ts";

/** The kind of the journal's records that hold canned replies, by their ids. */
const RECORD_KIND = "desk_canned";
/** Every page gets all of them when it connects. */
const MAX_CANNED = 500;

const record = z.object({ shortcut: z.string(), title: z.string(), text: z.string() });

/** The desk's canned replies, in memory and in the journal's records. */
export class CannedReplies {
  readonly #journal: Pick<Journal, "putRecord" | "deleteRecord">;
  readonly #replies = new Map<string, CannedReply>();
  readonly #listeners = new Set<() => void>();

  private constructor(journal: Pick<Journal, "putRecord" | "deleteRecord">) {
    this.#journal = journal;
  }

  /** A record that is damaged is passed over: nothing hangs on it. */
  static async load(
    journal: Pick<Journal, "records" | "putRecord" | "deleteRecord">,
  ): Promise<CannedReplies> {
    const canned = new CannedReplies(journal);
    for (const { id, data } of await journal.records(RECORD_KIND)) {
      const read = record.safeParse(JSON.parse(data));
      if (read.success) canned.#replies.set(id, { id, ...read.data });
    }
    return canned;
  }

  /** By shortcut. */
  get all(): CannedReply[] {
    return [...this.#replies.values()].sort((a, b) => (a.shortcut < b.shortcut ? -1 : 1));
  }

  listen(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  /** @returns false where there are as many as there can be */
  async put(reply: CannedReply): Promise<boolean> {
    if (!this.#replies.has(reply.id) && this.#replies.size >= MAX_CANNED) return false;
    const { id, ...data } = reply;
    await this.#journal.putRecord(RECORD_KIND, id, JSON.stringify(data));
    this.#replies.set(id, reply);
    for (const callback of this.#listeners) callback();
    return true;
  }

  async remove(id: string): Promise<void> {
    await this.#journal.deleteRecord(RECORD_KIND, id);
    if (!this.#replies.delete(id)) return;
    for (const callback of this.#listeners) callback();
  }
}
