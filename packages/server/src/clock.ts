/** A pending call; cancelling one that has run does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time, handed in so that no test waits for it. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Calls back once, no sooner than after so many milliseconds. Does not keep the process alive. */
  after(ms: number, callback: () => void): Timer;
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, callback) {
    const handle = setTimeout(callback, Math.max(0, ms)).unref();
    return { cancel: () => clearTimeout(handle) };
  },
};
