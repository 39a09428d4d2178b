import { mkdirSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { dirname } from "node:path";
import { monitorEventLoopDelay, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";
import { answerCalls } from "./rpc.ts";

/** Bytes, after a collection of garbage. */
export interface Memory {
  resident: number;
  /** What JavaScript holds: its heap and the buffers outside. */
  held: number;
}

/** Milliseconds by which the event loop was late. */
export interface LoopDelay {
  p50: number;
  p99: number;
  max: number;
  /** The longest for which a collection of garbage stopped it. */
  longestCollection: number;
}

/** What every measured process can be asked; loaded into it before its own code. */
export interface Probe {
  /** Microseconds of CPU since the start, all threads, in user and system mode. */
  cpu(): number;
  memory(): Promise<Memory>;
  /** Starts counting anew. */
  watchLoop(): void;
  loopDelay(): LoopDelay;
  /** Of the main thread. */
  startProfile(): Promise<void>;
  /** Writes what was recorded as a `.cpuprofile`. */
  stopProfile(file: string): Promise<void>;
}

/** Milliseconds between two looks at the event loop: the finest that there is. */
const RESOLUTION = 1;
const NS_IN_MS = 1e6;
/** Finalizers run between collections of garbage, and free what only a further one finds. */
const COLLECTIONS = 4;
const PROFILE_INTERVAL_US = 200;

// A worker thread inherits the option that loads this file.
if (isMainThread && process.send !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  const late = (ns: number) => Math.max(0, ns / NS_IN_MS - RESOLUTION);
  let longestCollection = 0;
  const look = (entries: readonly PerformanceEntry[]) => {
    for (const { duration } of entries) longestCollection = Math.max(longestCollection, duration);
  };
  const collections = new PerformanceObserver((list) => look(list.getEntries()));
  const inspector = new Session();
  answerCalls({
    cpu() {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
    async memory() {
      for (let i = 0; i < COLLECTIONS; i += 1) {
        globalThis.gc?.();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const { rss, heapUsed, external } = process.memoryUsage();
      return { resident: rss, held: heapUsed + external };
    },
    watchLoop() {
      delay.reset();
      delay.enable();
      longestCollection = 0;
      collections.observe({ entryTypes: ["gc"] });
    },
    loopDelay() {
      delay.disable();
      look(collections.takeRecords());
      collections.disconnect();
      const [p50, p99] = [late(delay.percentile(50)), late(delay.percentile(99))];
      return { p50, p99, max: late(delay.max), longestCollection };
    },
    async startProfile() {
      inspector.connect();
      await inspector.post("Profiler.enable");
      await inspector.post("Profiler.setSamplingInterval", { interval: PROFILE_INTERVAL_US });
      await inspector.post("Profiler.start");
    },
    async stopProfile(file) {
      const { profile } = await inspector.post("Profiler.stop");
      inspector.disconnect();
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(profile));
    },
  } satisfies Probe);
}
