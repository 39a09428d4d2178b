/** The languages of the catalogue, the first one where nothing fits. */
export const LOCALES = ["en", "de", "fr", "es", "pt", "ja", "ar"] as const;

export type Locale = (typeof LOCALES)[number];

/** Languages that are written from right to left, whether the catalogue has them or not. */
const RIGHT_TO_LEFT = ["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"];

/** `pt-BR` is `pt`. */
export const languageOf = (tag: string): string => tag.trim().toLowerCase().split(/[-_]/)[0] ?? "";

/** The first of these tags (BCP-47) whose language the catalogue has. @returns null where it has none of them */
export function localeOf(tags: readonly (string | null | undefined)[]): Locale | null {
  for (const tag of tags) {
    const found = LOCALES.find((locale) => locale === languageOf(tag ?? ""));
    if (found) return found;
  }
  return null;
}

export const directionOf = (tag: string): "ltr" | "rtl" =>
  RIGHT_TO_LEFT.includes(languageOf(tag)) ? "rtl" : "ltr";
