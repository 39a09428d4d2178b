import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Program, temporaryDirectory } from "../support/program.ts";
import type { Observation } from "./observe.ts";

const here = (file: string) => new URL(file, import.meta.url);

/** The program with the configuration beside this file, in a process that is watched, on data that outlives it. */
export class ChaosServer implements AsyncDisposable {
  readonly #data: Awaited<ReturnType<typeof temporaryDirectory>>;
  #program: Program | undefined;
  #port = 0;

  private constructor(data: Awaited<ReturnType<typeof temporaryDirectory>>) {
    this.#data = data;
  }

  static async start(): Promise<ChaosServer> {
    const server = new ChaosServer(await temporaryDirectory());
    await server.start();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** Starts it again, where it was. */
  async start(): Promise<void> {
    this.#program = await Program.start({
      PORT: `${this.#port}`,
      PARLEY_DATA: join(this.#data.path, "data"),
      PARLEY_CONFIG: here("parley.config.ts").pathname,
      CHAOS_OBSERVE: this.#observations,
      NODE_OPTIONS: `--import=${here("observe.ts")}`,
    });
    this.#port = Number(new URL(this.#program.url).port);
  }

  /** @returns the exit code, or null when the signal itself ended it */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    return (await this.#program?.end(signal)) ?? null;
  }

  /** All it has printed since its last start. */
  get output(): string {
    return this.#program?.output ?? "";
  }

  /** What was observed since a moment, milliseconds since 1970. */
  async observations(since: number): Promise<Observation[]> {
    const text = await readFile(this.#observations, "utf8").catch(() => "");
    const lines = text.split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Observation).filter(({ at }) => at >= since);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
    await this.#data[Symbol.asyncDispose]();
  }

  get #observations(): string {
    return join(this.#data.path, "observations");
  }
}
