import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { z } from "zod";
import { CONFIGURATION_PAGE, renderConfiguration } from "./docs.ts";
import { configSchema } from "./schema.ts";
import { infoOf, keysOf, unwrap } from "./walk.ts";

it("docs/configuration.md is what the schema says (if not: npm run docs)", async () => {
  expect(await readFile(CONFIGURATION_PAGE, "utf8")).toBe(renderConfiguration());
});

it("every key says what it is and what it expects", () => {
  const walk = (schema: z.core.$ZodType, path: string): void => {
    for (const [key, wrapped] of Object.entries(keysOf(schema))) {
      const info = infoOf(wrapped);
      expect(info?.description, `${path}${key}`).toMatch(/\.$/);
      expect(info?.expected, `${path}${key}`).toMatch(/[^.]$/);
      const inner = unwrap(wrapped);
      walk(inner instanceof z.ZodArray ? unwrap(inner.element) : inner, `${path}${key}.`);
    }
  };
  walk(configSchema, "");
});
