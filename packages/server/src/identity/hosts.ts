/**
 * A scheme, a host, a port and the rest, of which only the host is required. User information, blanks, escapes and
 * backslashes have no place in the host: what holds them is no host at all, rather than one to be guessed at.
 */
const HOST = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/?#\\@%:[\]\s]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:[/?#].*)?$/i;

/** Labels without an empty one between them, so no leading or trailing dot; or an IPv6 address. */
const DOMAIN = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/;

/**
 * An app id as it is compared: in lower case, without scheme, port, path and trailing slash [protocol section 1].
 * Null where the text names no host.
 */
export function appIdOf(raw: string): string | null {
  return HOST.exec(raw.trim())?.[1]?.toLowerCase() ?? null;
}

/**
 * A domain or address as it is compared: like an app id, and in the form that browsers use, so that `BÜCHER.example`
 * and `xn--bcher-kva.example` are one, and `[0:0::1]` and `[::1]`. Null where the text names no host.
 */
export function domainOf(raw: string): string | null {
  const host = appIdOf(raw);
  if (host === null) return null;
  const domain = URL.parse(`http://${host}`)?.hostname ?? "";
  return DOMAIN.test(domain) ? domain : null;
}

/** Whether a domain is one of those, or a subdomain of one, on a label boundary. All as `domainOf` gives them. */
export const isWithin = (domain: string, domains: readonly string[]): boolean =>
  domains.some((parent) => domain === parent || domain.endsWith(`.${parent}`));

/**
 * An `Origin` as it is compared: scheme, host and port where it is not the scheme's own, in lower case. `null` stays
 * itself, since browsers send it. Null where the text is no origin, one with a path among them.
 */
export function originOf(raw: string): string | null {
  if (raw === "null") return raw;
  const url = URL.parse(raw);
  if (url === null || url.host === "" || url.username !== "" || url.password !== "") return null;
  if ((url.pathname !== "" && url.pathname !== "/") || url.search !== "" || url.hash !== "") return null;
  return `${url.protocol}//${url.host}`.toLowerCase();
}
