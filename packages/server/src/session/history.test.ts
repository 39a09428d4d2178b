import { beforeEach, describe, expect, it } from "vitest";
import { event, fact, newSession } from "../testing/journal-rows.ts";
import { MemoryJournal } from "../testing/memory-journal.ts";
import { History } from "./history.ts";

const EVENTS = 100;

describe("the newest events", () => {
  let history: History;

  beforeEach(async () => {
    const journal = new MemoryJournal();
    const key = await journal.create(newSession(), [], 5);
    const rows = Array.from({ length: EVENTS }, (_, index) => [
      event(2 * index + 1, index + 1),
      fact(2 * index + 2),
    ]);
    await journal.append({ session: key, after: 0, rows: rows.flat() });
    history = new History(journal, key);
  });

  async function newest(through: number, bytes: number): Promise<number[]> {
    return (await history.newest(through, bytes)).map(({ sequence }) => sequence);
  }

  const upTo = (last: number, count: number) => Array.from({ length: count }, (_, i) => last - count + 1 + i);
  /** `{"sequence":10}` to `{"sequence":99}`. */
  const BYTES = 15;

  it.each([
    ["all where there is room", EVENTS, 1_000_000, EVENTS],
    ["all there are, also when more are on their way", EVENTS + 50, 1_000_000, EVENTS],
    ["those up to a sequence", 50, 1_000_000, 50],
    ["as many as fit", 99, 3 * BYTES, 3],
    ["not one that fits in part", 99, 3 * BYTES - 1, 2],
    ["over several windows", 99, 70 * BYTES, 70],
    ["none without room", 99, 0, 0],
  ])("are %s", async (_, through, bytes, count) => {
    expect(await newest(through, bytes)).toEqual(upTo(Math.min(through, EVENTS), count));
  });
});
