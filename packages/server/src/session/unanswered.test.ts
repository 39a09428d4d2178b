import { EVENT } from "@parley/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry } from "../conversation/entries.ts";
import { emptyConversation } from "../conversation/state.ts";
import { Unanswered } from "./unanswered.ts";

const entry = (sequence: number, type: string, text: string) =>
  ({ kind: "event", position: sequence, event: { sequence, type, payload: { text } } }) as unknown as Entry;
const message = (sequence: number, text = "hi") => entry(sequence, EVENT.USER_MESSAGE, text);

const empty = () => new Unanswered(emptyConversation());

function written(...sequences: number[]): Unanswered {
  const unanswered = empty();
  for (const sequence of sequences) unanswered.add([message(sequence)], 0);
  return unanswered;
}

describe("messages that wait", () => {
  it("are there without a look into the journal", () => {
    const unanswered = empty();
    unanswered.add([message(1, "one"), entry(2, EVENT.POLY_AGENT_MESSAGE, "no"), message(3, "three")], 0);
    expect(unanswered.between(0, 3)).toEqual([
      { sequence: 1, text: "one" },
      { sequence: 3, text: "three" },
    ]);
    expect(unanswered.between(0, 2)).toEqual([{ sequence: 1, text: "one" }]);
    expect(unanswered.between(1, 3)).toEqual([{ sequence: 3, text: "three" }]);
  });

  it.each<[string, Unanswered]>([
    ["too many", written(1, 2, 3, 4, 5)],
    [
      "one that is too long",
      (() => {
        const unanswered = written(1);
        unanswered.add([message(2, "x".repeat(1_001))], 0);
        return unanswered;
      })(),
    ],
    ["one from before the session came into memory", new Unanswered({ ...emptyConversation(), asked: 1 })],
  ])("have to be read where there are %s, until these are answered", (_, unanswered) => {
    expect(unanswered.between(0, 5)).toBeNull();
    unanswered.add([message(6)], 0);
    expect(unanswered.between(0, 6)).toBeNull();
    unanswered.add([message(7, "new")], 6);
    expect(unanswered.between(6, 7)).toEqual([{ sequence: 7, text: "new" }]);
  });

  it("are each turn's own", () => {
    const unanswered = written(1);
    for (const message of unanswered.between(0, 1) ?? []) message.text = "changed";
    expect(unanswered.between(0, 1)).toEqual([{ sequence: 1, text: "hi" }]);
  });

  it("have to be read where what was answered is to be answered again", () => {
    const unanswered = written(1);
    unanswered.add([message(2)], 1);
    expect(unanswered.between(0, 2)).toBeNull();
    expect(unanswered.between(1, 2)).toEqual([{ sequence: 2, text: "hi" }]);
  });

  it("are those that the journal has, or are not there", () => {
    const step = fc.record({
      isMessage: fc.boolean(),
      length: fc.constantFrom(1, 1_000, 1_001),
      /** How much of what was written is answered by then, of all. */
      answered: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.nat(30), fc.nat(30), (steps, a, b) => {
        const unanswered = empty();
        const written: { sequence: number; text: string }[] = [];
        let answered = 0;
        for (const [index, { isMessage, length, answered: share }] of steps.entries()) {
          const sequence = index + 1;
          answered = Math.max(answered, Math.floor(share * index));
          const text = "x".repeat(length);
          if (isMessage) written.push({ sequence, text });
          unanswered.add(
            [isMessage ? message(sequence, text) : entry(sequence, EVENT.POLY_AGENT_MESSAGE, text)],
            answered,
          );
        }
        const [after, through] = [Math.min(a, b), Math.max(a, b)];
        const inJournal = written.filter(({ sequence }) => sequence > after && sequence <= through);
        expect([null, inJournal]).toContainEqual(unanswered.between(after, through));
        // Nothing that is few and short is read.
        if (written.length > 4 || written.some(({ text }) => text.length > 1_000)) return;
        const waiting = written.filter(({ sequence }) => sequence > answered);
        expect(unanswered.between(answered, steps.length)).toEqual(waiting);
      }),
    );
  });
});
