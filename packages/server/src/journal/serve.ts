import { parentPort } from "node:worker_threads";
import { JournalError } from "./journal.ts";

export type Request = [id: number, name: string, values: unknown[]];
export type Reply = [id: number, value: unknown, error?: WireError];

/** A `JournalError` as it travels between threads. */
export interface WireError {
  code: JournalError["code"];
  message: string;
}

/**
 * Carries out what a `Thread` asks for, in this worker. A `JournalError` is its caller's; anything else that is thrown
 * ends the worker.
 */
export function serve(target: object): void {
  const port = parentPort;
  if (port === null) throw new Error("This is a worker's script.");
  const methods = target as Record<string, (...values: unknown[]) => unknown>;
  port.on("message", ([id, name, values]: Request) => {
    let reply: Reply;
    try {
      reply = [id, methods[name]?.(...values)];
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      reply = [id, undefined, { code: error.code, message: error.message }];
    }
    port.postMessage(reply);
  });
}
