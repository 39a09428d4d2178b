/** What is used of a page, so that neither this package nor its users need the types of browsers. */
export interface Page extends EventTarget {
  readonly document: EventTarget & { readonly visibilityState: string };
  readonly localStorage: WebStorage;
  readonly sessionStorage: WebStorage;
  readonly location: { readonly hostname: string };
}

/** What is used of `localStorage` and `sessionStorage`. */
export interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
  removeItem(key: string): void;
}

/** The page this runs in, or undefined where it runs in none. */
export const page: Page | undefined = "document" in globalThis ? (globalThis as never) : undefined;

/** Runs one after the other what several tabs must not run at once; at once where there are no locks, or none allowed. */
export function exclusively<Value>(name: string, run: () => Promise<Value>): Promise<Value> {
  const { navigator } = globalThis as {
    navigator?: { locks?: { request<V>(name: string, run: () => Promise<V>): Promise<V> } };
  };
  if (!page || !navigator?.locks) return run();
  return navigator.locks.request(name, run).catch((error) => {
    // A sandboxed frame has locks, and may not use them.
    if (error.name === "SecurityError") return run();
    throw error;
  });
}
