/**
 * Whether a request comes from a page of this server itself, by its `Origin`. Without a public URL the request's own
 * `Host` says what that is: a name of somebody else's that points here has an origin that fits, but no cookie of ours.
 * @param publicUrl what the world calls this server, or null
 */
export function isOwnOrigin(
  { origin, host }: { origin: string | undefined; host: string | undefined },
  publicUrl: string | null,
): boolean {
  const url = origin === undefined ? null : URL.parse(origin);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return false;
  if (publicUrl !== null && url.origin === new URL(publicUrl).origin) return true;
  // A server that has a public URL may still be opened on its own machine.
  return (publicUrl === null || isLoopbackName(url.hostname)) && url.host === hostOf(host, url.protocol);
}

/** As `URL` has it: lower case, without the scheme's own port. */
const hostOf = (host: string | undefined, scheme: string): string | undefined =>
  URL.parse(`${scheme}//${host}`)?.host;

const isLoopbackName = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
