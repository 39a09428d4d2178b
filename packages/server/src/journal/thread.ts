import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import { JournalError } from "./journal.ts";
import type { Reply, Request } from "./serve.ts";

/** A start waits for its threads, so they too read back what an earlier one compiled, where this process does. */
function environment(): NodeJS.ProcessEnv {
  const compiled = getCompileCacheDir();
  return compiled === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(compiled) };
}

/** Any interface whose members are all methods. */
type Methods<T> = { [K in keyof T]: (...values: never[]) => unknown };

interface Pending {
  resolve: (value: unknown) => void;
  reject: (error: JournalError) => void;
}

/** A worker and what it owes, in the order of the calls, which is that of its answers. */
interface Running {
  worker: Worker;
  /** A list, not a map by number, whose tables would keep what was in them alive [docs/decisions/0012]. */
  pending: Pending[];
}

/**
 * A worker thread that carries out calls in their order. It starts with the first call, and anew with the first call
 * after it died.
 */
export class Thread<T extends Methods<T>> {
  readonly #name: string;
  readonly #script: URL;
  readonly #data: unknown;
  #running: Running | null = null;

  /**
   * @param name as errors call it
   * @param script calls `serve`
   * @param data given to the script as `workerData`
   */
  constructor(name: string, script: URL, data: unknown) {
    this.#name = name;
    this.#script = script;
    this.#data = data;
  }

  /** Starts it now, so that its first call does not wait for that. */
  begin(): void {
    this.#running ??= this.#start();
  }

  /**
   * Rejects with the `JournalError` that the call threw, or with `io_error` when the thread died before its answer: then
   * it is not known whether the call was carried out.
   */
  call<K extends keyof T & string>(name: K, ...values: Parameters<T[K]>): Promise<ReturnType<T[K]>> {
    return new Promise((resolve, reject) => {
      this.#running ??= this.#start();
      const { worker, pending } = this.#running;
      const request: Request = [name, values];
      worker.postMessage(request);
      pending.push({ resolve: (value) => resolve(value as ReturnType<T[K]>), reject });
    });
  }

  /** Stops the thread; what it still owes is rejected. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    this.#lost(running, "it was stopped");
    await running.worker.terminate();
  }

  #start(): Running {
    const worker = new Worker(this.#script, { workerData: this.#data, name: this.#name, env: environment() });
    const running: Running = { worker, pending: [] };
    worker.on("message", (replies: Reply[]) => {
      const answered = running.pending.splice(0, replies.length);
      for (const [index, { resolve, reject }] of answered.entries()) {
        const [value, error] = replies[index] as Reply;
        if (error === undefined) resolve(value);
        else reject(new JournalError(error.code, error.message));
      }
    });
    worker.on("error", (error) =>
      this.#lost(running, error instanceof Error ? error.message : String(error)),
    );
    worker.on("exit", (code) => this.#lost(running, `it left with code ${code}`));
    return running;
  }

  #lost(running: Running, reason: string): void {
    if (this.#running !== running) return;
    this.#running = null;
    const message = `The ${this.#name} has died and will be started again: ${reason}.`;
    for (const { reject } of running.pending.splice(0)) reject(new JournalError("io_error", message));
  }
}
