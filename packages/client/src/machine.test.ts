import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoff, type ConnectionState, isActive, nextState, type Signal, TRANSITIONS } from "./machine.ts";
import { TIMINGS } from "./timings.ts";

const signals: Signal[] = ["start", "stop", "opened", "dropped", "overdue", "ended", "failed"];
const states = Object.keys(TRANSITIONS) as ConnectionState[];

describe("the machine", () => {
  it.each<[ConnectionState, Signal, ConnectionState]>([
    ["idle", "start", "connecting"],
    ["connecting", "dropped", "connecting"],
    ["connecting", "opened", "open"],
    ["open", "dropped", "reconnecting"],
    ["open", "overdue", "open"],
    ["reconnecting", "overdue", "lost"],
    ["reconnecting", "opened", "open"],
    ["lost", "opened", "open"],
    ["lost", "dropped", "lost"],
    ["ended", "start", "ended"],
    ["ended", "dropped", "ended"],
    ["failed", "start", "connecting"],
    ["failed", "opened", "failed"],
  ])("%s, %s: %s", (state, signal, next) => {
    expect(nextState(state, signal)).toBe(next);
  });

  it("reaches every state from the first, and the first from every state", () => {
    const reached = new Set<ConnectionState>(["idle"]);
    for (const state of reached) for (const signal of signals) reached.add(nextState(state, signal));
    expect([...reached].sort()).toEqual([...states].sort());
    for (const state of states) expect(nextState(state, "stop")).toBe("idle");
  });

  it("has no way from a state that rests but a start or a stop", () => {
    for (const state of states.filter((one) => !isActive(one)))
      expect(Object.keys(TRANSITIONS[state]).every((signal) => signal === "start" || signal === "stop")).toBe(
        true,
      );
  });
});

describe("the backoff", () => {
  const wait = (attempt: number, random: number) =>
    backoff(attempt, TIMINGS.backoffFirst, TIMINGS.backoffLast, random);

  it("is anywhere from now to a bound that doubles from 1 s to 30 s", () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((attempt) => wait(attempt, 1))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
    fc.assert(
      fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        expect(wait(attempt, random)).toBeGreaterThanOrEqual(0);
        expect(wait(attempt, random)).toBeLessThanOrEqual(TIMINGS.backoffLast);
      }),
    );
  });
});
