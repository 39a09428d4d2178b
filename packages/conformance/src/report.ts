import type { Result } from "./check.ts";

const MARKS: Record<Result["status"], string> = { pass: "pass", fail: "FAIL", "not applicable": "n/a " };

/** A check's result: one line, and for a failure what was expected, seen and sent. */
export function explainResult(result: Result): string {
  const line = `${MARKS[result.status]} §${result.section} ${result.id} (${result.ms} ms): ${result.title}`;
  if (result.status === "pass") return line;
  if (result.status === "not applicable") return `${line}\n       ${result.reason}`;
  return [line, ...explainFailure(result).map((detail) => `       ${detail}`)].join("\n");
}

/** What was expected, seen and sent, a line each. */
export function explainFailure({ expected, seen, frames }: Extract<Result, { status: "fail" }>): string[] {
  return [`expected: ${expected}`, `seen:     ${seen}`, ...frames.map((frame) => `| ${frame}`)];
}

/** How many of each. */
export function summarize(results: readonly Result[]): {
  passed: number;
  failed: number;
  notApplicable: number;
} {
  const count = (status: Result["status"]) => results.filter((result) => result.status === status).length;
  return { passed: count("pass"), failed: count("fail"), notApplicable: count("not applicable") };
}
