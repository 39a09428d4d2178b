import { LIMITS } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../testing/manual-clock.ts";
import { Retries } from "./retries.ts";

const setup = (capacity?: number) => {
  const clock = new ManualClock();
  const retries = new Retries<number>(() => clock.now(), capacity);
  let made = 0;
  const create = async () => {
    made += 1;
    return made;
  };
  return { clock, retries, create };
};

describe("retried creations", () => {
  it("give the first answer again for 60 s, and not a moment longer", async () => {
    const { clock, retries, create } = setup();
    expect(await retries.once("key", create)).toBe(1);
    clock.advance(LIMITS.retriedSessionMs - 1);
    expect(await retries.once("key", create)).toBe(1);
    clock.advance(1);
    expect(await retries.once("key", create)).toBe(2);
  });

  it("keep keys apart", async () => {
    const { retries, create } = setup();
    expect(await retries.once("a", create)).toBe(1);
    expect(await retries.once("b", create)).toBe(2);
  });

  it("wait for the one that runs", async () => {
    const { retries } = setup();
    const first = Promise.withResolvers<number>();
    const answers = [retries.once("key", () => first.promise), retries.once("key", async () => 2)];
    first.resolve(1);
    expect(await Promise.all(answers)).toEqual([1, 1]);
  });

  it("do not remember a failure", async () => {
    const { retries, create } = setup();
    const failure = new Error("disk full");
    const failing = [
      retries.once("key", () => Promise.reject(failure)),
      retries.once("key", () => Promise.reject(new Error("not called"))),
    ];
    for (const { status, reason } of (await Promise.allSettled(failing)) as PromiseRejectedResult[]) {
      expect([status, reason]).toEqual(["rejected", failure]);
    }
    expect(await retries.once("key", create)).toBe(1);
  });

  it("do not remember what throws at once", async () => {
    const { retries, create } = setup();
    const failing = retries.once("key", () => {
      throw new Error("at once");
    });
    await expect(failing).rejects.toThrow("at once");
    expect(await retries.once("key", create)).toBe(1);
  });

  it("are remembered up to a bound, the oldest forgotten first", async () => {
    const { retries, create } = setup(2);
    for (const key of ["a", "b", "c"]) await retries.once(key, create);
    expect(retries.size).toBe(2);
    expect(await retries.once("c", create)).toBe(3);
    expect(await retries.once("a", create)).toBe(4);
  });

  it("do not outlive a clock that runs on while nothing is asked", async () => {
    const { clock, retries, create } = setup();
    for (const key of ["a", "b"]) await retries.once(key, create);
    clock.advance(LIMITS.retriedSessionMs);
    await retries.once("c", create);
    expect(retries.size).toBe(1);
  });
});
