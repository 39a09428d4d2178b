import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The program. */
export const MAIN = new URL("../../packages/server/src/main.ts", import.meta.url).pathname;

/** The whole program, in a process of its own, on a free port of 127.0.0.1. */
export class Program {
  readonly #child: ChildProcess;
  /** Everything it has printed, both streams. */
  output = "";
  url = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
      });
    }
  }

  /** Starts it and waits until it says where it listens. @throws with its output when it ends before */
  static async start(environment: Record<string, string>, options: { cwd?: string } = {}): Promise<Program> {
    const program = Program.begin(environment, options);
    await program.listening();
    return program;
  }

  /** Starts it and does not wait. */
  static begin(environment: Record<string, string>, options: { cwd?: string } = {}): Program {
    return Program.launch(process.execPath, [MAIN], { PORT: "0", ...environment }, options);
  }

  /** Starts any command as the program. */
  static launch(
    command: string,
    args: string[],
    environment: Record<string, string>,
    { cwd = tmpdir() }: { cwd?: string } = {},
  ): Program {
    const env = { ...process.env, ...environment };
    return new Program(spawn(command, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"] }));
  }

  async listening(): Promise<void> {
    const found = Promise.withResolvers<void>();
    const look = () => {
      const url = /listening on (http:\/\/\S+)/.exec(this.output)?.[1];
      if (url === undefined) return;
      this.url = url;
      found.resolve();
    };
    this.#child.stdout?.on("data", look);
    this.#child.once("exit", (code) => {
      found.reject(new Error(`the program ended with ${code}:\n${this.output}`));
    });
    await found.promise;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends a signal and waits for the end. @returns the exit code, or null when a signal ended it */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exited = once(this.#child, "exit");
    this.#child.kill(signal);
    await exited;
    return this.#child.exitCode;
  }

  /** Waits for the program to end by itself. @returns the exit code */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
    return this.#child.exitCode;
  }
}

/** An empty directory that is removed when it is disposed of. */
export async function temporaryDirectory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "parley-test-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
