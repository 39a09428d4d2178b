import { type Bench, COLUMNS, type Column, type Measure } from "../bench.ts";
import { best, goal, type Row, ratio, type Values } from "../report.ts";

/** As many as Parley lets a session say at once; the limit stays on. */
const MESSAGES_EACH = 100;
/** The full journal is measured by its latency. */
const MEASURED = COLUMNS.filter((column) => column !== "large");

/** How many messages a second come back when everybody waits for the echo before going on. */
export const echo: Measure = async (bench) => [
  ...(await atDepth(bench, 1, (values) => ({
    ...goal("≥ 0.70 of ws", met(ratio(values, "parley", "ws"), 0.7)),
  }))),
  ...(await atDepth(bench, 16, (values) => ({
    ...goal("≥ 1.00 of ws", met(ratio(values, "parley", "ws"), 1)),
  }))),
];

const met = (value: number | undefined, least: number) => (value === undefined ? undefined : value >= least);

async function atDepth(
  bench: Bench,
  depth: number,
  goalOf: (rates: Values) => Pick<Row, "goal">,
): Promise<Row[]> {
  const { rounds, columns } = bench.options;
  const taken = MEASURED.filter((column) => columns.includes(column));
  const rates = new Map<Column, number[]>(taken.map((column) => [column, []]));
  const cpu = new Map<Column, number[]>(taken.map((column) => [column, []]));
  const generator: Values = {};
  // Side by side, so that what disturbs one disturbs all; the first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const column of taken) {
      const result = await once(bench, column, depth);
      if (round === 0) continue;
      rates.get(column)?.push(result.rate);
      cpu.get(column)?.push(result.cpu / result.messages);
      generator[column] = Math.max(generator[column] ?? 0, result.generator);
    }
  }
  const values = ofEach(rates, best.rate);
  return [
    { what: `messages, ${depth} in flight`, unit: "/s", values, generator, ...goalOf(values) },
    { what: "server's CPU a message", unit: "µs", values: ofEach(cpu, best.cost) },
  ];
}

const ofEach = (rounds: Map<Column, number[]>, choose: (values: number[]) => number): Values =>
  Object.fromEntries([...rounds].map(([column, values]) => [column, choose(values)]));

async function once(bench: Bench, column: Column, depth: number) {
  const { load, options } = bench;
  const server = await bench.server(column);
  const crowd = await load.call("enter", { target: server.target, role: "echo", count: options.clients });
  const result = await bench.measured(server, `echo-${depth}-${column}`, () =>
    load.call("echo", crowd, { depth, each: MESSAGES_EACH }),
  );
  await load.call("leave", crowd);
  return result;
}
