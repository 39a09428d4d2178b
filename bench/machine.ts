import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { cpus, release, tmpdir, totalmem, type } from "node:os";
import { join } from "node:path";

const SYNCS = 500;

/** What the figures depend on, a line each. */
export function describeMachine(): string[] {
  const [processor] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const { median, slow } = syncTimes();
  return [
    `${processor?.model ?? "unknown processor"}, ${cpus().length} cores, ${gigabytes} GB, ${type()} ${release()}`,
    `Node ${process.versions.node}; a write of 4 KB with fsync in ${tmpdir()} takes ` +
      `${median.toFixed(2)} ms, one in a hundred ${slow.toFixed(1)} ms`,
  ];
}

/** Milliseconds of a small durable write: the median and the 99th percentile of some. */
function syncTimes(): { median: number; slow: number } {
  const file = join(tmpdir(), `parley-bench-sync-${process.pid}`);
  const handle = openSync(file, "w");
  const page = Buffer.alloc(4_096, 1);
  const times = Array.from({ length: SYNCS }, (_, index) => {
    const began = performance.now();
    writeSync(handle, page, 0, page.length, index * page.length);
    fsyncSync(handle);
    return performance.now() - began;
  });
  closeSync(handle);
  rmSync(file);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(SYNCS * share)] ?? Number.NaN;
  return { median: at(0.5), slow: at(0.99) };
}

/** Microseconds of CPU that the whole machine has used. */
export function machineCpu(): number {
  return cpus().reduce(
    (sum, { times: { user, nice, sys, irq } }) => sum + (user + nice + sys + irq) * 1_000,
    0,
  );
}
