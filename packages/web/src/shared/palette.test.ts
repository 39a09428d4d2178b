import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contrast, palette, parse } from "./palette.ts";

const hex = fc.integer({ min: 0, max: 0xff_ff_ff }).map((value) => `#${value.toString(16).padStart(6, "0")}`);
const of = (color = "") => parse(color) as NonNullable<ReturnType<typeof parse>>;

describe("a palette", () => {
  it("can be read in both themes, as text and as ground, whatever the colour", () => {
    fc.assert(
      fc.property(hex, (color) => {
        const made = palette(color);
        // The surfaces of tokens.css on which links stand.
        for (const ground of ["#ffffff", "#f3f2ee"])
          expect(contrast(of(made["--brand-light"]), of(ground))).toBeGreaterThanOrEqual(4.5);
        for (const ground of ["#16191d", "#22262c"])
          expect(contrast(of(made["--brand-dark"]), of(ground))).toBeGreaterThanOrEqual(4.5);
        for (const theme of ["light", "dark"])
          expect(
            contrast(of(made[`--brand-${theme}`]), of(made[`--on-brand-${theme}`])),
          ).toBeGreaterThanOrEqual(4.5);
      }),
      { numRuns: 1_000 },
    );
  });

  it("leaves a colour alone that can be read as it is", () => {
    expect(palette("#0b6b5d")["--brand-light"]).toBe("#0b6b5d");
    expect(palette("#fc0")["--brand-dark"]).toBe("#ffcc00");
  });

  it.each(["", "red", "#12", "#1234567", "url(#fff)"])("has nothing for %j, which is no colour", (text) => {
    expect(palette(text)).toEqual({});
  });

  it("measures contrast as WCAG does", () => {
    expect(contrast(of("#000"), of("#fff"))).toBeCloseTo(21, 5);
    expect(contrast(of("#777"), of("#fff"))).toBeCloseTo(4.48, 2);
  });
});
