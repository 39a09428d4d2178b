/** How a client deals with a bad network. All times are milliseconds. */
export interface Habits {
  /** A message that was not echoed is sent again, with the same key, in this rhythm. */
  readonly resendMs: number;
  readonly heartbeatMs: number;
  /** A socket from which nothing came for so long is dead. */
  readonly deadMs: number;
  /** An upgrade that is not answered within this time is given up. */
  readonly connectMs: number;
  /** The first attempt after a loss: at least and at most so much later, so that not all come at once. */
  readonly returnMs: readonly [number, number];
  /** The attempts after it; the last one repeats. Half of each is chance. */
  readonly backoffMs: readonly number[];
  /** The wait after a port that refused; null where that is a failed attempt like others. */
  readonly refusedMs: number | null;
}

/** As clients do that are in use and cannot be changed. */
export const SHIPPED: Habits = {
  resendMs: 3_000,
  heartbeatMs: 30_000,
  deadMs: 60_000,
  connectMs: 10_000,
  returnMs: [1_000, 5_000],
  backoffMs: [1_000, 2_000, 4_000, 8_000, 16_000],
  refusedMs: 10_000,
};

/** As a client does that comes back as soon as a server can bear. */
export const QUICK: Habits = {
  resendMs: 3_000,
  heartbeatMs: 30_000,
  deadMs: 60_000,
  connectMs: 10_000,
  returnMs: [0, 1_000],
  backoffMs: [250, 500, 1_000, 2_000],
  refusedMs: null,
};

/** A client in a hurry, for networks that fail every second: it has to notice within the test that a socket is dead. */
export const HASTY: Habits = {
  resendMs: 700,
  heartbeatMs: 500,
  deadMs: 1_500,
  connectMs: 2_000,
  returnMs: [20, 300],
  backoffMs: [100, 200, 400],
  refusedMs: null,
};
