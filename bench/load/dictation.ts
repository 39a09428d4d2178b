import { setTimeout } from "node:timers/promises";
import { type Busy, watchBusy } from "./busy.ts";
import type { Crowd } from "./crowd.ts";
import { Latencies, type Spread } from "./latencies.ts";
import { eachStamp } from "./stamp.ts";
import { sharedNow } from "./ticker.ts";

export interface DictationResult extends Busy {
  /** Pieces that have arrived. */
  parts: number;
  ms: number;
  /** From the moment in which the agent gave a piece away to its arrival, milliseconds: of the run's halves. */
  first: Spread;
  second: Spread;
}

/** Hears answers whose pieces say when they were made. What waits in a queue that grows comes later and later. */
export async function dictation({ clients }: Crowd, ms: number): Promise<DictationResult> {
  const halves = [new Latencies(), new Latencies()] as const;
  const busy = watchBusy();
  const began = performance.now();
  const listener = {
    frame(bytes: Buffer, start: number, end: number) {
      const now = sharedNow();
      const half = performance.now() - began < ms / 2 ? halves[0] : halves[1];
      eachStamp(bytes, start, end, (at) => half.add(now - at));
    },
  };
  for (const client of clients) client.listener = listener;
  await setTimeout(ms);
  for (const client of clients) client.listener = { frame() {} };
  const [first, second] = halves;
  return {
    parts: first.count + second.count,
    ms: performance.now() - began,
    first: first.spread,
    second: second.spread,
    ...busy(),
  };
}
