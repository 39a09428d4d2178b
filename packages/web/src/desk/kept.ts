/**
 * What this browser remembers: `sessionStorage` what belongs to one tab and must survive its reload, `localStorage` what a
 * person has chosen. Where nothing may be remembered, it lasts as long as the page is open.
 */
export interface Kept<Value> {
  read(): Value;
  write(value: Value): void;
}

/**
 * @param isValid whether what was found is a value: an older page may have written it
 * @param storage looked up late, for the mere access to it may throw
 */
export function kept<Value>(
  key: string,
  fallback: Value,
  isValid: (value: unknown) => value is Value,
  storage: () => Pick<Storage, "getItem" | "setItem"> = () => sessionStorage,
): Kept<Value> {
  let current: Value | undefined;
  return {
    read() {
      if (current !== undefined) return current;
      try {
        const value: unknown = JSON.parse(storage().getItem(key) ?? "null");
        current = isValid(value) ? value : fallback;
      } catch {
        current = fallback;
      }
      return current;
    },
    write(value) {
      current = value;
      try {
        storage().setItem(key, JSON.stringify(value));
      } catch {
        // Full, or forbidden.
      }
    },
  };
}

/** Takes away what belongs to this tab alone. */
export function forgetTab(): void {
  try {
    const keys = Object.keys(sessionStorage).filter((key) => key.startsWith("parley.desk."));
    for (const key of keys) sessionStorage.removeItem(key);
  } catch {
    // Then nothing was kept.
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
