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

/** The first that this browser allows a frame to write, else as long as the page is there. */
function browserStorage(): ParleyStorage {
  for (const make of [() => webStorage(localStorage), cookieStorage]) {
    try {
      const storage = make();
      storage.save("parley:probe", "1");
      const isKept = storage.load("parley:probe") === "1";
      storage.save("parley:probe", null);
      if (isKept) return storage;
    } catch {
      // Switched off for frames of another site.
    }
  }
  return memoryStorage();
}

/** A browser takes no more in one cookie, name and attributes included, bytes. */
const COOKIE_BYTES = 3_800;
/** A conversation that rests for longer has ended long ago, seconds. */
const COOKIE_SECONDS = 7 * 24 * 3_600;

/**
 * Cookies of this frame on this site alone (`Partitioned`): what a browser still allows that gives frames of another site no
 * storage, as Chromium's private windows do. They go to no address but the frame's own.
 */
function cookieStorage(): ParleyStorage {
  const attributes = `; Path=${location.pathname}; Secure; SameSite=None; Partitioned; Max-Age=`;
  return {
    load(key) {
      const name = `${encodeURIComponent(key)}=`;
      const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(name));
      return found === undefined ? null : decodeURIComponent(found.slice(name.length));
    },
    save(key, text) {
      const cookie = `${encodeURIComponent(key)}=${encodeURIComponent(text ?? "")}${attributes}${text === null ? 0 : COOKIE_SECONDS}`;
      if (cookie.length > COOKIE_BYTES) throw new Error("too much for a cookie");
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser, and not synchronous
      document.cookie = cookie;
    },
  };
}
