import { describe, expect, it } from "vitest";
import { parseCursor } from "./cursor.ts";

describe("a cursor", () => {
  it.each([
    [null, 0, true],
    [undefined, 0, true],
    ["0", 0, true],
    ["12", 12, true],
    ["seq:12", 12, true],
    ["2147483647", 2_147_483_647, true],
    ["2147483648", 0, false],
    ["99999999999999999999", 0, false],
    ["-1", 0, false],
    ["1.5", 0, false],
    ["1e3", 0, false],
    ["0x10", 0, false],
    [" 12", 0, false],
    ["SEQ:12", 0, false],
    ["seq:", 0, false],
    ["", 0, false],
    ["NaN", 0, false],
    ["١٢", 0, false],
  ])("%j is %i", (raw, cursor, valid) => {
    expect(parseCursor(raw)).toEqual({ cursor, valid });
  });
});
