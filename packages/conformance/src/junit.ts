import type { Result } from "./check.ts";
import { explainFailure } from "./report.ts";

/** The results as JUnit XML: a suite for each section, so that CI systems can show them. */
export function toJUnit(results: readonly Result[]): string {
  const sections = [...new Set(results.map(({ section }) => section))];
  const suites = sections.map((section) =>
    suite(
      section,
      results.filter((one) => one.section === section),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${totals("parley-conformance", results)}>\n${suites.join("")}</testsuites>\n`;
}

function suite(section: string, results: readonly Result[]): string {
  return `  <testsuite ${totals(`section ${section}`, results)}>\n${results.map(testCase).join("")}  </testsuite>\n`;
}

function totals(name: string, results: readonly Result[]): string {
  const count = (status: Result["status"]) => results.filter((result) => result.status === status).length;
  return attributes({
    name,
    tests: results.length,
    failures: count("fail"),
    errors: 0,
    skipped: count("not applicable"),
    time: seconds(results.reduce((sum, { ms }) => sum + ms, 0)),
  });
}

function testCase(result: Result): string {
  const { id, section, title, ms } = result;
  const head = attributes({ classname: `section ${section}`, name: `${id}: ${title}`, time: seconds(ms) });
  switch (result.status) {
    case "pass":
      return `    <testcase ${head}/>\n`;
    case "not applicable":
      return `    <testcase ${head}><skipped ${attributes({ message: result.reason })}/></testcase>\n`;
    case "fail": {
      const message = attributes({ message: `expected ${result.expected}`, type: "failure" });
      const text = entities(explainFailure(result).join("\n"));
      return `    <testcase ${head}><failure ${message}>${text}</failure></testcase>\n`;
    }
  }
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(3);

const attributes = (values: Record<string, string | number>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}="${entities(String(value))}"`)
    .join(" ");

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** XML 1.0 has no form at all for most control characters and for lone surrogates, which checks send on purpose. */
const entities = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
