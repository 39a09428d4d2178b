import fc from "fast-check";
import { expect, it } from "vitest";
import { LONGEST_MS, pauseAfter } from "./backoff.ts";

it.each([
  [1, 0, 500],
  [1, 1, 1_000],
  [2, 1, 2_000],
  [5, 1, 16_000],
  [6, 1, 30_000],
  [60, 0, 15_000],
])("failure %i at random %f waits %i ms", (failures, random, expected) => {
  expect(pauseAfter(failures, random, LONGEST_MS.open)).toBe(expected);
});

it("heeds what the receiver asks for, up to the longest pause", () => {
  expect(pauseAfter(1, 1, LONGEST_MS.open, 10_000)).toBe(10_000);
  expect(pauseAfter(1, 1, LONGEST_MS.open, 3_600_000)).toBe(LONGEST_MS.open);
  expect(pauseAfter(4, 1, LONGEST_MS.open, 1_000)).toBe(8_000);
});

it("is never longer than the longest, nor nothing", () => {
  const counts = fc.integer({ min: 1, max: 10_000 });
  const parts = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(counts, parts, fc.nat(), (failures, random, asked) => {
      const wait = pauseAfter(failures, random, LONGEST_MS.over, asked);
      expect(wait).toBeGreaterThanOrEqual(500);
      expect(wait).toBeLessThanOrEqual(LONGEST_MS.over);
    }),
  );
});
