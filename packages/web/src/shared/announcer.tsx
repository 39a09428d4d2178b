import type { Snapshot } from "@parley/client";
import { useEffect, useRef } from "preact/hooks";
import { type Announced, announcements } from "./announcements.ts";
import { useTexts } from "./i18n/texts.ts";
import { SpokenLog, useSpoken } from "./spoken.tsx";

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
  const [spoken, speak] = useSpoken();
  useEffect(() => {
    const { news, announced } = announcements(snapshot, told.current, texts, isNews);
    told.current = announced;
    speak(news);
  }, [snapshot, texts, isNews, speak]);
  return <SpokenLog spoken={spoken} />;
}
