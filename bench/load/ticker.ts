import { parentPort, workerData } from "node:worker_threads";

/** Milliseconds on a clock that all threads share. */
export const sharedNow = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Tells its parent when a tick is due, finer than a timer of the event loop could. `workerData`: begin and interval. */
if (parentPort !== null) {
  const { begin, interval } = workerData as { begin: number; interval: number };
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (let tick = 0; ; ) {
    const left = begin + tick * interval - sharedNow();
    if (left > 0) Atomics.wait(never, 0, 0, left);
    parentPort.postMessage(null);
    tick = Math.max(tick, Math.floor((sharedNow() - begin) / interval)) + 1;
  }
}
