import type { Measure } from "../bench.ts";
import { Latencies } from "../load/latencies.ts";
import type { Values } from "../report.ts";

/** How often each is started; the median counts, since a start is short and meets much by chance. */
const STARTS = 9;

/**
 * From the start of the process until it listens, which is what a deployment costs clients at least. The first start on the
 * same sources, which compiles them, does not count.
 */
export const start: Measure = async (bench) => {
  const listens: Values = {};
  for (const column of bench.options.columns) {
    if (column === "large") continue;
    const times = new Latencies();
    for (let starts = 0; starts <= STARTS; starts += 1) {
      const began = performance.now();
      const server = await bench.startAlone(column);
      if (starts > 0) times.add(performance.now() - began);
      await bench.stopAlone(server);
    }
    listens[column] = times.spread.p50;
  }
  return [{ what: "until it listens", unit: "ms", values: listens }];
};
