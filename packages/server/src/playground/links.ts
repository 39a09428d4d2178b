import { el } from "./dom.ts";

/* What an agent sends is not trusted: an address is used only with a scheme that can do no harm where it is used. */
export const safeLink = (url: string): string | null =>
  /^(https?:\/\/|mailto:|tel:)/i.test(url) ? url : null;
export const safeImage = (url: string): string | null =>
  /^(https?:\/\/|data:image\/)/i.test(url) ? url : null;

/** @param url one that is safe */
export const anchor = (
  url: string,
  attributes: Record<string, string>,
  ...children: Parameters<typeof el>[2][]
): HTMLAnchorElement =>
  el(
    "a",
    { href: url, target: /^http/i.test(url) && "_blank", rel: "noopener noreferrer", ...attributes },
    ...children,
  );
