import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry } from "./entries.ts";
import { sift } from "./sift.ts";

const row = (key: number) => ({ key }) as Entry;
const all = () => true;
const even = ({ key }: Entry) => key % 2 === 0;
const keys = (rows: readonly Entry[]) => rows.map(({ key }) => key);

describe("a sieve", () => {
  it("shows each row once, in order, however many come between two looks, and lets go of those that are gone", () => {
    const look = fc.record({ come: fc.nat(5), go: fc.nat(3), matches: fc.constantFrom(all, even) });
    fc.assert(
      fc.property(fc.array(look), (looks) => {
        const entries: Entry[] = [];
        let newest = 0;
        let sifted: ReturnType<typeof sift> | undefined;
        for (const { come, go, matches } of looks) {
          for (let i = 0; i < come; i += 1) entries.push(row(++newest));
          // The newest is never the one that goes.
          entries.splice(0, Math.min(go, entries.length - 1));
          sifted = sift(sifted, entries, matches);
          expect(keys(sifted.shown)).toEqual(keys(entries.filter(matches)));
        }
      }),
    );
  });

  it("keeps its list where nothing new came through, so that nothing is drawn again", () => {
    const first = sift(undefined, [row(1), row(2)], even);
    expect(sift(first, [row(1), row(2), row(3)], even).shown).toBe(first.shown);
  });
});
