import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { CUSTOM_EVENTS } from "../ag-ui/custom.ts";
import { OPTION_NAMES as SERVICE_OPTIONS } from "../ag-ui/options.ts";
import { BUILT_IN_TOOLS } from "../built-in/names.ts";
import { OPTION_NAMES as MODEL_OPTIONS } from "./options.ts";

const page = (name: string) => readFileSync(new URL(`../../../../../docs/${name}`, import.meta.url), "utf8");

/** The names in the first column of a table. @param title the first cell of its head */
function names(text: string, title: string): string[] {
  const table = text.slice(text.indexOf(`\n| ${title} |`) + 1).split("\n\n")[0] ?? "";
  const cells = table
    .split("\n")
    .slice(2)
    .map((row) => row.split(" | ")[0] ?? "");
  return cells.flatMap((cell) => [...cell.matchAll(/`(.+?)`/g)].map(([, name]) => name ?? ""));
}

it("docs/agents-model.md: the options and tools there are", () => {
  const text = page("agents-model.md");
  expect(names(text, "option").sort()).toEqual([...MODEL_OPTIONS].sort());
  expect(names(text, "tool")).toEqual([...BUILT_IN_TOOLS]);
});

it("docs/agents-ag-ui.md: the options and custom events there are", () => {
  const text = page("agents-ag-ui.md");
  expect(names(text, "option").sort()).toEqual([...SERVICE_OPTIONS].sort());
  expect(names(text, "`name`").sort()).toEqual(Object.keys(CUSTOM_EVENTS).sort());
});
