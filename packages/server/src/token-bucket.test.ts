import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

const start = Date.UTC(2026, 0, 1);

const takeAll = (bucket: TokenBucket, now: number): number => {
  let taken = 0;
  while (taken < 1_000 && bucket.take(now)) taken += 1;
  return taken;
};

describe("a token bucket", () => {
  it.each([
    { rate: 10, burst: 60 },
    { rate: 20, burst: 100 },
    { rate: 10, burst: 10 },
    { rate: 3, burst: 1 },
  ])("grants $burst at once, and $rate a second after that", ({ rate, burst }) => {
    const bucket = new TokenBucket(rate, burst, start);
    expect(takeAll(bucket, start)).toBe(burst);
    expect(takeAll(bucket, start + 1_000)).toBe(Math.min(rate, burst));
    expect(takeAll(bucket, start + 3_600_000)).toBe(burst);
  });

  it("says how long to wait: a millisecond earlier is too early", () => {
    const bucket = new TokenBucket(10, 60, start);
    expect(bucket.waitMs(start)).toBe(0);
    takeAll(bucket, start);
    expect(bucket.waitMs(start)).toBe(100);
    expect(bucket.take(start + 99)).toBe(false);
    expect(bucket.take(start + 100)).toBe(true);
  });

  it("charges nothing for a refusal", () => {
    const bucket = new TokenBucket(10, 1, start);
    bucket.take(start);
    for (let i = 0; i < 1_000; i += 1) expect(bucket.take(start + 50)).toBe(false);
    expect(bucket.take(start + 100)).toBe(true);
  });

  it("is empty at worst after the clock was set back", () => {
    const bucket = new TokenBucket(10, 60, start);
    takeAll(bucket, start);
    const earlier = start - 3_600_000;
    expect(bucket.take(earlier)).toBe(false);
    expect(takeAll(bucket, earlier + 1_000)).toBe(10);
  });

  it("never grants more than its burst and rate over any time, nor less to one who waits as told", () => {
    const step = fc.record({ pauseMs: fc.nat(500), takings: fc.nat(20) });
    fc.assert(
      fc.property(
        fc.constantFrom(1, 4, 10, 20, 50),
        fc.integer({ min: 1, max: 100 }),
        fc.array(step),
        (...run) => {
          const [rate, burst, steps] = run;
          const bucket = new TokenBucket(rate, burst, start);
          let model = burst;
          let now = start;
          for (const { pauseMs, takings } of steps) {
            now += pauseMs;
            model = Math.min(burst, model + (pauseMs * rate) / 1_000);
            for (let i = 0; i < takings; i += 1) {
              // The model adds fractions; what lies within its rounding is decided by the bucket.
              if (Math.abs(model - 1) > 1e-6) expect(bucket.waitMs(now) === 0).toBe(model >= 1);
              if (bucket.take(now)) model -= 1;
            }
          }
          expect(bucket.take(now + bucket.waitMs(now))).toBe(true);
        },
      ),
    );
  });
});
