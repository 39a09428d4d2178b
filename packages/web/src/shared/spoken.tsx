import { useCallback, useState } from "preact/hooks";

/** What was read out goes after so long, milliseconds: whoever explores the page is not to find it again. */
const HEARD = 10_000;

export interface Spoken {
  readonly id: string;
  readonly text: string;
}

/** What a screen reader is to read out, and what adds to it. Not cleared by what comes next: each goes by itself. */
export function useSpoken(): [spoken: readonly Spoken[], speak: (news: readonly Spoken[]) => void] {
  const [spoken, setSpoken] = useState<readonly Spoken[]>([]);
  const speak = useCallback((news: readonly Spoken[]) => {
    if (news.length === 0) return;
    setSpoken((before) => [...before, ...news]);
    setTimeout(() => setSpoken((before) => before.filter((one) => !news.includes(one))), HEARD);
  }, []);
  return [spoken, speak];
}

/** Read out, not shown. */
export const SpokenLog = ({ spoken, label }: { spoken: readonly Spoken[]; label?: string }) => (
  <div class="sr-only" role="log" aria-live="polite" aria-relevant="additions" aria-label={label}>
    {spoken.map(({ id, text }) => (
      <p key={id}>{text}</p>
    ))}
  </div>
);
