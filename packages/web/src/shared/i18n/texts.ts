import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { type Catalogue, en, type Overrides, type TextKey } from "./en.ts";
import { directionOf, type Locale } from "./locales.ts";

/** A language at work. */
export interface Texts {
  readonly locale: Locale;
  readonly direction: "ltr" | "rtl";
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

/** A language of the catalogue with a connector's own words in it. */
export const loadTexts = async (locale: Locale, overrides: Overrides = {}): Promise<Texts> =>
  textsOf(locale, await CATALOGUES[locale](), overrides);

export function textsOf(locale: Locale, catalogue: Catalogue, overrides: Overrides = {}): Texts {
  const words = { ...catalogue, ...overrides["*"], ...overrides[locale] };
  return {
    locale,
    direction: directionOf(locale),
    t: (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (whole, name) => `${values[name] ?? whole}`),
  };
}

/** The language of the components beneath; English where nobody says. */
export const TextsContext = createContext<Texts>(textsOf("en", en));

export const useTexts = (): Texts => useContext(TextsContext);
