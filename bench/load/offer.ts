import { type Busy, watchBusy } from "./busy.ts";
import type { Crowd } from "./crowd.ts";
import { Latencies, type Spread } from "./latencies.ts";
import { onSchedule } from "./schedule.ts";
import { sharedNow } from "./ticker.ts";

export interface OfferOptions {
  /** Messages a second, over all clients in turn. */
  rate: number;
  ms: number;
}

export interface OfferResult extends Busy {
  messages: number;
  /** Without an echo when the time was up. */
  missing: number;
  /** From the moment for which a message was scheduled to its echo, milliseconds. */
  latency: Spread;
  /** By how much messages were sent later than scheduled: the generator's own part of the latency, milliseconds. */
  lateness: Spread;
}

/** How long echoes are waited for behind the last message. */
const PATIENCE_MS = 2_000;

/** An open loop: messages are sent when they are due, whether or not earlier ones are answered. */
export async function offer(
  { wire, role, clients }: Crowd,
  { rate, ms }: OfferOptions,
): Promise<OfferResult> {
  const message = wire.message(role);
  const latency = new Latencies();
  const lateness = new Latencies();
  // Echoes come in the order of the messages.
  const waiting: number[][] = clients.map(() => []);
  let sent = 0;
  let allEchoed = () => {};
  const busy = watchBusy();
  clients.forEach((client, index) => {
    const own = waiting[index] ?? [];
    client.listener = {
      frame(bytes, start, end) {
        if (!wire.isEcho(bytes, start, end)) return;
        const due = own.shift();
        if (due !== undefined) latency.add(sharedNow() - due);
        if (latency.count === sent) allEchoed();
      },
    };
  });
  await onSchedule({ rate, ms }, (index, due) => {
    const turn = index % clients.length;
    sent += 1;
    waiting[turn]?.push(due);
    clients[turn]?.write(message);
    lateness.add(sharedNow() - due);
  });
  await new Promise<void>((resolve) => {
    allEchoed = resolve;
    if (latency.count === sent) resolve();
    setTimeout(resolve, PATIENCE_MS).unref();
  });
  const missing = sent - latency.count;
  return { messages: sent, missing, latency: latency.spread, lateness: lateness.spread, ...busy() };
}
