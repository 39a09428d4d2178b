import type { Participant } from "@parley/client";
import { el } from "./dom.ts";
import { safeImage } from "./links.ts";

/** A picture, or initials where there is none or it does not load. */
export function avatar({ name, avatarUrl }: Participant): HTMLElement {
  const words = (name || "?").split(/\s+/);
  const initials = words
    .map((word) => [...word][0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();
  const node = el("span", { class: "avatar", "aria-hidden": "true" }, initials);
  const src = safeImage(avatarUrl);
  if (src !== null) {
    const onerror = () => node.replaceChildren(initials);
    node.replaceChildren(el("img", { src, alt: "", referrerpolicy: "no-referrer", onerror }));
  }
  return node;
}
