import fc from "fast-check";
import type { KeptCommand } from "../conversation/commands.ts";

/** One thing that happens, in any order and at any moment. */
export type Step =
  | {
      kind:
        | "join"
        | "end"
        | "abandon"
        | "crash"
        | "join_overdue"
        | "agent_ready"
        | "agent_missing"
        | "hand_over"
        | "hear";
    }
  | { kind: "message"; key: number | null; text: number; throttled: boolean }
  | {
      kind: "say";
      how:
        | "chunk"
        | "message"
        | "last"
        | "done"
        | "fail"
        | "handoff"
        | "elsewhere"
        | "end"
        | "call"
        | "remember";
      late: boolean;
    }
  | { kind: "prompt"; key: number | null; text: number; literal: boolean }
  | { kind: "provider"; how: keyof typeof provided; key: number | null; late: boolean; wait: boolean }
  | { kind: "drain" | "interrupts" | "rules"; on: boolean };

/** What a provider may do, sensible or not where the handoff is. */
export const provided = {
  accept: { kind: "accept" },
  queue: { kind: "queue", status: { position: 2 } },
  next: { kind: "queue", status: { position: 1 } },
  join: { kind: "join", person: { id: "p1", name: "Grace", avatarUrl: "" } },
  joinAnother: { kind: "join", person: { id: "p2", name: "Alan", avatarUrl: "" } },
  say: { kind: "message", text: "a person's words" },
  sayAs: { kind: "message", text: "a person's words", person: "p1" },
  note: { kind: "note", text: "for colleagues" },
  transfer: { kind: "transfer", queue: "other" },
  lose: { kind: "transfer", seen: 4 },
  return: { kind: "return" },
  end: { kind: "end" },
  fail: { kind: "fail" },
  timeOut: { kind: "time_out" },
} as const satisfies Record<string, KeptCommand>;
const ways = Object.keys(provided) as (keyof typeof provided)[];

export const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<Step>({ kind: "join" }) },
    { weight: 3, arbitrary: fc.constant<Step>({ kind: "agent_ready" }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "agent_missing" }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "join_overdue" }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: "hand_over" }) },
    { weight: 1, arbitrary: fc.boolean().map((on): Step => ({ kind: "rules", on })) },
    {
      weight: 14,
      arbitrary: fc.record({
        kind: fc.constant("provider" as const),
        // Most often what leads on: a handoff that always ends at once has no talk in it.
        how: fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom<keyof typeof provided>("join", "say", "transfer") },
          { weight: 2, arbitrary: fc.constantFrom(...ways.filter((way) => way !== "end")) },
          { weight: 1, arbitrary: fc.constantFrom<keyof typeof provided>("return", "transfer", "end") },
        ),
        key: fc.option(fc.integer({ min: 0, max: 3 })),
        late: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
        wait: fc.integer({ min: 0, max: 19 }).map((dice) => dice === 0),
      }),
    },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: "crash" }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: "hear" }) },
    { weight: 1, arbitrary: fc.boolean().map((on): Step => ({ kind: "drain", on })) },
    { weight: 1, arbitrary: fc.boolean().map((on): Step => ({ kind: "interrupts", on })) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("prompt" as const),
        key: fc.option(fc.integer({ min: 0, max: 3 })),
        text: fc.integer({ min: 0, max: 1 }),
        literal: fc.boolean(),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("message" as const),
        key: fc.option(fc.integer({ min: 0, max: 4 })),
        text: fc.integer({ min: 0, max: 2 }),
        throttled: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
      }),
    },
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constant("say" as const),
        how: fc.constantFrom(
          "chunk",
          "chunk",
          "message",
          "last",
          "last",
          "done",
          "fail",
          "handoff",
          "handoff",
          "elsewhere",
          "call",
          "remember",
        ),
        late: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
      }) as fc.Arbitrary<Step>,
    },
    { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: "end" }, { kind: "abandon" }) },
  ),
  // Long runs: most rules matter only after a join, a greeting and some talk.
  { maxLength: 120, size: "max" },
);
