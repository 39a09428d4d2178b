import { parentPort, receiveMessageOnPort } from "node:worker_threads";
import { fitting } from "./batcher.ts";
import { JournalError } from "./journal.ts";

export type Request = [id: number, name: string, values: unknown[]];
export type Reply = [id: number, value: unknown, error?: WireError];

/** A `JournalError` as it travels between threads. */
export interface WireError {
  code: JournalError["code"];
  message: string;
}

/** A call of which as many as have gathered, and fit into one batch, are carried out as one. */
export interface Joint<Value, Result> {
  name: string;
  rows(value: Value): number;
  /** @returns what each returns; where it throws, all have */
  carryOut(values: readonly Value[]): Result[];
}

/**
 * Carries out what a `Thread` asks for, in this worker and in its order. What comes in meanwhile is taken over as soon as
 * a call is done, without the other thread's help. A `JournalError` is its caller's; anything else that is thrown ends the
 * worker.
 */
export function serve<Value, Result>(target: object, joint?: Joint<Value, Result>): void {
  const port = parentPort;
  if (port === null) throw new Error("This is a worker's script.");
  const methods = target as Record<string, (...values: unknown[]) => unknown>;
  port.on("message", (first: Request) => {
    const waiting = [first];
    for (;;) {
      for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
        waiting.push(next.message);
      }
      const [request] = waiting;
      if (request === undefined) return;
      const [id, name, values] = request;
      if (joint?.name === name) {
        const taken = waiting.splice(0, fitting(rowsOf(joint, waiting)));
        port.postMessage(
          answer(
            taken.map(([id]) => id),
            () => joint.carryOut(taken.map(([, , [value]]) => value as Value)),
          ),
        );
      } else {
        waiting.shift();
        port.postMessage(answer([id], () => [methods[name]?.(...values)]));
      }
    }
  });
}

/** Of those calls that may go together: the first, and the same behind it. */
function* rowsOf<Value>(
  { name, rows }: Joint<Value, unknown>,
  waiting: readonly Request[],
): Iterable<number> {
  for (const [, own, [value]] of waiting) {
    if (own !== name) return;
    yield rows(value as Value);
  }
}

function answer(ids: readonly number[], carryOut: () => readonly unknown[]): Reply[] {
  try {
    const values = carryOut();
    return ids.map((id, index) => [id, values[index]]);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    const { code, message } = error;
    return ids.map((id) => [id, undefined, { code, message }]);
  }
}
