import { expect, it } from "vitest";
import { useCleanUp } from "../support/clean-up.ts";
import { fuzz } from "./fuzzer.ts";
import { Target } from "./target.ts";

/** Enough to see that the fuzzer works; `npm run test:fuzz` goes on for a minute, or as long as it is told. */
const SECONDS = 10;

const cleanUp = useCleanUp();

it("spoiled bytes break no promise", { timeout: 6 * SECONDS * 1_000 }, async () => {
  const target = cleanUp().use(await Target.start({ PARLEY_LOG: "info" }));
  const seed = Math.floor(Math.random() * 2 ** 30);
  const report = await fuzz(target, { seconds: SECONDS, seed });
  // What was sent has reached the parts behind the first parser.
  expect(Object.keys(report.answers)).toEqual(expect.arrayContaining(["200", "400", "404"]));
  expect(Object.keys(report.closes)).toEqual(expect.arrayContaining(["open", "1002"]));
});
