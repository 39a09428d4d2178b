import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { CONFORMANCE_PAGE, withReference } from "./docs.ts";

it("docs/conformance.md has the profile as the schema has it (if not: npm run docs)", async () => {
  const page = await readFile(CONFORMANCE_PAGE, "utf8");
  expect(page).toBe(withReference(page));
});

it("a page without a place for the profile is refused", () => {
  expect(() => withReference("# Conformance")).toThrow("has lost the marks");
});
