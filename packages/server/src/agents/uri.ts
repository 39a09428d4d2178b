/** A URI with a scheme, of the characters that RFC 3986 allows (its appendix A); the finer grammar is left to `URL`. */
const RFC_3986 =
  /^[a-z][a-z0-9+.-]*:(?:[\w.~:/?@!$&'()*+,;=-]|%[0-9a-f]{2})+(?:#(?:[\w.~:/?@!$&'()*+,;=-]|%[0-9a-f]{2})*)?$/i;
/** The same with the one place where brackets stand: an IPv6 address. */
const WITH_IPV6 = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#@[\]]*@)?)\[[0-9a-f:.]+\](.*)$/i;
/** Run code where they are opened. */
const SCRIPTS = /^(?:javascript|vbscript):/i;

/**
 * A text as a URI that every client can read [protocol section 5]: valid ones stay as they are, to the byte; in others
 * what is not allowed is percent-encoded (a host in another script becomes punycode).
 *
 * @returns null where no such URI can be made: no scheme, no host where one is needed, or a scheme that runs code
 */
export function toUri(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || SCRIPTS.test(url.href)) return null;
  if (isUri(text)) return text;
  const [before, ...fragment] = url.href.split("#");
  const encoded = [encode(before ?? ""), ...(fragment.length > 0 ? [encode(fragment.join("%23"))] : [])].join(
    "#",
  );
  return isUri(encoded) ? encoded : null;
}

const encode = (text: string): string =>
  text.replace(/%(?![0-9a-f]{2})|[^\w.~:/?@!$&'()*+,;=%-]/gi, encodeURIComponent);

const isUri = (text: string): boolean => RFC_3986.test(text.replace(WITH_IPV6, "$1ipv6$2"));
