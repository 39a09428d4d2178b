import { memoryStorage, type ParleyStorage, webStorage } from "@parley/client";

/**
 * What the panel remembers, under names of its own: a browser keeps the storage of this origin for each site that embeds it,
 * and where it does not, one site must not go on with what was said on another.
 */
export class PanelStorage implements ParleyStorage {
  readonly #prefix: string;
  readonly #storage: ParleyStorage;

  /** @param token of the connector @param host the embedding page's origin */
  constructor(token: string, host: string, storage: ParleyStorage = browserStorage()) {
    this.#prefix = `parley:widget:${host}:${token}:`;
    this.#storage = storage;
  }

  load(key: string): string | null {
    return this.#storage.load(this.#prefix + key);
  }

  save(key: string, text: string | null): void {
    this.#storage.save(this.#prefix + key, text);
  }

  /** A JSON value, or null where there is none. */
  read<Value>(key: string): Value | null {
    try {
      return JSON.parse(this.load(key) ?? "null");
    } catch {
      return null;
    }
  }

  /** Where nothing can be kept, it holds for as long as the page does. */
  write(key: string, value: unknown): void {
    try {
      this.save(key, JSON.stringify(value));
    } catch {
      // Full, or forbidden.
    }
  }
}

/** A page's, where its user allows frames to remember; else as long as the page is there. */
function browserStorage(): ParleyStorage {
  try {
    const storage = webStorage(localStorage);
    storage.save("parley:probe", "");
    storage.save("parley:probe", null);
    return storage;
  } catch {
    return memoryStorage();
  }
}
