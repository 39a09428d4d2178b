import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** Pixels from the end within which somebody reads the newest. */
const NEAR = 48;

/**
 * Keeps a scrolled list at its end while it grows, unless somebody has scrolled up to read.
 * @param count of what is in the list: what is added while somebody reads above counts as unseen
 */
export function useFollow(count: number) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const [seen, setSeen] = useState(count);

  const toEnd = useCallback(() => {
    const node = scroller.current;
    if (node) node.scrollTop = node.scrollHeight;
  }, []);

  useEffect(() => {
    const node = scroller.current;
    const inner = content.current;
    if (!node || !inner) return;
    let last = node.scrollTop;
    const scrolled = () => {
      const isNear = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR;
      // Content that has grown since is no reason to leave the end: only somebody who scrolls up does.
      if (isNear) isFollowing.current = true;
      else if (node.scrollTop < last) isFollowing.current = false;
      last = node.scrollTop;
      setIsAtEnd(isFollowing.current || isNear);
    };
    // Pictures arrive, fonts change, words stream in, a keyboard comes up: whatever it is, the end stays in sight.
    const observer = new ResizeObserver(() => (isFollowing.current ? toEnd() : scrolled()));
    observer.observe(inner);
    observer.observe(node);
    node.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      observer.disconnect();
      node.removeEventListener("scroll", scrolled);
    };
  }, [toEnd]);

  useLayoutEffect(() => {
    if (!isFollowing.current) return;
    toEnd();
    setSeen(count);
  }, [count, isAtEnd, toEnd]);

  const jump = useCallback(() => {
    isFollowing.current = true;
    setIsAtEnd(true);
    toEnd();
  }, [toEnd]);
  return { scroller, content, isAtEnd, unseen: Math.max(0, count - seen), jump };
}

export type Follow = ReturnType<typeof useFollow>;
