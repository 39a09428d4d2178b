import { readdir, readFile } from "node:fs/promises";
import { Chat } from "../support/chat.ts";
import { Program, temporaryDirectory } from "../support/program.ts";
import type { Place } from "./frames.ts";
import { CONNECTORS } from "./secrets.ts";

const path = (name: string) => new URL(name, import.meta.url).pathname;
const MAIN = path("../../packages/server/src/main.ts");

/** The program under attack, in a process of its own whose memory is its own too. */
export class Target implements AsyncDisposable {
  readonly program: Program;
  /** Its data directory. */
  readonly data: string;
  readonly #disposables: AsyncDisposableStack;
  #connector = 0;

  private constructor(program: Program, data: string, disposables: AsyncDisposableStack) {
    this.program = program;
    this.data = data;
    this.#disposables = disposables;
  }

  /** @param command what the program is started by, a shell that lowers a limit for example */
  static async start(
    environment: Record<string, string> = {},
    command: (node: string[]) => string[] = (node) => node,
  ): Promise<Target> {
    const disposables = new AsyncDisposableStack();
    const data = disposables.use(await temporaryDirectory());
    const [file = "", ...args] = command([
      process.execPath,
      "--expose-gc",
      "--import",
      path("settle.mjs"),
      MAIN,
    ]);
    const program = Program.launch(file, args, {
      PORT: "0",
      HOST: "127.0.0.1",
      PARLEY_DATA: data.path,
      PARLEY_CONFIG: path("target-config.ts"),
      PARLEY_LOG: "debug",
      // One arena: what the threads of the journal free goes back to the system, and is not taken for a leak.
      MALLOC_ARENA_MAX: "1",
      ...environment,
    });
    disposables.defer(async () => {
      await program.end("SIGKILL");
    });
    await program.listening();
    return new Target(program, data.path, disposables);
  }

  get url(): string {
    return this.program.url;
  }

  /** Another connector's token at each call. */
  get token(): string {
    this.#connector += 1;
    return CONNECTORS[this.#connector % CONNECTORS.length]?.token ?? "";
  }

  /** A new session, and a client in it that has not connected. */
  chat(body: object = {}): Promise<Chat> {
    return Chat.create(this.url, body, this.token);
  }

  /** A new session to connect to. */
  async place(): Promise<Place> {
    return this.chat();
  }

  /** Memory that something holds, when the garbage is collected, MB; without that of the journal's threads. */
  async heldMb(): Promise<number> {
    const answers = () => [...this.program.output.matchAll(/^settled (\d+)$/gm)];
    const before = answers().length;
    process.kill(this.program.pid, "SIGUSR2");
    while (answers().length === before) await new Promise((resolve) => setTimeout(resolve, 10));
    return Number(answers().at(-1)?.[1]) / 2 ** 20;
  }

  /** Memory that the process has of the system, MB. */
  async residentMb(): Promise<number> {
    const status = await readFile(`/proc/${this.program.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
  }

  /** How many files and connections it has open. */
  async openFiles(): Promise<number> {
    return (await readdir(`/proc/${this.program.pid}/fd`)).length;
  }

  /** Lines that the program has printed beside its welcome. */
  get log(): string[] {
    return this.program.output.split("\n").filter((line) => line.startsWith("{") || line.includes("rror"));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposables.disposeAsync();
  }
}
