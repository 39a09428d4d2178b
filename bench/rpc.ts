import type { ChildProcess } from "node:child_process";

type Methods<T> = { [Name in keyof T]: (...values: never[]) => unknown };
type Request = [id: number, name: string, values: unknown[]];
type Reply = [id: number, value: unknown, error?: string];

/** Methods of another process, called over Node's own channel. What they take and give is copied as JSON. */
export class Remote<T extends Methods<T>> {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", ([id, value, error]: Reply) => {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (error === undefined) pending?.resolve(value);
      else pending?.reject(new Error(error));
    });
    child.on("exit", (code, signal) => {
      for (const { reject } of this.#pending.values())
        reject(new Error(`the process left: ${signal ?? code}`));
      this.#pending.clear();
    });
  }

  call<Name extends keyof T & string>(
    name: Name,
    ...values: Parameters<T[Name]>
  ): Promise<Awaited<ReturnType<T[Name]>>> {
    const pending = Promise.withResolvers<unknown>();
    this.#lastId += 1;
    const request: Request = [this.#lastId, name, values];
    this.#pending.set(this.#lastId, pending);
    this.#child.send(request);
    return pending.promise as Promise<Awaited<ReturnType<T[Name]>>>;
  }
}

/** Carries out what a `Remote` in the parent asks for; ends this process when the parent is gone. */
export function answerCalls(target: object): void {
  const methods = target as Record<string, (...values: unknown[]) => unknown>;
  const send = (reply: Reply) => process.send?.(reply);
  process.on("message", async ([id, name, values]: Request) => {
    try {
      send([id, await methods[name]?.(...values)]);
    } catch (error) {
      send([id, undefined, error instanceof Error ? (error.stack ?? error.message) : String(error)]);
    }
  });
  process.on("disconnect", () => process.exit());
}
