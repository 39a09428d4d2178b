import { setTimeout } from "node:timers/promises";
import type { Measure } from "../bench.ts";
import { goal, type Values } from "../report.ts";
import { steady } from "../servers/agents.ts";

/** Until all answers have begun and their first words are behind them. */
const BEGUN_MS = 1_500;

/** Answers that stream to everybody at the same time: 50 pieces a second from each agent, or from each peer's timer. */
export const chunks: Measure = async (bench) => {
  const { load, options } = bench;
  const cpu: Values = {};
  const rate: Values = {};
  const frames: Values = {};
  const loop: Values = {};
  const generator: Values = {};
  for (const column of options.columns) {
    if (column === "large") continue;
    const server = await bench.server(column);
    const { target } = server;
    const crowd = await load.call("enter", { target, role: "chunks", count: options.clients });
    await load.call("startChunks", crowd);
    await setTimeout(BEGUN_MS);
    const result = await bench.measured(server, `chunks-${column}`, () =>
      load.call("listen", crowd, options.ms),
    );
    await load.call("leave", crowd);
    cpu[column] = result.cpu / result.parts;
    rate[column] = (result.parts * 1_000) / result.ms;
    frames[column] = (result.frames * 1_000) / result.ms;
    loop[column] = result.loop.p99;
    generator[column] = result.generator;
  }
  const alone: Values = options.columns.includes("parley")
    ? { parley: await agentsAlone(options.clients, options.ms) }
    : {};
  const isMet = cpu.parley === undefined ? undefined : cpu.parley <= 12;
  return [
    { what: "server's CPU a piece", unit: "µs", values: cpu, generator, ...goal("≤ 12 µs", isMet) },
    { what: "of which the agents, by themselves", unit: "µs", values: alone },
    { what: "pieces delivered", unit: "/s", values: rate },
    { what: "frames delivered", unit: "/s", values: frames },
    { what: "event loop late, p99", unit: "ms", values: loop },
  ];
};

/** Microseconds of CPU for a piece of the same agents, with nobody behind them who does anything with it. */
async function agentsAlone(agents: number, ms: number): Promise<number> {
  const over = new AbortController();
  let pieces = 0;
  const taking = Array.from({ length: agents }, async () => {
    for await (const _ of steady({ reason: "messages" }, over.signal)) pieces += 1;
  });
  await setTimeout(BEGUN_MS);
  const before = { pieces, cpu: process.cpuUsage() };
  await setTimeout(ms);
  const { user, system } = process.cpuUsage(before.cpu);
  const cost = (user + system) / (pieces - before.pieces);
  over.abort();
  await Promise.all(taking);
  return cost;
}
