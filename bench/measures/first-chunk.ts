import type { Measure } from "../bench.ts";
import { best, goal, type Row, type Values } from "../report.ts";

/** Questions a second over all clients. */
const RATES = [200, 500];
const WARM_UP_MS = 1_500;

/**
 * What the server adds to an agent that answers at once: from the agent's first text to its user's screen, on which one
 * commit lies; and all of it from the question on, with a commit more.
 */
export const firstChunk: Measure = async (bench) => {
  const { load, options } = bench;
  const rows: Row[] = [];
  for (const rate of RATES) {
    const values = {
      agent50: {} as Values,
      agent99: {} as Values,
      question50: {} as Values,
      question99: {} as Values,
    };
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
      values.agent50[column] = best.cost(rounds.map(({ fromAgent }) => fromAgent.p50));
      values.agent99[column] = best.cost(rounds.map(({ fromAgent }) => fromAgent.p99));
      values.question50[column] = best.cost(rounds.map(({ fromQuestion }) => fromQuestion.p50));
      values.question99[column] = best.cost(rounds.map(({ fromQuestion }) => fromQuestion.p99));
      generator[column] = Math.max(...rounds.map((round) => round.generator));
      await load.call("leave", crowd);
    }
    const { parley } = values.agent99;
    const isMet = parley === undefined ? undefined : parley <= 5;
    rows.push(
      { what: `${rate} a second, from the agent: p50`, unit: "ms", values: values.agent50, generator },
      { what: "p99", unit: "ms", values: values.agent99, ...goal("≤ 5 ms", isMet) },
      { what: "from the question: p50", unit: "ms", values: values.question50 },
      { what: "p99", unit: "ms", values: values.question99 },
    );
  }
  return rows;
};
