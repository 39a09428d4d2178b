/** A pending call; cancelling one that has run does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time, handed in so that no test waits for it. */
export interface Clock {
  /** Milliseconds since 1970, UTC: the time of day, which may be set forward or back at any moment. */
  now(): number;
  /**
   * Whole milliseconds that only ever go forward: those since 1970 at the start of the process, and then counted. For
   * durations and deadlines. A stopped process finds itself later; the next process counts from its own start.
   */
  monotonic(): number;
  /** Calls back once, no sooner than after so many milliseconds. Does not keep the process alive. */
  after(ms: number, callback: () => void): Timer;
}

/** Asking for it costs more than the rest of the hour. */
const { timeOrigin } = performance;

export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => Math.floor(timeOrigin + performance.now()),
  after(ms, callback) {
    const handle = setTimeout(callback, Math.max(0, ms)).unref();
    return { cancel: () => clearTimeout(handle) };
  },
};
