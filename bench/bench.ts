import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Load } from "./load.ts";
import type { LoopDelay } from "./probe.ts";
import type { Row } from "./report.ts";
import { Remote } from "./rpc.ts";
import { type Server, startServer } from "./servers/server.ts";

/** What is measured side by side; `large` is Parley on a journal that is full already. */
export const COLUMNS = ["ws", "socketio", "parley", "large"] as const;
export type Column = (typeof COLUMNS)[number];

export interface BenchOptions {
  columns: readonly Column[];
  /** How often each figure is taken; the best counts. */
  rounds: number;
  clients: number;
  /** How long a rate is offered, or chunks are counted, milliseconds. */
  ms: number;
  /** Of the full journal; null without one. */
  largeJournal: string | null;
  /** Where CPU profiles go; null for none. */
  profiles: string | null;
}

/** Measures one thing, on all columns that can do it. */
export type Measure = (bench: Bench) => Promise<Row[]>;

/** A job's cost to the server. */
export interface Cost {
  /** Microseconds of CPU, all threads. */
  cpu: number;
  loop: LoopDelay;
}

/** The processes of a run. */
export class Bench {
  readonly options: BenchOptions;
  readonly load: Remote<Load>;
  readonly #directory: string;
  readonly #stopLoad: () => void;
  readonly #running = new Map<Column, Promise<Server>>();
  readonly #stopped: number[] = [];
  #directories = 0;

  static async start(options: BenchOptions): Promise<Bench> {
    return new Bench(options, await mkdtemp(join(tmpdir(), "parley-bench-")));
  }

  private constructor(options: BenchOptions, directory: string) {
    this.options = options;
    this.#directory = directory;
    const script = fileURLToPath(new URL("./load.ts", import.meta.url));
    const child = spawn(process.execPath, [script], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.load = new Remote<Load>(child);
    this.#stopLoad = () => child.kill();
  }

  /** The server of a column, started when it is first needed. */
  server(column: Column): Promise<Server> {
    let server = this.#running.get(column);
    if (server === undefined) {
      server = this.startAlone(column);
      this.#running.set(column, server);
    }
    return server;
  }

  /** A server for one measure alone, on a journal of its own. */
  startAlone(column: Column, data?: string): Promise<Server> {
    if (column === "ws" || column === "socketio") return startServer(column, "");
    return startServer("parley", data ?? this.#dataOf(column));
  }

  async stopAlone(server: Server): Promise<void> {
    this.#stopped.push(await server.probe.call("cpu"));
    await server.stop();
  }

  /**
   * Does a job, and takes what it costs the server. Watching the event loop is a timer of 1 ms in the server, and costs
   * a server that is all but idle more than the job.
   */
  async measured<T>(
    server: Server,
    label: string,
    job: () => Promise<T>,
    { watchLoop = true } = {},
  ): Promise<T & Cost> {
    const { probe } = server;
    const { profiles } = this.options;
    if (profiles !== null) await probe.call("startProfile");
    if (watchLoop) await probe.call("watchLoop");
    const before = await probe.call("cpu");
    const result = await job();
    const cpu = (await probe.call("cpu")) - before;
    const loop = await probe.call("loopDelay");
    if (profiles !== null) await probe.call("stopProfile", join(profiles, `${label}.cpuprofile`));
    return { ...result, cpu, loop };
  }

  /** Microseconds of CPU that all processes of the run have used. */
  async cpu(): Promise<number> {
    const servers = await Promise.all(this.#running.values());
    const used = [this.load.call("cpu"), ...servers.map(({ probe }) => probe.call("cpu"))];
    const { user, system } = process.cpuUsage();
    return [user + system, ...this.#stopped, ...(await Promise.all(used))].reduce(
      (sum, value) => sum + value,
    );
  }

  async stop(): Promise<void> {
    const servers = await Promise.allSettled(this.#running.values());
    await Promise.all(servers.map((server) => server.status === "fulfilled" && server.value.stop()));
    this.#stopLoad();
    await rm(this.#directory, { recursive: true });
  }

  #dataOf(column: Column): string {
    if (column === "large" && this.options.largeJournal !== null) return this.options.largeJournal;
    this.#directories += 1;
    return join(this.#directory, String(this.#directories));
  }
}
