import fc from "fast-check";
import { expect, it } from "vitest";
import { newSession } from "../testing/journal-rows.ts";
import type { Write } from "./calls.ts";
import type { Row } from "./journal.ts";
import { pack, unpack } from "./packing.ts";

const NUMBER = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const ROW: fc.Arbitrary<Row> = fc.record({
  position: NUMBER,
  sequence: fc.option(NUMBER),
  kind: fc.string(),
  version: NUMBER,
  data: fc.string({ unit: "grapheme" }),
});
const WRITE: fc.Arbitrary<Write> = fc.oneof(
  fc
    .tuple(NUMBER, NUMBER, fc.array(ROW, { maxLength: 3 }), fc.option(NUMBER))
    .map(([session, after, rows, endedAt]): Write => ["append", session, after, rows, endedAt]),
  fc.array(ROW, { maxLength: 2 }).map((rows): Write => ["create", newSession({ id: "a" }), rows, 5]),
  fc.constant<Write>(["reserve"]),
);

it("brings every batch through as it was, whatever is mixed in it", () => {
  fc.assert(
    fc.property(fc.array(WRITE), (batch) => {
      expect(unpack(structuredClone(pack(batch)))).toEqual(batch);
    }),
  );
});
