import { expect, it } from "vitest";
import { newId } from "./new-id.ts";

it("makes UUIDs of version 4, no two of them equal", () => {
  const ids = Array.from({ length: 10_000 }, newId);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
});

it("makes every digit of chance: each takes all values that it may", () => {
  const ids = Array.from({ length: 10_000 }, newId);
  const values = Array.from({ length: 36 }, (_, place) => new Set(ids.map((id) => id[place])).size);
  const fixed = new Map([8, 13, 18, 23].map((place) => [place, 1]));
  expect(values).toEqual(values.map((_, place) => fixed.get(place) ?? { 14: 1, 19: 4 }[place] ?? 16));
});
