import { expect, it } from "vitest";
import { Line, LineFull } from "./line.ts";

/** Work that a test finishes by hand. */
function works(line: Line) {
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const begin = (name: number) =>
    line.do(() => {
      started.push(name);
      return new Promise<number>((resolve) => {
        ends[name] = () => resolve(name);
      });
    });
  return { started, ends, begin };
}

it("a line does a few at a time, in order, and turns away who is too many", async () => {
  const line = new Line(2, 2);
  const { started, ends, begin } = works(line);
  const all = [1, 2, 3, 4].map(begin);
  await expect(begin(5)).rejects.toThrow(LineFull);
  expect(started).toEqual([1, 2]);
  ends[2]?.();
  expect(await all[1]).toBe(2);
  expect(started).toEqual([1, 2, 3]);
  const sixth = begin(6);
  ends[1]?.();
  ends[3]?.();
  expect(await Promise.all([all[0], all[2]])).toEqual([1, 3]);
  await Promise.resolve();
  ends[4]?.();
  ends[6]?.();
  expect(await Promise.all([all[3], sixth])).toEqual([4, 6]);
});

it("work that fails leaves its place to the next", async () => {
  const line = new Line(1, 1);
  const failed = line.do(() => Promise.reject(new Error("no")));
  const next = line.do(async () => "yes");
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe("yes");
  expect(await line.do(async () => "and on")).toBe("and on");
});
