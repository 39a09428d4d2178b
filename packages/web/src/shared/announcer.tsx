import type { Snapshot } from "@parley/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Announced, announcements } from "./announcements.ts";
import { useTexts } from "./i18n/texts.ts";

/** What was read out goes after so long, milliseconds: whoever explores the page is not to find it again. */
const HEARD = 10_000;

const ALL = () => true;

/**
 * Has a screen reader read out what comes: once, and a message when it is whole, for a text that grows word by word is no
 * text to listen to. What was there when the page was loaded is not news.
 */
export function Announcer({
  snapshot,
  isNews = ALL,
}: {
  snapshot: Snapshot;
  /** Whether the event or message of this id came after all that an earlier page has shown. Keep it the same function. */
  isNews?: (id: string) => boolean;
}) {
  const texts = useTexts();
  const told = useRef<Announced | null>(null);
  const [spoken, setSpoken] = useState<readonly { id: string; text: string }[]>([]);
  useEffect(() => {
    const { news, announced } = announcements(snapshot, told.current, texts, isNews);
    told.current = announced;
    if (news.length === 0) return;
    setSpoken((before) => [...before, ...news]);
    // Not cleared by what comes next: each goes by itself.
    setTimeout(() => setSpoken((before) => before.filter((one) => !news.includes(one))), HEARD);
  }, [snapshot, texts, isNews]);
  return (
    <div class="sr-only" role="log" aria-live="polite" aria-relevant="additions">
      {spoken.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
