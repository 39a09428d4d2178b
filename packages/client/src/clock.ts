/** Time, handed in so that no test waits for it. */
export interface Clock {
  /** Milliseconds since 1970. It goes on while a machine sleeps, and may be set. */
  now(): number;
  /** Calls back once, no sooner than after so many milliseconds. @returns what cancels it */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
