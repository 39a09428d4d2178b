import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.ts";
import { Batcher, MAX_ROWS } from "./batcher.ts";

describe("Batcher", () => {
  let clock: ManualClock;
  let sent: string[][];
  let settle: (() => void)[];
  let endOfTurn: (() => void)[];
  let batcher: Batcher<string>;

  beforeEach(() => {
    clock = new ManualClock();
    sent = [];
    settle = [];
    endOfTurn = [];
    batcher = new Batcher<string>({
      clock,
      soon: (callback) => endOfTurn.push(callback),
      send(batch) {
        sent.push(batch);
        return new Promise((resolve) => settle.push(resolve));
      },
    });
  });

  function turn(): void {
    for (const callback of endOfTurn.splice(0)) callback();
  }

  /** Lets the oldest batch that is under way come back. */
  async function settled(): Promise<void> {
    settle.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
  }

  it("gathers what comes in one turn of the event loop", () => {
    batcher.add("a", 1);
    batcher.add("b", 1);
    expect(sent).toEqual([]);
    turn();
    expect(sent).toEqual([["a", "b"]]);
  });

  it("waits for the next turn while a burst comes in, and no longer", () => {
    for (const value of ["a", "b", "c"]) {
      batcher.add(value, 1);
      batcher.add(`${value}'`, 16);
      turn();
      expect(sent).toEqual([]);
    }
    batcher.add("d", 15);
    turn();
    expect(sent).toEqual([["a", "a'", "b", "b'", "c", "c'", "d"]]);
  });

  it("does not wait for a burst to end when a batch is full", () => {
    batcher.add("a", 1);
    batcher.add("b", MAX_ROWS);
    turn();
    expect(sent).toEqual([["a"], ["b"]]);
  });

  it("waits for it no longer than for another batch", () => {
    batcher.add("a", 1);
    batcher.add("b", 16);
    clock.advance(1);
    turn();
    expect(sent).toEqual([["a", "b"]]);
  });

  it("lets a second batch linger while the first is under way", () => {
    batcher.add("a", 1);
    turn();
    batcher.add("b", 1);
    turn();
    expect(sent).toEqual([["a"]]);
    batcher.add("c", 1);
    clock.advance(1);
    expect(sent).toEqual([["a"], ["b", "c"]]);
  });

  it("sends a full batch without lingering", () => {
    batcher.add("a", 1);
    turn();
    batcher.add("b", MAX_ROWS - 1);
    batcher.add("c", 1);
    expect(sent).toEqual([["a"], ["b", "c"]]);
  });

  it("has at most two under way", async () => {
    for (const value of ["a", "b", "c"]) {
      batcher.add(value, MAX_ROWS);
      turn();
    }
    clock.advance(10);
    expect(sent).toEqual([["a"], ["b"]]);
    await settled();
    expect(sent).toEqual([["a"], ["b"], ["c"]]);
  });

  it("sends behind a commit what has waited for it, at the end of the turn", async () => {
    batcher.add("a", 1);
    turn();
    batcher.add("b", 1);
    await settled();
    turn();
    expect(sent).toEqual([["a"], ["b"]]);
    clock.advance(1);
    expect(sent).toEqual([["a"], ["b"]]);
  });

  it("fills a batch to its size, in order, and sends what is larger alone", async () => {
    const rows: [string, number][] = [
      ["a", MAX_ROWS - 1],
      ["b", 2],
      ["c", MAX_ROWS + 1],
      ["d", 1],
      ["e", 0],
      ["f", MAX_ROWS],
    ];
    for (const [value, count] of rows) batcher.add(value, count);
    turn();
    for (const _ of rows) {
      await settled();
      turn();
    }
    expect(sent).toEqual([["a"], ["b"], ["c"], ["d", "e"], ["f"]]);
  });

  it("is idle when nothing waits and nothing is under way", async () => {
    await batcher.idle();
    let isIdle = false;
    batcher.add("a", 1);
    void batcher.idle().then(() => {
      isIdle = true;
    });
    turn();
    batcher.add("b", 1);
    await settled();
    turn();
    expect(isIdle).toBe(false);
    await settled();
    await Promise.resolve();
    expect(isIdle).toBe(true);
  });
});
