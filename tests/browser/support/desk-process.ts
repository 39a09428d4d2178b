import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { temporaryDirectory } from "../../support/program.ts";
import type { DeskMessage } from "./desk-main.ts";

type Directory = Awaited<ReturnType<typeof temporaryDirectory>>;

const MAIN = new URL("./desk-main.ts", import.meta.url).pathname;

/** A server of its own process, which can be killed, on a clock of which time can be left out. */
export class DeskProcess implements AsyncDisposable {
  #child: ChildProcess;
  readonly #data: Directory;
  readonly url: string;

  private constructor(child: ChildProcess, data: Directory, url: string) {
    this.#child = child;
    this.#data = data;
    this.url = url;
  }

  static async start(): Promise<DeskProcess> {
    const data = await temporaryDirectory();
    const { child, url } = await begin(data.path, "0");
    return new DeskProcess(child, data, url);
  }

  /** Ends it in the middle of whatever it does. */
  async kill(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }

  /** Another one in its place. */
  async restart(): Promise<void> {
    this.#child = (await begin(this.#data.path, new URL(this.url).port)).child;
  }

  /** So much of the server's time is over. */
  async skip(ms: number): Promise<void> {
    const answered = once(this.#child, "message");
    this.#child.send({ skip: ms } satisfies DeskMessage);
    await answered;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#data[Symbol.asyncDispose]();
  }
}

async function begin(data: string, port: string): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(MAIN, { env: { ...process.env, PORT: port, PARLEY_DATA: data } });
  const failed = once(child, "exit").then(() => {
    throw new Error("the server did not start; what it said stands above");
  });
  const [url] = await Promise.race([once(child, "message"), failed]);
  failed.catch(() => {});
  return { child, url: String(url).replace("127.0.0.1", "localhost") };
}
