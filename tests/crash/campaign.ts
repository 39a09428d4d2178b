import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCampaign, type Summary } from "./rounds.ts";

const HELP = `npm run test:crash -- [options]: kills a server again and again, and compares what was seen with what is kept

  --kills N   how often (default 1000)
  --seed N    of the first round (default: chance). A round that fails names its own
`;

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "1000" },
      seed: { type: "string", default: `${Math.floor(Math.random() * 1e9)}` },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    print(HELP);
    return;
  }
  const [kills, seed] = [integer("kills", values.kills), integer("seed", values.seed)];
  print(`seed ${seed}`);
  const data = await mkdtemp(join(tmpdir(), "parley-crash-"));
  const started = performance.now();
  try {
    const summary = await runCampaign({
      data,
      kills,
      seed,
      onRound: (summary, round) => print(`${describe(summary)}, seed ${round}`),
    });
    print(`\nEverything was as promised: ${describe(summary)}, ${seconds(started)} s.`);
    await rm(data, { recursive: true });
  } catch (error) {
    print(`\n${error instanceof Error ? error.message : error}\nThe data is in ${data}.`);
    process.exitCode = 1;
  }
}

function integer(name: string, value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new Error(`--${name} must be a number, not ${value}`);
  return number;
}

const describe = ({ rounds, kills, sessions, messages, events, copies }: Summary): string =>
  `${kills} kills in ${rounds} rounds, ${sessions} sessions, ${messages} messages sent again ${copies} times, ` +
  `${events} events`;

const seconds = (started: number): string => ((performance.now() - started) / 1_000).toFixed(0);

await main();
