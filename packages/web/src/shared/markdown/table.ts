/** A table of Markdown, taken apart: the texts of its cells, row by row, and how each column stands. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly align: readonly ("start" | "center" | "end")[];
}

const RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Whether a table begins with these two lines. */
export const startsTable = (line = "", next = ""): boolean =>
  line.includes("|") && next.includes("|") && RULE.test(next) && cells(line).length === cells(next).length;

/** @param lines the head, the rule beneath it, and the rows */
export function parseTable([head = "", rule = "", ...rows]: readonly string[]): Table {
  const align = cells(rule).map((cell) => {
    if (!cell.endsWith(":")) return "start";
    return cell.startsWith(":") ? "center" : "end";
  });
  // A row has as many cells as the head, whatever it holds.
  const fit = (row: string) => align.map((_, column) => cells(row)[column] ?? "");
  return { head: fit(head), rows: rows.map(fit), align };
}

/** A bar behind a backslash belongs to its cell. */
const cells = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
