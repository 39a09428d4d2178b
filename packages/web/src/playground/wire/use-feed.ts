import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Entry } from "./entries.ts";
import type { Feed } from "./feed.ts";
import { type Filter, matcher } from "./filter.ts";
import { type Sifted, sift } from "./sift.ts";

/** Draws anew when something has come, at most once a frame of the display. @returns the feed's newest row */
export function useFeed(feed: Feed): number {
  const [newest, show] = useState(feed.newest);
  const [, setOpen] = useState(feed.isOpen);
  useEffect(() => {
    let frame = 0;
    const stop = feed.subscribe(() => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        show(feed.newest);
        setOpen(feed.isOpen);
      });
    });
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, [feed]);
  return newest;
}

/** The rows that a filter lets through. What has come is sifted once; only another filter sifts all anew. */
export function useSieve(feed: Feed, newest: number, filter: Filter): readonly Entry[] {
  const { session, user, words, message, isQuiet, clearedAt } = filter;
  const sifted = useRef<Sifted>(undefined);
  const matches = useMemo(() => matcher(filter), [session, user, words, message, isQuiet, clearedAt]);
  return useMemo(() => {
    sifted.current = sift(sifted.current, feed.entries, matches);
    return sifted.current.shown;
  }, [feed, newest, matches]);
}
