import { parentPort, receiveMessageOnPort } from "node:worker_threads";
import { MAX_ROWS } from "./batcher.ts";
import { JournalError } from "./journal.ts";

export type Request = [name: string, values: unknown[]];
/** Replies come in the order of their requests. */
export type Reply = [value: unknown, error?: WireError];

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
      const [name, values] = request;
      const isJoint = joint?.name === name;
      const taken = waiting.splice(0, isJoint ? fitting(joint, waiting) : 1);
      const carryOut = isJoint
        ? () => joint.carryOut(taken.map(([, [value]]) => value as Value))
        : () => [methods[name]?.(...values)];
      port.postMessage(answer(taken.length, carryOut));
    }
  });
}

/** How many of the first go together: the same call, with as many rows as fit into a batch, or one that has more. */
export function fitting<Value>(
  { name, rows }: Pick<Joint<Value, unknown>, "name" | "rows">,
  waiting: readonly Request[],
): number {
  let sum = 0;
  const end = waiting.findIndex(([own, [value]], index) => {
    if (own !== name) return true;
    sum += rows(value as Value);
    return index > 0 && sum > MAX_ROWS;
  });
  return end === -1 ? waiting.length : end;
}

function answer(requests: number, carryOut: () => readonly unknown[]): Reply[] {
  try {
    return carryOut().map((value) => [value]);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    const { code, message } = error;
    return new Array<Reply>(requests).fill([undefined, { code, message }]);
  }
}
