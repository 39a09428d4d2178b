import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { cpus, release, tmpdir, totalmem, type } from "node:os";
import { join } from "node:path";

const SYNCS = 100;

/** What the figures depend on, a line each. */
export function describeMachine(): string[] {
  const [processor] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    `${processor?.model ?? "unknown processor"}, ${cpus().length} cores, ${gigabytes} GB, ${type()} ${release()}`,
    `Node ${process.versions.node}; a write of 4 KB with fsync in ${tmpdir()} takes ${syncTime().toFixed(2)} ms`,
  ];
}

/** Milliseconds of a small durable write, the median of some. */
function syncTime(): number {
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
  return times.toSorted((a, b) => a - b)[SYNCS >> 1] ?? Number.NaN;
}

/** Microseconds of CPU that the whole machine has used. */
export function machineCpu(): number {
  return cpus().reduce(
    (sum, { times: { user, nice, sys, irq } }) => sum + (user + nice + sys + irq) * 1_000,
    0,
  );
}
