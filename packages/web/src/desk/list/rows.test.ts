import { describe, expect, it } from "vitest";
import { conversation } from "../testing/stage.ts";
import type { DeskConversation } from "../wire.ts";
import { type Filter, HEIGHTS, inSight, NO_FILTER, offsetsOf, type Row, rowsOf } from "./rows.ts";

const rows = (all: DeskConversation[], filter: Partial<Filter> = {}) =>
  rowsOf({ conversations: new Map(all.map((one) => [one.handoff, one])) }, "robin", {
    ...NO_FILTER,
    ...filter,
  });
const shown = (list: readonly Row[]) =>
  list.map((row) =>
    row.kind === "head" ? `${row.title} ${row.count}` : row.id + (row.isNext ? " next" : ""),
  );

const ALL = [
  conversation("w2", { requested_at: 2 }),
  conversation("w1", { requested_at: 1, skills: ["spanish"] }),
  conversation("h1", { requested_at: 3, queue: "help", reason: "A refund" }),
  conversation("o", { state: "offered", person: "robin", requested_at: 0 }),
  conversation("mine", { state: "joined", person: "robin" }),
  conversation("theirs", { state: "joined", person: "sam" }),
];

describe("the list", () => {
  it("has what is one's own first, and says who is next of each queue", () => {
    expect(shown(rows(ALL))).toEqual([
      "Offered to you 1",
      "o",
      "Your conversations 1",
      "mine",
      "Waiting 3",
      "w1 next",
      "w2",
      "h1 next",
      "With others 1",
      "theirs",
    ]);
  });
  it.each<[Partial<Filter>, string[]]>([
    [{ queue: "help" }, ["h1 next"]],
    [{ skill: "spanish" }, ["w1 next"]],
    [{ words: "refund maria" }, ["h1 next"]],
    [{ words: "nothing of it" }, []],
  ])("filters what is not one's own: %j", (filter, expected) => {
    const list = rows(ALL, filter);
    expect(shown(list).filter((one) => /^[wh]\d/.test(one))).toEqual(expected);
    expect(shown(list)).toContain("mine");
    expect(shown(list)).toContain("o");
  });
});

describe("what is in sight", () => {
  const many = rows(
    Array.from({ length: 500 }, (_, index) => conversation(`w${index}`, { requested_at: index })),
  );
  const offsets = offsetsOf(many);
  it("is a screen of five hundred, and a few beyond", () => {
    expect(offsets.at(-1)).toBe(HEIGHTS.head + 500 * HEIGHTS.conversation);
    const { from, to } = inSight(offsets, 20_000, 700);
    expect(offsets[from] as number).toBeLessThanOrEqual(20_000);
    expect(offsets[to] as number).toBeGreaterThanOrEqual(20_700);
    expect(to - from).toBeLessThan(30);
  });
  it.each([
    [0, 700],
    [1_000_000, 700],
  ])("stays within the list, scrolled to %i", (top, height) => {
    const { from, to } = inSight(offsets, top, height);
    expect(from).toBeGreaterThanOrEqual(0);
    expect(to).toBeLessThanOrEqual(many.length);
    expect(to).toBeGreaterThan(from);
  });
  it("is nothing of nothing", () => {
    expect(inSight(offsetsOf([]), 0, 700)).toEqual({ from: 0, to: 0 });
  });
});
