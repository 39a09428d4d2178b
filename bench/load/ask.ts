import { type Busy, watchBusy } from "./busy.ts";
import type { Crowd } from "./crowd.ts";
import { Latencies, type Spread } from "./latencies.ts";
import { onSchedule } from "./schedule.ts";
import { eachStamp } from "./stamp.ts";
import { sharedNow } from "./ticker.ts";

export interface AskResult extends Busy {
  questions: number;
  missing: number;
  /** From the moment for which a message was scheduled to the first chunk of its answer, milliseconds. */
  fromQuestion: Spread;
  /** From the moment in which the agent gave its first text away, milliseconds. */
  fromAgent: Spread;
}

const FIRST_CHUNK = '"chunk_index":1,';
const PATIENCE_MS = 2_000;

/** Asks an agent that answers at once, and waits for the first word. */
export async function ask(
  { wire, role, clients }: Crowd,
  { rate, ms }: { rate: number; ms: number },
): Promise<AskResult> {
  const message = wire.message(role);
  const fromQuestion = new Latencies();
  const fromAgent = new Latencies();
  const waiting: number[][] = clients.map(() => []);
  const busy = watchBusy();
  clients.forEach((client, index) => {
    const own = waiting[index] ?? [];
    client.listener = {
      frame(bytes, start, end) {
        if (!bytes.subarray(start, end).includes(FIRST_CHUNK)) return;
        const due = own.shift();
        if (due === undefined) return;
        const now = sharedNow();
        fromQuestion.add(now - due);
        eachStamp(bytes, start, end, (at) => fromAgent.add(now - at));
      },
    };
  });
  let questions = 0;
  await onSchedule({ rate, ms }, (index, due) => {
    const turn = index % clients.length;
    questions += 1;
    waiting[turn]?.push(due);
    clients[turn]?.write(message);
  });
  const until = performance.now() + PATIENCE_MS;
  while (fromQuestion.count < questions && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    questions,
    missing: questions - fromQuestion.count,
    fromQuestion: fromQuestion.spread,
    fromAgent: fromAgent.spread,
    ...busy(),
  };
}
