import { CLOSE } from "@parley/protocol";
import { expect, it } from "vitest";
import { useCleanUp } from "../support/clean-up.ts";
import { QUICK } from "./habits.ts";
import { ChaosServer } from "./server.ts";
import { runStorm } from "./storm.ts";

const cleanUp = useCleanUp();

it("three hundred clients come back from a cut and from a restart, with all they had", {
  timeout: 120_000,
}, async () => {
  const server = cleanUp().use(await ChaosServer.start());
  const summary = await runStorm({ server, clients: 300, habits: QUICK, seed: 1, quietMs: 500 });
  expect(summary.problems).toEqual([]);
  expect(summary.cut.failures, "a server that runs takes everybody").toBe(0);
  expect(summary.restart.exitCode).toBe(0);
  expect(summary.restart.codes).toEqual({ [CLOSE.restart]: 300 });
  expect(server.output, "the server has nothing to warn of").not.toMatch(/"level":(4|5|6)0/);
});
