import { setTimeout } from "node:timers/promises";
import type { Measure } from "../bench.ts";
import { goal, type Values } from "../report.ts";
import { STAMPED_INTERVAL_MS } from "../servers/peer.ts";

/** Until all answers have begun and their first words are behind them. */
const BEGUN_MS = 2_000;
/** By how much pieces may come later in the second half, milliseconds: a queue that grows is behind by hundreds. */
const TOLERANCE_MS = 10;

/** Answers to everybody at the same time, 20 pieces a second each: whether any queue between agent and client grows. */
export const answers: Measure = async (bench) => {
  const { load, options } = bench;
  if (!options.columns.includes("parley")) return [];
  const server = await bench.server("parley");
  const { target } = server;
  const crowd = await load.call("enter", { target, role: "dictation", count: options.clients });
  await load.call("startChunks", crowd);
  await setTimeout(BEGUN_MS);
  const result = await bench.measured(server, "answers-parley", () =>
    load.call("dictation", crowd, options.ms),
  );
  await load.call("leave", crowd);
  const offered = (options.clients * 1_000) / STAMPED_INTERVAL_MS;
  const delivered = (result.parts * 1_000) / result.ms;
  const keepsUp = delivered >= 0.97 * offered;
  const isSteady = result.second.p99 <= result.first.p99 + TOLERANCE_MS;
  const only = (parley: number): Values => ({ parley });
  return [
    {
      what: `pieces delivered, of ${offered} offered`,
      unit: "/s",
      values: only(delivered),
      generator: only(result.generator),
      ...goal("all", keepsUp),
    },
    { what: "from the agent to the client, first half: p99", unit: "ms", values: only(result.first.p99) },
    {
      what: "second half: p99",
      unit: "ms",
      values: only(result.second.p99),
      ...goal("no later", isSteady),
    },
    { what: "event loop late, p99", unit: "ms", values: only(result.loop.p99) },
  ];
};
