import { memoryStorage, type ParleyStorage, webStorage } from "@parley/client";

const NAME = "parley.playground";

/** What this tab remembers over a reload: the conversation, and the switch. */
export class Remembered implements ParleyStorage {
  readonly #storage = tabStorage();

  load(key: string): string | null {
    return this.#all()[key] ?? null;
  }

  save(key: string, text: string | null): void {
    const { [key]: _, ...others } = this.#all();
    this.#storage.save(NAME, JSON.stringify(text === null ? others : { ...others, [key]: text }));
  }

  /** Forgets the conversation that was. */
  forgetConversation(): void {
    const { isStreaming } = this;
    this.#storage.save(NAME, null);
    this.isStreaming = isStreaming;
  }

  /** Whether the next conversation streams. */
  get isStreaming(): boolean {
    return this.load("streaming") !== "no";
  }

  set isStreaming(value: boolean) {
    this.save("streaming", value ? null : "no");
  }

  #all(): Record<string, string> {
    try {
      return JSON.parse(this.#storage.load(NAME) ?? "{}");
    } catch {
      return {};
    }
  }
}

/** Where the browser allows none, a reload starts anew. */
function tabStorage(): ParleyStorage {
  try {
    const storage = webStorage(sessionStorage);
    storage.save("parley.probe", "");
    storage.save("parley.probe", null);
    return storage;
  } catch {
    return memoryStorage();
  }
}
