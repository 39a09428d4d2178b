import type { Bench, Column, Measure } from "../bench.ts";
import { best, goal, type Row, type Values } from "../report.ts";

/** Messages a second over all clients. The second is what Parley's limits allow a thousand sessions. */
const RATES = [5_000, 20_000];
const WARM_UP_MS = 1_000;

interface Figures {
  p50: number;
  p99: number;
  lateness: number;
  loop: number;
  longestCollection: number;
  cpu: number;
  missing: number;
  generator: number;
}

/** How long an echo takes at a rate that does not depend on how quickly echoes come. */
export const latency: Measure = async (bench) => {
  const { rounds, columns } = bench.options;
  const taken = RATES.map(() => new Map<Column, Figures[]>(columns.map((column) => [column, []])));
  for (let round = 0; round < rounds; round += 1) {
    for (const column of columns) {
      const figures = await once(bench, column);
      for (const [index, figure] of figures.entries()) taken[index]?.get(column)?.push(figure);
    }
  }
  return RATES.flatMap((rate, index) => rows(rate, taken[index] ?? new Map()));
};

async function once(bench: Bench, column: Column): Promise<Figures[]> {
  const { load, options } = bench;
  const server = await bench.server(column);
  const crowd = await load.call("enter", { target: server.target, role: "echo", count: options.clients });
  const figures: Figures[] = [];
  for (const rate of RATES) {
    await load.call("offer", crowd, { rate, ms: WARM_UP_MS });
    const result = await bench.measured(server, `latency-${rate}-${column}`, () =>
      load.call("offer", crowd, { rate, ms: options.ms }),
    );
    figures.push({
      p50: result.latency.p50,
      p99: result.latency.p99,
      lateness: result.lateness.p99,
      loop: result.loop.p99,
      longestCollection: result.loop.longestCollection,
      cpu: result.cpu / result.messages,
      missing: result.missing,
      generator: result.generator,
    });
  }
  await load.call("leave", crowd);
  return figures;
}

function rows(rate: number, taken: Map<Column, Figures[]>): Row[] {
  const values = (key: keyof Figures, choose: (rounds: number[]) => number = best.cost): Values =>
    Object.fromEntries(
      [...taken].map(([column, figures]) => [column, choose(figures.map((each) => each[key]))]),
    );
  const worst = (rounds: number[]) => Math.max(...rounds);
  const at = `at ${rate.toLocaleString("en")}/s`;
  const p50 = values("p50");
  const p99 = values("p99");
  const loop = values("loop");
  const missing = values("missing", worst);
  const isStrict = rate === 5_000;
  const below = (value: number | undefined, most: number) =>
    value === undefined ? undefined : value <= most;
  const list: Row[] = [
    {
      what: `${at}: p50`,
      unit: "ms",
      values: p50,
      generator: values("generator", worst),
      ...(isStrict && goal("≤ 0.5 ms", below(p50.parley, 0.5))),
    },
    { what: "p99", unit: "ms", values: p99, ...(isStrict && goalOfTail(p99)) },
    {
      what: "event loop late, p99",
      unit: "ms",
      values: loop,
      ...(!isStrict && goal("≤ 5 ms", below(loop.parley, 5))),
    },
    { what: "longest pause for garbage", unit: "ms", values: values("longestCollection") },
    { what: "server's CPU a message", unit: "µs", values: values("cpu") },
    { what: "(generator late, p99)", unit: "ms", values: values("lateness") },
  ];
  if (Object.values(missing).some((count) => count > 0)) {
    list.push({ what: "WITHOUT AN ECHO after 2 s", unit: "", values: missing });
  }
  return list;
}

function goalOfTail({ parley, large }: Values) {
  const isFresh = parley === undefined ? undefined : parley <= 2;
  if (large === undefined) return goal("≤ 2 ms", isFresh);
  return goal("≤ 2 ms; full ≤ 5 ms", isFresh !== false && large <= 5);
}
