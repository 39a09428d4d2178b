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

/**
 * A worker thread that carries out calls in their order. It starts with the first call, and anew with the first call
 * after it died.
 */
export class Thread<T extends Methods<T>> {
  readonly #name: string;
  readonly #script: URL;
  readonly #data: unknown;
  #worker: Worker | null = null;
  #pending = new Map<number, Pending>();
  #lastId = 0;

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

  /**
   * Rejects with the `JournalError` that the call threw, or with `io_error` when the thread died before its answer: then
   * it is not known whether the call was carried out.
   */
  call<K extends keyof T & string>(name: K, ...values: Parameters<T[K]>): Promise<ReturnType<T[K]>> {
    return new Promise((resolve, reject) => {
      this.#worker ??= this.#start();
      this.#lastId += 1;
      const request: Request = [this.#lastId, name, values];
      this.#worker.postMessage(request);
      this.#pending.set(this.#lastId, { resolve: (value) => resolve(value as ReturnType<T[K]>), reject });
    });
  }

  /** Stops the thread; what it still owes is rejected. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    this.#lost(worker, "it was stopped");
    await worker.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#script, { workerData: this.#data, name: this.#name, env: environment() });
    worker.on("message", (replies: Reply[]) => {
      for (const [id, value, error] of replies) {
        const pending = this.#pending.get(id);
        this.#pending.delete(id);
        if (error === undefined) pending?.resolve(value);
        else pending?.reject(new JournalError(error.code, error.message));
      }
    });
    worker.on("error", (error) => this.#lost(worker, error instanceof Error ? error.message : String(error)));
    worker.on("exit", (code) => this.#lost(worker, `it left with code ${code}`));
    return worker;
  }

  #lost(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    const pending = this.#pending;
    this.#pending = new Map();
    const message = `The ${this.#name} has died and will be started again: ${reason}.`;
    for (const { reject } of pending.values()) reject(new JournalError("io_error", message));
  }
}
