import type { Clock } from "../clock.ts";

/** Waits; rejects with the signal's reason when it is aborted. @param ms milliseconds; 0 waits for nothing */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (ms === 0) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = clock.after(ms, resolve);
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    await promise;
  } finally {
    timer.cancel();
    signal.removeEventListener("abort", stop);
  }
}
