import type { ServerEvent } from "@parley/client";
import type { PanelStorage } from "./storage.ts";

const KEY = "received";

/** How far an earlier page has read. */
interface Mark {
  readonly session: string;
  readonly sequence: number;
}

/**
 * Tells what is new from what an earlier page has already shown: a history that is replayed is no reason for a sound, a
 * count or a screen reader to speak.
 */
export class News {
  readonly #storage: PanelStorage;
  readonly #session: string;
  readonly #upTo: number;
  readonly #old = new Set<string>();
  #sequence: number;

  constructor(storage: PanelStorage, session: string) {
    const mark = storage.read<Mark>(KEY);
    this.#storage = storage;
    this.#session = session;
    this.#upTo = this.#sequence = mark?.session === session ? mark.sequence : 0;
  }

  receive({ id, sequence, payload, metadata }: ServerEvent): void {
    if (sequence === null) return;
    if (sequence <= this.#upTo) {
      // The user's own go by the id that the client gave them.
      const own = (metadata?.custom as { local_id?: string } | undefined)?.local_id;
      for (const one of [id, own, "message_id" in payload && payload.message_id]) if (one) this.#old.add(one);
    }
    this.#sequence = Math.max(this.#sequence, sequence);
  }

  /** @param id of an event or a message, as the snapshot has it */
  readonly isNews = (id: string): boolean => !this.#old.has(id);

  /** For the next page. */
  keep(): void {
    const mark: Mark = { session: this.#session, sequence: this.#sequence };
    this.#storage.write(KEY, mark);
  }
}
