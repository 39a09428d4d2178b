import { expect, it } from "vitest";
import type { WireRecord } from "./entries.ts";
import { Feed } from "./feed.ts";

const records = (from: number, to: number): WireRecord[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    n: from + index,
    at: 0,
    session: "s",
    connection: 1,
    kind: "closed",
    code: 1000,
  }));

it("takes each record once, whatever the server tells again", () => {
  const feed = new Feed();
  const added: number[] = [];
  feed.subscribe((entries) => added.push(...entries.map(({ key }) => key)));
  feed.add(records(1, 3));
  feed.add(records(2, 5));
  expect(feed.entries.map(({ record }) => record.n)).toEqual([1, 2, 3, 4, 5]);
  expect(added).toEqual([1, 2, 3, 4, 5]);
});

it("keeps the newest 20,000 at most, and their keys go on", () => {
  const feed = new Feed();
  feed.add(records(1, 20_000));
  feed.add(records(20_001, 20_001));
  expect(feed.entries.length).toBe(19_000);
  expect([feed.entries[0]?.key, feed.entries.at(-1)?.key]).toEqual([1_002, 20_001]);
});
