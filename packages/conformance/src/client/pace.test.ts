import { expect, it } from "vitest";
import { Pace } from "./pace.ts";

it("lets as many go as the burst, then so many a second, and again after a rest", async () => {
  let now = 1_000;
  const waits: number[] = [];
  const sleep = async (ms: number) => {
    waits.push(ms);
    now += ms;
  };
  const pace = new Pace({ perSecond: 10, burst: 3 }, { now: () => now, sleep });
  for (let count = 0; count < 5; count++) await pace.take();
  expect(waits).toEqual([100, 100]);

  now += 10_000;
  for (let count = 0; count < 4; count++) await pace.take();
  expect(waits).toEqual([100, 100, 100]);
});

it("makes those who ask at the same time wait one behind the other", async () => {
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  const pace = new Pace({ perSecond: 10, burst: 1 }, { now: () => 0, sleep });
  await Promise.all([pace.take(), pace.take(), pace.take()]);
  expect(waits).toEqual([100, 200]);
});
