/*
 * What an agent sends is not trusted: an address is used only with a scheme that can do no harm where it is used.
 */

/** An address that may be opened, or null. */
export const safeLink = (url: string): string | null =>
  /^(https?:\/\/|mailto:|tel:)/i.test(url) ? url : null;

/** An address that may be shown as a picture, or null. */
export const safeImage = (url: string): string | null =>
  /^(https?:\/\/|data:image\/(?!svg))/i.test(url) ? url : null;

/** The attributes of a link to an address that is safe. The web opens in a tab of its own, which learns nothing of this one. */
export const linkTo = (url: string) =>
  /^http/i.test(url)
    ? { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }
    : { href: url, rel: "noopener noreferrer" };

/** `tel:` with what can be dialled of a number. */
export const telephone = (number: string): string => `tel:${number.replace(/[^\d+*#,;]/g, "")}`;
