import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../testing/manual-clock.ts";
import { AgentOverloaded } from "../agent.ts";
import { askAgain } from "./ask-again.ts";
import { type FaultKind, kindOfStatus, ProviderFault, readRetryAfter } from "./fault.ts";

it.each<[number, FaultKind]>([
  [400, "final"],
  [401, "final"],
  [404, "final"],
  [408, "passing"],
  [409, "passing"],
  [422, "final"],
  [425, "passing"],
  [429, "overloaded"],
  [500, "passing"],
  [502, "passing"],
  [503, "overloaded"],
  [529, "overloaded"],
])("%i is %s", (status, kind) => {
  expect(kindOfStatus(status)).toBe(kind);
});

describe("Retry-After", () => {
  const now = Date.UTC(2026, 0, 1);

  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ "retry-after": "" }, undefined],
    [{ "retry-after": "2" }, 2_000],
    [{ "retry-after": "0.5" }, 500],
    [{ "retry-after": "-2" }, undefined],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "Thu, 01 Jan 2026 00:00:03 GMT" }, 3_000],
    [{ "retry-after": "Wed, 31 Dec 2025 00:00:00 GMT" }, 0],
    [{ "retry-after": "2", "retry-after-ms": "150" }, 150],
  ])("%j is %s ms", (headers, ms) => {
    expect(readRetryAfter((name) => headers[name], now)).toBe(ms);
  });
});

describe("asking again", () => {
  const start = (answers: readonly (ProviderFault | string)[]) => {
    const clock = new ManualClock();
    const stop = new AbortController();
    let asks = 0;
    const ask = async function* () {
      const given = answers[asks++];
      if (typeof given !== "string") throw given;
      for (const part of given.split("|")) {
        if (part === "!") throw new ProviderFault("passing", "broken");
        yield part;
      }
    };
    const toFault = (error: unknown) => error as ProviderFault;
    const iterator = askAgain(ask, { clock, signal: stop.signal, toFault });
    return { clock, stop, iterator, asks: () => asks };
  };
  const passing = (retryAfterMs?: number) => new ProviderFault("passing", "down", { retryAfterMs });

  it("waits twice as long each time where no wait is named", async () => {
    const { clock, iterator, asks } = start([passing(), passing(), "hi"]);
    const first = await iterator.next();
    for (const [i, ms] of [500, 1_000].entries()) {
      if (i === 0)
        expect(first.value).toMatchObject({ type: "retried", reason: expect.stringContaining("500 ms") });
      const next = iterator.next();
      clock.advance(ms - 1);
      await setImmediate();
      expect(asks()).toBe(i + 1);
      clock.advance(1);
      const { value } = await next;
      expect(asks()).toBe(i + 2);
      if (i === 1) expect(value).toBe("hi");
    }
  });

  it.each([
    [10_000, "asked again"],
    [10_001, "failed"],
  ])("a wait of %i ms is %s", async (ms, outcome) => {
    const { iterator } = start([passing(ms), "hi"]);
    const first = await iterator.next().then(
      () => "asked again",
      () => "failed",
    );
    expect(first).toBe(outcome);
  });

  it("is of no use behind the first word, or where the same would be said", async () => {
    const behind = start(["hi|!", "again"]);
    await behind.iterator.next();
    await expect(behind.iterator.next()).rejects.toThrow("broken");
    const final = start([new ProviderFault("final", "no such model"), "hi"]);
    await expect(final.iterator.next()).rejects.toThrow("no such model");
    expect([behind.asks(), final.asks()]).toEqual([1, 1]);
  });

  it("is over when nobody listens any more, and leaves no timer behind", async () => {
    const { clock, stop, iterator } = start([passing(), "hi"]);
    await iterator.next();
    const next = iterator.next();
    stop.abort(new Error("gone"));
    await expect(next).rejects.toThrow("gone");
    expect(clock.size).toBe(0);
  });

  it("ends as overloaded with what the provider asked for", async () => {
    const { iterator } = start([new ProviderFault("overloaded", "busy", { retryAfterMs: 60_000 })]);
    const error = await iterator.next().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AgentOverloaded);
    expect(error).toMatchObject({ retryAfterMs: 60_000 });
  });
});
