import { z } from "zod";

/** What people are told of a key: in docs/configuration.md, and when its value is wrong. */
export interface KeyInfo {
  description: string;
  /** Follows "expected", so without a full stop. Of a list: what each entry is. */
  expected: string;
  unit?: "seconds" | "milliseconds";
  /** The environment variable that sets it, and wins over the file. */
  variable?: string;
  /** Its value is never shown. */
  secret?: true;
  /** What holds where the key is absent, in words; for keys whose default is not a value. */
  absent?: string;
}

export const keyInfo = z.registry<KeyInfo>();

export type Described = Omit<KeyInfo, "expected">;

/** Timers of Node hold 31 bits of milliseconds, 24 days, and fire at once beyond; idleness and its mercy are added up. */
export const MAX_SECONDS = 1_000_000;

export const seconds = (min: number, initial: number, info: Described) =>
  z
    .number()
    .min(min)
    .max(MAX_SECONDS)
    .default(initial)
    .register(keyInfo, {
      unit: "seconds",
      expected: `a number from ${min} to ${MAX_SECONDS}`,
      ...info,
    });

export const integer = (min: number, max: number, initial: number, info: Described) =>
  z
    .int()
    .min(min)
    .max(max)
    .default(initial)
    .register(keyInfo, {
      expected: `a whole number from ${min} to ${max}`,
      ...info,
    });

/** A name that is stored with every session or shown in logs, so one that needs no quoting anywhere. */
export const name = (info: Described) =>
  z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .register(keyInfo, {
      expected: "1 to 64 letters, digits, dots, underscores and hyphens, beginning with a letter or digit",
      ...info,
    });

export function isWebUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return false;
  return url.username === "" && url.password === "" && url.search === "" && url.hash === "";
}

/** The same value twice under a key that must tell entries apart. Names the places, not the value. */
export const unique =
  <Entry>(list: string, key: string, read: (entry: Entry) => string | undefined) =>
  (entries: Entry[], context: z.RefinementCtx<Entry[]>): void => {
    const seen = new Map<string, number>();
    entries.forEach((entry, index) => {
      const value = read(entry);
      if (value === undefined) return;
      const first = seen.get(value);
      if (first === undefined) seen.set(value, index);
      else context.addIssue(`${list}[${index}].${key} is the same as ${list}[${first}].${key}`);
    });
  };
