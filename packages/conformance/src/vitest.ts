import { beforeAll, describe, it } from "vitest";
import type { Check, Result } from "./check.ts";
import { checks } from "./checks/index.ts";
import type { Profile } from "./profile.ts";
import { explainFailure } from "./report.ts";
import { type RunOptions, start } from "./run.ts";

/** A check waits for its turn among all the others, milliseconds. */
const RUN_MS = 600_000;

export interface SuiteOptions extends RunOptions {
  /** Which checks; all unless told. */
  checks?: readonly Check[];
}

/**
 * One `it` for each check, so that each failure has a name; the checks run together all the same.
 * @param profile starts the server, or knows where it is; called once, before the first check
 */
export function describeConformance(
  name: string,
  profile: () => Profile | Promise<Profile>,
  { checks: selected = checks, ...options }: SuiteOptions = {},
): void {
  describe(name, () => {
    let results = new Map<string, Promise<Result>>();
    beforeAll(async () => {
      results = start(selected, await profile(), options);
    });

    for (const { id, title } of selected) {
      it(
        `${id}: ${title}`,
        async ({ skip }) => {
          const result = await results.get(id);
          if (result === undefined) throw new Error("the check was not started");
          // What the profile does not know is no failure; the report says what was left out, and why.
          if (result.status === "not applicable") skip(result.reason);
          if (result.status === "fail") throw new Error(["", ...explainFailure(result)].join("\n"));
        },
        RUN_MS,
      );
    }
  });
}
