import { CLOSE, type CloseCode, type ServerEvent } from "@parley/protocol";
import type { Row } from "../journal/journal.ts";
import type { Reader } from "./reader.ts";

/** The sockets of one session. */
export class Audience {
  readonly #readers = new Set<Reader>();

  get size(): number {
    return this.#readers.size;
  }

  add(reader: Reader): void {
    this.#readers.add(reader);
  }

  remove(reader: Reader): void {
    reader.stop();
    this.#readers.delete(reader);
  }

  /** Events that are on disk. */
  deliver(rows: readonly Row[]): void {
    for (const { sequence, data } of rows) {
      if (sequence === null) continue;
      for (const reader of this.#readers) reader.deliver({ sequence, data });
    }
  }

  /** A transient event for everybody. @returns whether anybody was there to hear it */
  tell(event: ServerEvent): boolean {
    if (this.#readers.size === 0) return false;
    const text = JSON.stringify(event);
    let isHeard = false;
    for (const reader of this.#readers) isHeard = reader.tell(text) || isHeard;
    return isHeard;
  }

  /** The end is on disk. Sockets that are still being replayed to close themselves behind it. */
  end(sequence: number): void {
    for (const reader of this.#readers) {
      if (reader.position >= sequence) reader.close(CLOSE.ended);
    }
  }

  close(code: CloseCode): void {
    for (const reader of this.#readers) reader.close(code);
    this.#readers.clear();
  }
}
