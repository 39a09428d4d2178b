import fc from "fast-check";
import { expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.ts";
import { Delay } from "./delay.ts";

it("does everything once, in order, and never too soon, however the while changes", () => {
  const step = fc.oneof(
    fc.record({ ms: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ pass: fc.integer({ min: 1, max: 40 }) }),
    fc.constant("push" as const),
    fc.constant("flush" as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = new ManualClock();
      const delay = new Delay(clock);
      const done: number[] = [];
      let pushed = 0;
      let ms = 0;
      for (const one of steps) {
        if (one === "flush") {
          delay.flush();
          expect(done).toHaveLength(pushed);
        } else if (one === "push") {
          const index = pushed;
          const earliest = clock.monotonic() + ms;
          let isFlushed = false;
          const flush = delay.flush.bind(delay);
          delay.flush = () => {
            isFlushed = true;
            flush();
          };
          pushed += 1;
          delay.push(1, () => {
            if (!isFlushed) expect(clock.monotonic()).toBeGreaterThanOrEqual(earliest);
            done.push(index);
          });
        } else if ("ms" in one) {
          ms = one.ms;
          delay.ms = ms;
        } else clock.advance(one.pass);
        expect(delay.bytes).toBe(pushed - done.length);
      }
      clock.advance(100);
      expect(done).toEqual(Array.from({ length: pushed }, (_, index) => index));
    }),
  );
});
