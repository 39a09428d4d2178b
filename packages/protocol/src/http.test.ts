import { describe, expect, it } from "vitest";
import { createSessionSchema } from "./http.ts";
import { LIMITS } from "./limits.ts";

const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));

describe("the body of a session's creation", () => {
  it("may be empty", () => {
    expect(createSessionSchema.parse({})).toMatchObject({ streaming_enabled: false, platform: "web" });
  });

  it.each([
    ["null is absent", { streaming_enabled: null, platform: null, locale: null, attributes: null }],
    ["unknown keys", { colour: "green" }],
    ["unknown platforms", { platform: "fridge", device_type: "door" }],
    ["a locale", { locale: "pt-BR" }],
    ["as many attributes as may be", { attributes: keys(LIMITS.attributeKeys) }],
    ["attributes of every kind", { attributes: { a: "x", b: 1.5, c: true } }],
  ])("takes %s", (_, body) => {
    expect(createSessionSchema.safeParse(body).success).toBe(true);
  });

  it.each([
    ["a text as streaming_enabled", { streaming_enabled: "true" }],
    ["a number as platform", { platform: 7 }],
    ["a list", []],
    ["a text", "{}"],
    ["a locale that is none", { locale: "not a locale" }],
    ["nested attributes", { attributes: { a: {} } }],
    ["null in attributes", { attributes: { a: null } }],
    ["too many attributes", { attributes: keys(LIMITS.attributeKeys + 1) }],
    ["too large attributes", { attributes: { a: "é".repeat(LIMITS.attributeBytes / 2) } }],
  ])("refuses %s", (_, body) => {
    expect(createSessionSchema.safeParse(body).success).toBe(false);
  });
});
