import type { Participant } from "@parley/client";
import { useState } from "preact/hooks";
import { safeImage } from "./links.ts";

/** A picture, or initials where there is none or it does not load. The name is said beside it. */
export function Avatar({ name, avatarUrl }: Participant) {
  const [broken, setBroken] = useState("");
  const url = safeImage(avatarUrl);
  return (
    <span class="avatar" aria-hidden="true">
      {url !== null && url !== broken ? (
        <img src={url} alt="" referrerpolicy="no-referrer" onError={() => setBroken(url)} />
      ) : (
        initialsOf(name)
      )}
    </span>
  );
}

const initialsOf = (name: string): string =>
  (name || "?")
    .split(/\s+/)
    .map((word) => [...word][0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();
