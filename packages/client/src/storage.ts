import { type Page, page, type WebStorage } from "./page.ts";
import { report } from "./report.ts";

/**
 * Where a conversation is remembered: the session, its resume token, what was not yet confirmed; never an access token.
 * It answers at once, so that what is written while a page closes is not lost. It may throw: the conversation then goes
 * on without it.
 */
export interface ParleyStorage {
  /** @returns what was saved under a key, or null */
  load(key: string): string | null;
  /** @param text null to forget */
  save(key: string, text: string | null): void;
}

/** Remembers as long as the program runs. */
export function memoryStorage(): ParleyStorage {
  const texts = new Map<string, string | null>();
  return {
    load: (key) => texts.get(key) ?? null,
    save: (key, text) => void texts.set(key, text),
  };
}

/** A browser's own: `localStorage` for reloads and other tabs, `sessionStorage` for reloads of this tab alone. */
export const webStorage = (storage: WebStorage): ParleyStorage => ({
  load: (key) => storage.getItem(key),
  save: (key, text) => (text === null ? storage.removeItem(key) : storage.setItem(key, text)),
});

/** The first of `localStorage` and `sessionStorage` that the browser allows to be written, else memory. */
export function defaultStorage(): ParleyStorage {
  for (const name of ["localStorage", "sessionStorage"] as const) {
    try {
      // Node has a `localStorage` too, which warns or throws: only a page's own is meant.
      const storage = webStorage((page as Page)[name]);
      storage.save("parley:probe", "");
      storage.save("parley:probe", null);
      return storage;
    } catch {
      // No page, switched off, full, or a sandboxed frame.
    }
  }
  return memoryStorage();
}

/** A JSON value; null where there is none, or somebody else wrote under this key. */
export function loadJson(storage: ParleyStorage, key: string): unknown {
  try {
    return JSON.parse(storage.load(key) ?? "null");
  } catch {
    return null;
  }
}

/** @param value null to forget */
export function saveJson(storage: ParleyStorage, key: string, value: object | null): void {
  try {
    storage.save(key, value && JSON.stringify(value));
  } catch (error) {
    report(error);
  }
}
