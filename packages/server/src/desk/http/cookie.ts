import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

const NAME = "parley_desk";

/** Over https the browser itself holds the cookie to this host, all of it, and encrypted connections [RFC 6265bis, 4.1.3]. */
const isSecure = (publicUrl: string | null): boolean => publicUrl?.startsWith("https:") ?? false;

/** The cookie's whole name, as requests have it. */
export const cookieName = (publicUrl: string | null): string =>
  isSecure(publicUrl) ? `__Host-${NAME}` : NAME;

const options = (publicUrl: string | null) => ({
  path: "/",
  httpOnly: true,
  sameSite: "Strict" as const,
  ...(isSecure(publicUrl) && { secure: true, prefix: "host" as const }),
});

/** Keeps a sign-in's token where no script can read it, and no other site can use it. */
export const giveToken = (
  c: Context,
  publicUrl: string | null,
  { token, seconds }: { token: string; seconds: number },
): void => setCookie(c, NAME, token, { ...options(publicUrl), maxAge: seconds });

export const takeToken = (c: Context, publicUrl: string | null): void => {
  deleteCookie(c, NAME, options(publicUrl));
};

export const tokenOf = (c: Context, publicUrl: string | null): string | undefined =>
  getCookie(c, cookieName(publicUrl));
