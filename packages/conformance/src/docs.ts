import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";
import { profileSchema } from "./profile.ts";
import { expectation, keysOf, unwrap } from "./profile-problems.ts";

/** The page that has the profile's reference in it. */
export const CONFORMANCE_PAGE = new URL("../../../docs/conformance.md", import.meta.url);

const BEGIN =
  "<!-- The profile, made from packages/conformance/src/profile.ts by `npm run docs`. Change it there. -->";
const END = "<!-- The end of what is made. -->";

/** The page with the profile's reference as the schema has it. @throws where the page has no place for it */
export function withReference(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from === -1 || to < from)
    throw new Error("docs/conformance.md has lost the marks around the profile's reference");
  return `${page.slice(0, from)}${BEGIN}\n\n${renderProfile()}\n${page.slice(to)}`;
}

/** Every key of a profile, in Markdown. */
export function renderProfile(): string {
  const nested = Object.entries(keysOf(profileSchema)).filter(
    ([, schema]) => Object.keys(keysOf(schema)).length > 0,
  );
  const sections = nested.map(([key, schema]) => `### \`${key}\`\n\n${table(schema)}`);
  return [table(profileSchema), ...sections].join("\n");
}

function table(schema: z.core.$ZodType): string {
  const rows = Object.entries(keysOf(schema)).map(([key, value]) => [
    `\`${key}\``,
    expectation(value),
    initial(value),
    descriptionOf(value),
  ]);
  const titles = ["Key", "Expected", "Default", "What it is"];
  return `${[titles, titles.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n")}\n`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** @throws where a key says nothing of itself */
function descriptionOf(schema: z.ZodType): string {
  const { description } = schema;
  if (description === undefined) throw new Error("a key of the profile has no description");
  return description;
}

function initial(schema: z.ZodType): string {
  if (schema instanceof z.ZodPrefault) return "those of its keys";
  if (!(schema instanceof z.ZodDefault)) return schema instanceof z.ZodOptional ? "" : "required";
  const value: unknown = schema.def.defaultValue;
  return unwrap(schema) instanceof z.ZodObject && Object.keys(value as object).length > 2
    ? "the demo agent's"
    : `\`${JSON.stringify(value)}\``;
}

if (import.meta.main)
  await writeFile(CONFORMANCE_PAGE, withReference(await readFile(CONFORMANCE_PAGE, "utf8")));
