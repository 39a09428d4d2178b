import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { printCampaign, runCampaign } from "./campaign.ts";
import { SHIPPED } from "./habits.ts";
import { ChaosServer } from "./server.ts";

const { values } = parseArgs({
  options: {
    clients: { type: "string", default: "200" },
    seconds: { type: "string", default: "180" },
    seed: { type: "string", default: `${Date.now() % 1_000_000}` },
  },
});
const [clients, seconds, seed] = [values.clients, values.seconds, values.seed].map(Number) as [
  number,
  number,
  number,
];
if (!(clients > 0 && seconds > 0 && Number.isInteger(seed)))
  throw new Error("--clients and --seconds are numbers above 0, --seed is an integer");

console.log(`seed ${seed}: ${clients} clients for ${seconds} s, cut every 4 s on average`);
await using server = await ChaosServer.start();
const summary = await runCampaign({
  port: server.port,
  clients,
  seconds,
  seed,
  lifeMs: 4_000,
  // Half a minute without a heartbeat is longer than a connection lives here.
  habits: { ...SHIPPED, heartbeatMs: 2_000, deadMs: 5_000 },
  sayEveryMs: 1_000,
});
console.log(printCampaign(summary));
console.log(
  `load average at the end: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(", ")}`,
);
if (summary.problems.length > 0) {
  console.error(summary.problems.join("\n"));
  console.error(`${summary.problems.length} problems. Again: npm run test:chaos -- --seed ${seed}`);
  process.exitCode = 1;
} else {
  console.log("Nothing was lost, nothing came twice, and every message was answered once.");
}
