import type { UIMessageChunk } from "ai";
import type { Snapshot } from "../snapshot.ts";
import type { Message } from "../view.ts";
import { partsOf } from "./messages.ts";

/** How far a message has been handed on. */
interface Progress {
  /** Characters of its text. */
  length: number;
  isComplete: boolean;
}

/** Turns what is said behind one message of the user into the chunks of one answer. */
export class Reply {
  readonly #after: string | null;
  readonly #progress = new Map<string, Progress>();
  readonly #write: (chunk: UIMessageChunk) => void;
  readonly #noticeBefore: string | null;

  /** @param after the id of the user's message; null for what is under way already */
  constructor(after: string | null, snapshot: Snapshot, write: (chunk: UIMessageChunk) => void) {
    this.#after = after;
    this.#write = write;
    this.#noticeBefore = snapshot.notice?.id ?? null;
    write({ type: "start" });
  }

  /** Whether a message is part of this answer. */
  has(id: string): boolean {
    return this.#progress.has(id);
  }

  /**
   * Hands on what is new.
   * @returns `over` when the answer is, `settling` when it is unless more follows directly behind it
   */
  update(snapshot: Snapshot): "open" | "settling" | "over" {
    const { messages, notice, presence, ended } = snapshot;
    const at = this.#after === null ? -1 : messages.findIndex(({ id }) => id === this.#after);
    const own = messages[at];
    if (own?.state === "failed") return this.#fail(own.error?.message ?? "not sent");
    const said =
      this.#after === null
        ? messages.filter(({ id, state }) => state === "streaming" || this.has(id))
        : messages.slice(at + 1).filter(({ author }) => author !== "user");
    for (const message of said) this.#say(message);
    if (notice?.level === "SYSTEM_MESSAGE_LEVEL_ERROR" && notice.id !== this.#noticeBefore)
      return this.#fail(notice.text);
    if (ended !== null) return "over";
    if (own?.state === "sending" || said.some(({ state }) => state === "streaming")) return "open";
    // A person answers when there is time: what then comes stands for itself.
    if (presence === "queue" || presence === "person" || presence === "away") return "over";
    return said.length > 0 && !snapshot.isThinking ? "settling" : "open";
  }

  #say(message: Message): void {
    const { id, text, state } = message;
    const before = this.#progress.get(id);
    if (before?.isComplete) return;
    if (before === undefined && text !== "") this.#write({ type: "text-start", id });
    const { length } = before ?? { length: 0 };
    if (text.length > length) this.#write({ type: "text-delta", id, delta: text.slice(length) });
    const isComplete = state === "complete";
    if (isComplete) {
      if (text !== "") this.#write({ type: "text-end", id });
      for (const part of partsOf(message)) this.#write(part);
    }
    // A text that has not begun begins with its first character.
    if (text !== "" || isComplete) this.#progress.set(id, { length: text.length, isComplete });
  }

  #fail(errorText: string): "over" {
    this.#write({ type: "error", errorText });
    return "over";
  }
}
