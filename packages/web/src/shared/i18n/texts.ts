import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { type Catalogue, en, type Overrides, type TextKey } from "./en.ts";
import { directionOf, type Locale, languageOf } from "./locales.ts";

/** A language at work. */
export interface Texts {
  readonly locale: Locale;
  readonly direction: "ltr" | "rtl";
  /** BCP-47, for dates and names: the language as the user's region writes it. */
  readonly region: string;
  /** A text, its `{names}` filled in. */
  t(key: TextKey, values?: Readonly<Record<string, string | number>>): string;
}

/** Each language but English is a file of its own, loaded when it is spoken. */
const CATALOGUES: Readonly<Record<Locale, () => Promise<Catalogue>>> = {
  en: async () => en,
  de: async () => (await import("./de.ts")).de,
  fr: async () => (await import("./fr.ts")).fr,
  es: async () => (await import("./es.ts")).es,
  pt: async () => (await import("./pt.ts")).pt,
  ja: async () => (await import("./ja.ts")).ja,
  ar: async () => (await import("./ar.ts")).ar,
};

/**
 * A language of the catalogue with a connector's own words in it.
 * @param tags what the user reads, BCP-47: the first of this language says which region's dates they know
 */
export const loadTexts = async (
  locale: Locale,
  overrides: Overrides = {},
  tags: readonly string[] = navigator.languages,
): Promise<Texts> => {
  try {
    return textsOf(locale, await CATALOGUES[locale](), overrides, tags);
  } catch {
    // The network, or a server that has other files by now: something to read is better than nothing.
    return textsOf("en", en, overrides, tags);
  }
};

export function textsOf(
  locale: Locale,
  catalogue: Catalogue,
  overrides: Overrides = {},
  tags: readonly string[] = [],
): Texts {
  const words = { ...catalogue, ...overrides["*"], ...overrides[locale] };
  return {
    locale,
    direction: directionOf(locale),
    region: tags.find((tag) => tag.length > 2 && languageOf(tag) === locale) ?? locale,
    t: (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (whole, name) => `${values[name] ?? whole}`),
  };
}

/** The language of the components beneath; English where nobody says. */
export const TextsContext = createContext<Texts>(textsOf("en", en));

export const useTexts = (): Texts => useContext(TextsContext);
