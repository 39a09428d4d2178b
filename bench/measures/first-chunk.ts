import type { Measure } from "../bench.ts";
import { best, goal, type Row, type Values } from "../report.ts";

/** Questions a second over all clients. */
const RATES = [200, 500];
const WARM_UP_MS = 1_500;

/** What the server adds to an agent that answers at once: from the question to the first piece of its answer. */
export const firstChunk: Measure = async (bench) => {
  const { load, options } = bench;
  const rows: Row[] = [];
  for (const rate of RATES) {
    const p50: Values = {};
    const p99: Values = {};
    const generator: Values = {};
    for (const column of options.columns) {
      if (column === "ws" || column === "socketio") continue;
      const server = await bench.server(column);
      const { target } = server;
      const crowd = await load.call("enter", { target, role: "chat", count: options.clients });
      await load.call("ask", crowd, { rate, ms: WARM_UP_MS });
      const rounds = [];
      for (let round = 0; round < options.rounds; round += 1) {
        const result = await bench.measured(server, `first-chunk-${rate}-${column}`, () =>
          load.call("ask", crowd, { rate, ms: options.ms }),
        );
        if (result.missing > 0) throw new Error(`${result.missing} questions had no answer`);
        rounds.push(result);
      }
      p50[column] = best.cost(rounds.map(({ firstChunk }) => firstChunk.p50));
      p99[column] = best.cost(rounds.map(({ firstChunk }) => firstChunk.p99));
      generator[column] = Math.max(...rounds.map((round) => round.generator));
      await load.call("leave", crowd);
    }
    const isMet = p99.parley === undefined ? undefined : p99.parley <= 5;
    rows.push(
      { what: `at ${rate} questions a second: p50`, unit: "ms", values: p50, generator },
      { what: "p99", unit: "ms", values: p99, ...goal("≤ 5 ms", isMet) },
    );
  }
  return rows;
};
