import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Alarm } from "./alarm.ts";
import { ManualClock } from "./testing/manual-clock.ts";

describe("Alarm", () => {
  it("calls back when it was not put off for so long, whatever was done with it before", () => {
    const step = fc.oneof(
      fc.record({ set: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ pass: fc.integer({ min: 0, max: 30 }) }),
      fc.constant("stop" as const),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const clock = new ManualClock();
        const called: number[] = [];
        const expected: number[] = [];
        const alarm = new Alarm(clock, () => called.push(clock.monotonic()));
        let due = Number.POSITIVE_INFINITY;
        for (const step of [...steps, { pass: 100 }]) {
          if (step === "stop") {
            alarm.stop();
            due = Number.POSITIVE_INFINITY;
          } else if ("set" in step) {
            alarm.set(step.set);
            due = clock.monotonic() + step.set;
          } else {
            clock.advance(step.pass);
            if (due > clock.monotonic()) continue;
            expected.push(due);
            due = Number.POSITIVE_INFINITY;
          }
        }
        expect(called).toEqual(expected);
        expect(clock.size).toBe(0);
      }),
    );
  });

  it("sets no timer when it is put off", () => {
    const clock = new ManualClock();
    const alarm = new Alarm(clock, () => {});
    let timers = 0;
    const { after } = clock;
    clock.after = (ms, callback) => {
      timers += 1;
      return after.call(clock, ms, callback);
    };
    for (let i = 0; i < 100; i += 1) {
      alarm.set(1_000);
      clock.advance(1);
    }
    expect(timers).toBe(1);
  });

  it("can be set again by what it calls", () => {
    const clock = new ManualClock();
    const called: number[] = [];
    const alarm: Alarm = new Alarm(clock, () => {
      called.push(clock.monotonic());
      if (called.length < 3) alarm.set(10);
    });
    const start = clock.monotonic();
    alarm.set(5);
    clock.advance(100);
    expect(called.map((at) => at - start)).toEqual([5, 15, 25]);
  });
});
