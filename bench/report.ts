import { COLUMNS, type Column } from "./bench.ts";

export type Values = Partial<Record<Column, number>>;

/** One line of the table. */
export interface Row {
  what: string;
  unit: "/s" | "ms" | "µs" | "KB" | "";
  values: Values;
  /** What was aimed for, and whether it is so. */
  goal?: Goal;
  /** How busy the generator was while each was measured; 1 is a whole core. */
  generator?: Values;
}

export interface Goal {
  text: string;
  met: boolean;
}

/** The rows of one measure, and what else went on at this time. */
export interface Section {
  title: string;
  rows: Row[];
  /** Cores that other programs of the machine used meanwhile. */
  others: number;
}

const HEADS: Record<Column, string> = {
  ws: "ws",
  socketio: "Socket.IO",
  parley: "Parley",
  large: "Parley, full",
};

/** From here on the generator may be what is measured. */
const TOO_BUSY = 0.9;

/** A goal on the values that are there; none where the peers it compares with were left out. */
export function goal(text: string, isMet: boolean | undefined): { goal?: Goal } {
  return isMet === undefined ? {} : { goal: { text, met: isMet } };
}

/** The round that counts: what else goes on in a machine can only make a figure worse. */
export const best = {
  rate: (rounds: readonly number[]) => Math.max(...rounds),
  cost: (rounds: readonly number[]) => Math.min(...rounds),
};

/** The ratio of two columns, or undefined where one is missing or there is nothing to compare with. */
export function ratio(values: Values, column: Column, of: Column): number | undefined {
  const { [column]: value, [of]: base } = values;
  return value === undefined || !base ? undefined : value / base;
}

export function printReport(machine: readonly string[], sections: readonly Section[]): string {
  const columns = COLUMNS.filter((column) =>
    sections.some(({ rows }) => rows.some(({ values }) => values[column] !== undefined)),
  );
  const head = ["", ...columns.map((column) => HEADS[column]), "of ws", "of S.IO", "goal", "", "generator"];
  const lines: (string[] | string)[] = [head];
  for (const { title, rows, others } of sections) {
    lines.push("", `${title} (other programs: ${others.toFixed(2)} cores)`);
    for (const row of rows) lines.push(cells(row, columns));
  }
  return [...machine, "", ...align(lines), ""].join("\n");
}

function cells({ what, unit, values, goal, generator }: Row, columns: readonly Column[]): string[] {
  const of = (base: Column) => ratio(values, "parley", base)?.toFixed(2) ?? "";
  const busy = columns.map((column) => generator?.[column]).filter((share) => share !== undefined);
  return [
    `  ${what}`,
    ...columns.map((column) => figure(values[column], unit)),
    of("ws"),
    of("socketio"),
    goal?.text ?? "",
    goal === undefined ? "" : goal.met ? "yes" : "NO",
    busy.map((share) => `${Math.round(share * 100)}${share >= TOO_BUSY ? "!" : ""}`).join(" "),
  ];
}

function figure(value: number | undefined, unit: Row["unit"]): string {
  if (value === undefined) return "";
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}

function align(lines: readonly (string[] | string)[]): string[] {
  const rows = lines.filter((line) => typeof line !== "string");
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const pad = (cell: string, index: number) =>
    index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0);
  return lines.map((line) => (typeof line === "string" ? line : line.map(pad).join("  ").trimEnd()));
}
