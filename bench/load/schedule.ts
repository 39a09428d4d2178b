import { Worker } from "node:worker_threads";
import { sharedNow } from "./ticker.ts";

/** Milliseconds between two looks at the schedule. */
const TICK_MS = 0.2;
/** Until the first tick: the thread that ticks has to start. */
const LEAD_MS = 100;

export interface ScheduleOptions {
  /** A second. */
  rate: number;
  ms: number;
}

/**
 * Calls back for each of a series of moments, evenly spread, no matter how long the last ones took. Moments of one
 * tick come together.
 *
 * @param call gets the moment's index and when it was due, in milliseconds of `sharedNow`
 */
export async function onSchedule(
  { rate, ms }: ScheduleOptions,
  call: (index: number, due: number) => void,
): Promise<void> {
  const count = Math.round((rate * ms) / 1_000);
  const begin = sharedNow() + LEAD_MS;
  const dueOf = (index: number) => begin + Math.floor((index * 1_000) / rate / TICK_MS) * TICK_MS;
  const worker = new Worker(new URL("./ticker.ts", import.meta.url), {
    workerData: { begin, interval: TICK_MS },
  });
  const done = Promise.withResolvers<void>();
  let index = 0;
  worker.on("error", done.reject);
  worker.on("message", () => {
    const now = sharedNow();
    while (index < count && dueOf(index) <= now) {
      call(index, dueOf(index));
      index += 1;
    }
    if (index === count) done.resolve();
  });
  await done.promise;
  await worker.terminate();
}
