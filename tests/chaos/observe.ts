import { appendFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

/** What a server's process looked like at the end of each interval. */
export interface Observation {
  /** Milliseconds since 1970. */
  at: number;
  residentBytes: number;
  /** CPU since the process started, all threads, milliseconds. */
  cpuMs: number;
  /** Milliseconds by which the event loop was late in the interval. */
  delayP50: number;
  delayP99: number;
  delayMax: number;
}

const INTERVAL_MS = 250;
const RESOLUTION_MS = 1;
const NS_IN_MS = 1e6;
const US_IN_MS = 1e3;

/** Loaded into a server before its own code: writes an observation a line to the file that `CHAOS_OBSERVE` names. */
const file = process.env.CHAOS_OBSERVE;
// A worker thread inherits the option that loads this file.
if (file !== undefined && isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const late = (ns: number) => Math.max(0, ns / NS_IN_MS - RESOLUTION_MS);
  setInterval(() => {
    const { user, system } = process.cpuUsage();
    const observation: Observation = {
      at: Date.now(),
      residentBytes: process.memoryUsage.rss(),
      cpuMs: (user + system) / US_IN_MS,
      delayP50: late(delay.percentile(50)),
      delayP99: late(delay.percentile(99)),
      delayMax: late(delay.max),
    };
    delay.reset();
    appendFileSync(file, `${JSON.stringify(observation)}\n`);
  }, INTERVAL_MS).unref();
}
