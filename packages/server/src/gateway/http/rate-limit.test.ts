import { describe, expect, it } from "vitest";
import { ManualClock } from "../../testing/manual-clock.ts";
import { RateLimit } from "./rate-limit.ts";

const drain = (limit: RateLimit, key: string, now: number): number => {
  let granted = 0;
  while (granted < 1_000 && limit.take(key, now) === 0) granted += 1;
  return granted;
};

describe("the rate of the handshake", () => {
  it("is 60 at once and 10 a second after that, for each key alone", () => {
    const clock = new ManualClock();
    const limit = new RateLimit();
    expect(drain(limit, "a", clock.now())).toBe(60);
    expect(drain(limit, "b", clock.now())).toBe(60);
    clock.advance(1_000);
    expect(drain(limit, "a", clock.now())).toBe(10);
  });

  it("answers with a whole number of seconds from 1 to 30", () => {
    const clock = new ManualClock();
    const limit = new RateLimit();
    drain(limit, "a", clock.now());
    expect(limit.take("a", clock.now())).toBe(1);
    clock.advance(-3_600_000);
    expect(limit.take("a", clock.now())).toBe(1);
  });

  it("keeps so many keys and no more, and drops the longest unused", () => {
    const clock = new ManualClock();
    const limit = new RateLimit(3);
    drain(limit, "a", clock.now());
    drain(limit, "b", clock.now());
    limit.take("c", clock.now());
    limit.take("a", clock.now());
    limit.take("d", clock.now());
    expect(limit.size).toBe(3);
    expect(limit.take("a", clock.now())).toBe(1);
    expect(limit.take("b", clock.now())).toBe(0);
  });
});
