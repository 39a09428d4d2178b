import { expect, it } from "vitest";
import type { Result } from "./check.ts";
import { toJUnit } from "./junit.ts";

const results: Result[] = [
  { id: "1.a", section: "1", title: "a <rule>", ms: 1_500, status: "pass" },
  { id: "1.b", section: "1", title: "b", ms: 0, status: "not applicable", reason: 'no "key"' },
  {
    id: "4.c",
    section: "4",
    title: "c",
    ms: 20,
    status: "fail",
    expected: "<b> & more",
    seen: "\u0000\ud83d",
    frames: ["+1 ms socket ← {}"],
  },
];

it("a JUnit report has a suite for each section, and for a failure what was expected, seen and sent", () => {
  expect(toJUnit(results)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="parley-conformance" tests="3" failures="1" errors="0" skipped="1" time="1.520">
  <testsuite name="section 1" tests="2" failures="0" errors="0" skipped="1" time="1.500">
    <testcase classname="section 1" name="1.a: a &lt;rule&gt;" time="1.500"/>
    <testcase classname="section 1" name="1.b: b" time="0.000"><skipped message="no &quot;key&quot;"/></testcase>
  </testsuite>
  <testsuite name="section 4" tests="1" failures="1" errors="0" skipped="0" time="0.020">
    <testcase classname="section 4" name="4.c: c" time="0.020"><failure message="expected &lt;b&gt; &amp; more" type="failure">expected: &lt;b&gt; &amp; more
seen:     \ufffd\ufffd
| +1 ms socket ← {}</failure></testcase>
  </testsuite>
</testsuites>
`);
});
