import { expect, it } from "vitest";
import { useCleanUp } from "../support/clean-up.ts";
import { configuredServer } from "../support/server.ts";
import { printCampaign, runCampaign } from "./campaign.ts";
import { HASTY } from "./habits.ts";
import config from "./parley.config.ts";

const cleanUp = useCleanUp();

it("forty clients that are cut every second lose nothing and get nothing twice", {
  timeout: 120_000,
}, async () => {
  const { url } = cleanUp().use(await configuredServer(config));
  const seed = Date.now() % 1_000_000;
  const summary = await runCampaign({
    port: Number(new URL(url).port),
    clients: 40,
    seconds: 12,
    seed,
    lifeMs: 1_000,
    habits: HASTY,
    sayEveryMs: 300,
  });
  console.log(`seed ${seed}: ${printCampaign(summary)}`);
  expect(summary.problems, `seed ${seed}`).toEqual([]);
  expect(summary.reconnects).toBeGreaterThan(200);
  expect(summary.resends).toBeGreaterThan(10);
});
