import { expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.ts";
import { WireLog, type WireRecord } from "./wire-log.ts";

const frame = (text: string, session = "s") =>
  ({ kind: "frame", session, connection: 1, from: "client", text }) as const;

it("remembers the newest 20,000 records, and no more than 32 million characters", () => {
  const log = new WireLog(new ManualClock());
  for (let index = 1; index <= 20_005; index += 1) log.add(frame("x"));
  expect([log.read().length, log.read()[0]?.n]).toEqual([20_000, 6]);
  const long = "y".repeat(1_024 * 1_024);
  for (let index = 1; index <= 40; index += 1) log.add(frame(long));
  expect(log.read()).toHaveLength(32);
});

it("reads what is behind a record, of one session or all", () => {
  const log = new WireLog(new ManualClock());
  for (const session of ["a", "b", "a"]) log.add(frame("x", session));
  expect(log.read(1, "a").map(({ n }) => n)).toEqual([3]);
  expect(log.read(1).map(({ n }) => n)).toEqual([2, 3]);
});

it("tells who looks on of each record once, gathered, whenever they came", () => {
  const clock = new ManualClock();
  const log = new WireLog(clock);
  const heard: Record<string, number[]> = { first: [], second: [] };
  const listen = (name: string) => (records: readonly WireRecord[]) =>
    heard[name]?.push(...records.map(({ n }) => n));
  const stop = log.subscribe(listen("first"));
  log.add(frame("1"));
  log.add(frame("2"));
  log.subscribe(listen("second"));
  log.add(frame("3"));
  clock.advance(16);
  stop();
  log.add(frame("4"));
  clock.advance(16);
  expect(heard).toEqual({ first: [1, 2, 3], second: [3, 4] });
});
