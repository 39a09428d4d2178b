import type { Entry } from "./entries.ts";

/** What a filter has let through so far. */
export interface Sifted {
  readonly shown: readonly Entry[];
  /** The key of the last row that was looked at. */
  readonly through: number;
  readonly matches: (entry: Entry) => boolean;
}

/** Goes on behind the last row that was looked at, or anew with another filter. Rows that are kept no longer go too. */
export function sift(
  before: Sifted | undefined,
  entries: readonly Entry[],
  matches: (entry: Entry) => boolean,
): Sifted {
  const { shown, through } = before?.matches === matches ? before : { shown: [], through: 0 };
  const first = entries[0]?.key ?? 0;
  const oldest = shown[0]?.key ?? first;
  const kept = oldest >= first ? shown : shown.filter(({ key }) => key >= first);
  const fresh = entries.slice(Math.max(0, through - first + 1)).filter(matches);
  return {
    shown: fresh.length === 0 ? kept : [...kept, ...fresh],
    // Of the rows themselves: more may have come than was known when the page was drawn.
    through: entries.at(-1)?.key ?? through,
    matches,
  };
}
