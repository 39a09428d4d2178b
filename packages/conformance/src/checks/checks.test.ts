import { expect, it } from "vitest";
import { sectionOf } from "../check.ts";
import { checks } from "./index.ts";

it("gives every check an id of its own, which begins with its section", () => {
  const ids = checks.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  expect(ids.filter((id) => !/^[1-8](\.[a-z\d-]+){1,2}$/.test(id))).toEqual([]);
  expect(new Set(checks.map(sectionOf))).toEqual(new Set(["1", "2", "3", "4", "5", "6", "7", "8"]));
});

it("gives every check a sentence", () => {
  expect(checks.filter(({ title }) => !/^\S.{10,}[^.\s]$/s.test(title)).map(({ id }) => id)).toEqual([]);
});
