const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs a hundred times what using it does. */
function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat(locale, options);
    formats.set(key, made);
  }
  return made;
}

/** @param at milliseconds since 1970 */
export const timeOf = (at: number, locale: string): string =>
  format(locale, { hour: "numeric", minute: "2-digit" }).format(at);

/** @param at milliseconds since 1970 */
export const dayOf = (at: number, locale: string): string =>
  format(locale, { weekday: "long", day: "numeric", month: "long" }).format(at);

/** The moment in full, for who asks. @param at milliseconds since 1970 */
export const momentOf = (at: number, locale: string): string =>
  format(locale, { dateStyle: "long", timeStyle: "short" }).format(at);
