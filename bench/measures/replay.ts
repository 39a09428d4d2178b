import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench, Measure } from "../bench.ts";
import { goal, type Row, type Values } from "../report.ts";
import { type History, seed } from "../seed.ts";
import type { Server } from "../servers/server.ts";

/** Ten events a question: about 1,000 and about 100,000. */
const SHORT = { sessions: 20, questions: 100 };
const LONG = { sessions: 4, questions: 10_000 };
/** A session takes five upgrades at once, and then five a second. */
const TIMES = 4;

interface Figures {
  cpu: number;
  first: number;
  whole: number;
}

/** What it takes to bring a client up to date that has missed a thousand events. */
export const replay: Measure = async (bench) => {
  if (!bench.options.columns.includes("parley")) return [];
  const data = await mkdtemp(join(tmpdir(), "parley-bench-histories-"));
  try {
    const seeded = await seed(data, { histories: [SHORT, LONG], others: 0, log: () => {} });
    const [short = [], long = []] = seeded.histories;
    const server = await bench.startAlone("parley", data);
    const accessToken = await bench.load.call("accessToken", server.target, "prompt", seeded.resume);
    const missed = short[0]?.last ?? 0;
    // The whole of a short history, and as many of the last events of a long one.
    const ofShort = await read(bench, server, short, accessToken, 0);
    const ofLong = await read(bench, server, long, accessToken, (long[0]?.last ?? 0) - missed);
    await bench.stopAlone(server);
    return [...rows(`of ${missed}`, missed, ofShort), ...rows(`of ${long[0]?.last}`, missed, ofLong)];
  } finally {
    await rm(data, { recursive: true });
  }
};

async function read(
  bench: Bench,
  server: Server,
  histories: History[],
  accessToken: string,
  cursor: number,
): Promise<Figures> {
  const options = {
    target: server.target,
    places: histories.map(({ session }) => ({ session, accessToken })),
    cursor,
    last: histories[0]?.last ?? 0,
  };
  // The first visit brings the sessions into memory, which is not what is measured here.
  await bench.load.call("replay", { ...options, times: 1 });
  const result = await bench.measured(server, `replay-${cursor}`, () =>
    bench.load.call("replay", { ...options, times: TIMES }),
  );
  return { cpu: result.cpu / result.replays / 1_000, first: result.first.p50, whole: result.whole.p50 };
}

function rows(name: string, missed: number, { cpu, first, whole }: Figures): Row[] {
  const parley = (value: number): Values => ({ parley: value });
  return [
    {
      what: `${missed} events ${name}: server's CPU`,
      unit: "ms",
      values: parley(cpu),
      ...goal("≤ 2 ms", cpu <= 2),
    },
    { what: "to the first batch", unit: "ms", values: parley(first) },
    { what: "to the last event, with pauses", unit: "ms", values: parley(whole) },
  ];
}
