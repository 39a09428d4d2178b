import { beforeEach, describe, expect, it } from "vitest";
import { Checkpointer } from "./checkpointer.ts";

describe("a checkpointer", () => {
  let calls: string[];
  let pending: PromiseWithResolvers<void>[];
  let checkpointer: Checkpointer;

  beforeEach(() => {
    calls = [];
    pending = [];
    const caller = (who: string) => ({
      call: (name: string) => {
        calls.push(`${who}: ${name}`);
        const answer = Promise.withResolvers<void>();
        pending.push(answer);
        return answer.promise;
      },
    });
    checkpointer = new Checkpointer(caller("helper"), caller("writer"));
  });

  const commits = (count: number, rows: number) => {
    for (let i = 0; i < count; i += 1) checkpointer.committed(rows);
  };
  const settle = async (fails = false) => {
    if (fails) pending.shift()?.reject(new Error("no room"));
    else pending.shift()?.resolve();
    // What follows from it happens in microtasks.
    await new Promise(setImmediate);
  };

  it.each([
    ["many small commits", 100, 5],
    ["few large ones", 10, 256],
  ])("writes back what %s have left, and then the writer the rest", async (_, count, rows) => {
    commits(count, rows);
    expect(calls).toEqual(["helper: checkpoint"]);
    await settle();
    expect(calls).toEqual(["helper: checkpoint", "writer: checkpoint"]);
  });

  it("is in nobody's way before there is much", () => {
    commits(10, 5);
    expect(calls).toEqual([]);
  });

  it("begins no second one beside the first", async () => {
    commits(300, 5);
    expect(calls).toEqual(["helper: checkpoint"]);
    await settle();
    await settle();
    commits(1, 5);
    expect(calls).toEqual(["helper: checkpoint", "writer: checkpoint", "helper: checkpoint"]);
  });

  it("goes on after one that failed", async () => {
    commits(100, 5);
    await settle(true);
    commits(100, 5);
    expect(calls).toEqual(["helper: checkpoint", "helper: checkpoint"]);
  });

  it("closes behind what is under way", async () => {
    commits(100, 5);
    const closed = checkpointer.close();
    await settle();
    expect(calls).toEqual(["helper: checkpoint", "writer: checkpoint"]);
    await settle();
    expect(calls.at(-1)).toBe("helper: close");
    await settle();
    await closed;
  });

  it("has nothing to close where it never began", async () => {
    commits(1, 5);
    await checkpointer.close();
    expect(calls).toEqual([]);
  });
});
