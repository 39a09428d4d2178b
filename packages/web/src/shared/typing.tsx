import type { Participant } from "@parley/client";
import { Avatar } from "./avatar.tsx";

/** Somebody is about to say something. The announcer says it in words. */
export function Typing({ who }: { who: Participant }) {
  return (
    <div class="typing" aria-hidden="true">
      <Avatar {...who} />
      <span class="dots">
        <i />
        <i />
        <i />
      </span>
    </div>
  );
}
