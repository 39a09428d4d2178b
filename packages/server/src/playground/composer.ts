import type { Conversation, Snapshot } from "@parley/client";
import { byId, plural } from "./dom.ts";
import { ending } from "./happenings.ts";
import { isGone } from "./status.ts";

const HINT = "Enter sends, Shift+Enter starts a new line";

/** Where the user writes. */
export class Composer {
  readonly #field = byId<HTMLTextAreaElement>("text");
  readonly #chat: () => Conversation;
  readonly #say: (text: string) => void;

  constructor(chat: () => Conversation, say: (text: string) => void) {
    this.#chat = chat;
    this.#say = say;
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#field.addEventListener("keydown", (event) => {
      // While an input method composes (Japanese, Chinese), Enter belongs to it.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    this.#field.addEventListener("input", () => {
      hint(HINT);
      this.#fit();
      this.#chat().typing();
    });
  }

  focus(options?: FocusOptions): void {
    this.#field.focus(options);
  }

  /** The field, or why there is nothing more to be said. */
  render(snapshot: Snapshot): void {
    const gone = isGone(snapshot) ? "This conversation is no longer on the server." : "";
    const over = snapshot.ended === null ? gone : ending(snapshot.ended);
    byId("composer").hidden = over !== "";
    byId("over").hidden = over === "";
    byId("over-text").textContent = over;
  }

  #submit(): void {
    const text = this.#field.value;
    if (!text.trim()) return;
    const limit = this.#chat().getSnapshot().capabilities?.max_message_size_bytes ?? Number.POSITIVE_INFINITY;
    const bytes = new TextEncoder().encode(text).length;
    // Said before it is sent, so that it can still be shortened.
    if (bytes > limit) {
      hint(`Too long: ${plural(bytes, "byte")}, at most ${limit.toLocaleString("en")}`, "bad");
      return;
    }
    this.#field.value = "";
    this.#fit();
    this.#say(text);
  }

  /** Grows the field with its text where the style sheet's `field-sizing` is not understood. */
  #fit(): void {
    if (CSS.supports("field-sizing", "content")) return;
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight}px`;
  }
}

function hint(text: string, look = ""): void {
  byId("hint").textContent = text;
  byId("hint").className = look;
}
