import { describe, expect, it } from "vitest";
import type { Check } from "./check.ts";
import { ensure, same } from "./failure.ts";
import { demoProfile } from "./profile.ts";
import { explainResult, summarize } from "./report.ts";
import { run, start } from "./run.ts";

/** Nothing listens there; these checks ask nothing of a server. */
const profile = demoProfile("http://127.0.0.1:1");

const check = (id: string, body: () => Promise<void> | void, more: Partial<Check> = {}): Check => ({
  id,
  title: "a rule",
  run: async () => body(),
  ...more,
});

describe("a run", () => {
  it("tells what holds, what does not and what cannot be tried, in the order of the checks", async () => {
    const results = await run(
      [
        check("1.a", () => ensure(false, "a white horse", { colour: "black" })),
        check("2.b", () => {}),
        check("3.c", () => {}, { needs: ["contextKey"] }),
      ],
      profile,
    );
    expect(results).toMatchObject([
      { id: "1.a", section: "1", status: "fail", expected: "a white horse", seen: '{"colour":"black"}' },
      { id: "2.b", section: "2", status: "pass" },
      { id: "3.c", section: "3", status: "not applicable", reason: expect.stringContaining("context key") },
    ]);
    expect(summarize(results)).toEqual({ passed: 1, failed: 1, notApplicable: 1 });
  });

  it("tells a mistake of its own from what a server did", async () => {
    const [result] = await run([check("1.a", () => Promise.reject(new TypeError("no such thing")))], profile);
    expect(result).toMatchObject({ status: "fail", expected: "the check to run" });
    expect(result).toHaveProperty("seen", expect.stringContaining("TypeError: no such thing"));
  });

  it("gives up on a check that takes too long, and goes on", async () => {
    const never = check("1.a", () => new Promise<void>(() => {}), { seconds: 0.01 });
    const results = await run([never, check("1.b", () => {})], profile, { concurrency: 1 });
    expect(results.map(({ status }) => status)).toEqual(["fail", "pass"]);
  });

  it("runs as many at once as it may, one alone where that was asked for, and the last ones last", async () => {
    let running = 0;
    const most: Record<string, number> = {};
    const order: string[] = [];
    const watched = (id: string, more: Partial<Check> = {}) =>
      check(
        id,
        async () => {
          running++;
          order.push(id);
          most[id] = running;
          await new Promise((resolve) => setImmediate(resolve));
          running--;
        },
        more,
      );
    const checks = [
      watched("1.last", { order: "last" }),
      watched("1.alone", { order: "alone" }),
      ...["1.a", "1.b", "1.c", "1.d"].map((id) => watched(id)),
      watched("1.long", { seconds: 60 }),
    ];
    const seen: string[] = [];
    const results = await run(checks, profile, { concurrency: 2, onResult: ({ id }) => seen.push(id) });
    expect(results.map(({ id }) => id)).toEqual(checks.map(({ id }) => id));
    expect(Math.max(...Object.values(most))).toBe(2);
    expect(most["1.alone"]).toBe(1);
    expect(order[0]).toBe("1.long");
    expect(order.slice(-2)).toEqual(["1.alone", "1.last"]);
    expect(seen.toSorted()).toEqual(checks.map(({ id }) => id).toSorted());
  });

  it("refuses two checks of one id", () => {
    expect(() => start([check("1.a", () => {}), check("1.a", () => {})], profile)).toThrow("same id");
  });

  it("says in a failure what a server that does not answer did", async () => {
    const asks = check("1.a", () => {});
    asks.run = async (context) => void (await context.session());
    const [result] = await run([asks], profile);
    expect(result).toMatchObject({ status: "fail", seen: expect.stringContaining("ECONNREFUSED") });
  });
});

describe("a report", () => {
  it("has the sentence, what was expected and what was seen", async () => {
    const [result] = await run([check("4.x.y", () => same({ a: 1 }, { a: 2 }, "the object"))], profile);
    if (result === undefined) throw new Error("no result");
    const text = explainResult(result);
    expect(text).toMatch(/^FAIL §4 4\.x\.y \(\d+ ms\): a rule\n/);
    expect(text).toContain('expected: the object: {"a":2}');
    expect(text).toContain('seen:     {"a":1}');
  });
});
