import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { Batcher, MAX_ROWS } from "./batcher.ts";

describe("Batcher", () => {
  let sent: string[][];
  let settle: (() => void)[];
  let endOfTurn: (() => void)[];
  let batcher: Batcher<string>;

  beforeEach(() => {
    sent = [];
    settle = [];
    endOfTurn = [];
    batcher = new Batcher<string>({
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

  it("sends the next at the end of its turn, whatever is under way", () => {
    for (const value of ["a", "b", "c"]) {
      batcher.add(value, 1);
      turn();
    }
    expect(sent).toEqual([["a"], ["b"], ["c"]]);
  });

  it("sends a full batch before the turn ends", () => {
    batcher.add("a", MAX_ROWS - 1);
    expect(sent).toEqual([]);
    batcher.add("b", 1);
    expect(sent).toEqual([["a", "b"]]);
    batcher.add("c", 1);
    batcher.add("d", MAX_ROWS);
    expect(sent).toEqual([["a", "b"], ["c"], ["d"]]);
    turn();
    expect(sent).toHaveLength(3);
  });

  it("fills a batch to its size, in order, and sends what is larger alone", () => {
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
    expect(sent).toEqual([["a"], ["b"], ["c"], ["d", "e"], ["f"]]);
  });

  it("loses nothing and changes no order, however turns fall", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant("turn" as const), fc.integer({ min: 0, max: 400 }))),
        (steps) => {
          sent = [];
          const given: string[] = [];
          for (const [index, step] of steps.entries()) {
            if (step === "turn") turn();
            else {
              given.push(`${index}`);
              batcher.add(`${index}`, step);
            }
          }
          turn();
          expect(sent.flat()).toEqual(given);
        },
      ),
    );
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
