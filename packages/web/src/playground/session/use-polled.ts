import { useEffect, useRef, useState } from "preact/hooks";

/** How soon something is asked for again after the wire has moved, milliseconds: it would be asked at every frame. */
const SETTLE = 250;

export interface Polled<Value> {
  readonly value: Value | null;
  /** Why it could not be had, in words. */
  readonly problem: string | null;
}

/**
 * Something of the server's that changes with the wire: asked for when `key` is another, and again shortly after `moved`
 * is. What was asked for an older key is not shown.
 * @param key null where there is nothing to ask for
 */
export function usePolled<Value>(
  key: string | null,
  moved: number,
  ask: (key: string) => Promise<Value>,
): Polled<Value> {
  const [polled, setPolled] = useState<Polled<Value> & { key: string | null }>(() => ({
    ...NOTHING,
    key: null,
  }));
  const state = useRef({ isAsking: false, isStale: false, key, askedFor: null as string | null });
  const asking = useRef(ask);
  asking.current = ask;

  useEffect(() => {
    const now = state.current;
    now.key = key;
    if (key === null) return;
    const run = async () => {
      now.isAsking = true;
      now.isStale = false;
      const asked = now.key ?? "";
      now.askedFor = asked;
      const answer = await asking.current(asked).then(
        (value) => ({ value, problem: null }),
        (error: Error) => ({ value: null, problem: error.message }),
      );
      now.isAsking = false;
      if (asked === now.key) setPolled({ ...answer, key: asked });
      if (now.isStale) void run();
    };
    if (now.isAsking) {
      now.isStale = true;
      return;
    }
    if (now.askedFor !== key) {
      void run();
      return;
    }
    const timer = setTimeout(() => {
      if (now.isAsking) now.isStale = true;
      else void run();
    }, SETTLE);
    return () => clearTimeout(timer);
  }, [key, moved]);
  return polled.key === key ? polled : NOTHING;
}

const NOTHING = { value: null, problem: null };
