import type { CloseCode, EventBatch, ServerEvent } from "@parley/protocol";
import type { Socket } from "../session/socket.ts";

/** A socket that keeps what it is given, and can be made to lag. */
export class FakeSocket implements Socket {
  readonly sent: string[] = [];
  closed: CloseCode | null = null;
  buffered = 0;
  #onDrained: (() => void)[] = [];

  send(text: string): void {
    if (this.closed === null) this.sent.push(text);
  }

  whenDrained(callback: () => void): void {
    if (this.buffered === 0) queueMicrotask(callback);
    else this.#onDrained.push(callback);
  }

  close(code: CloseCode): void {
    this.closed ??= code;
  }

  /** The network takes all that waits. */
  drain(): void {
    this.buffered = 0;
    for (const callback of this.#onDrained.splice(0)) callback();
  }

  get frames(): (ServerEvent | EventBatch)[] {
    return this.sent.map((text) => JSON.parse(text));
  }

  /** All events in the order in which they came, those of batches too. */
  get events(): ServerEvent[] {
    return this.frames.flatMap((frame) =>
      frame.type === "EVENT_TYPE_EVENT_BATCH" ? frame.payload.events : [frame],
    );
  }

  get sequences(): number[] {
    return this.events.flatMap(({ sequence }) => (sequence === null ? [] : [sequence]));
  }
}
