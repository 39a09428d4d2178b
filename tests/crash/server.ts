import { setTimeout as sleep } from "node:timers/promises";
import { Program } from "../support/program.ts";
import type { Place } from "./client.ts";

/** A server that is killed and started again on the same data. */
export class MortalServer implements Place {
  readonly #data: string;
  #program: Program | undefined;
  #accessToken = "";
  #kills = 0;

  constructor(data: string) {
    this.#data = data;
  }

  /** Where it is by now, or was when it died. */
  get url(): string {
    return this.#program?.url || NOWHERE;
  }

  get accessToken(): string {
    return this.#accessToken;
  }

  /** How often it was killed. */
  get kills(): number {
    return this.#kills;
  }

  /** What it has printed since its last start. */
  get output(): string {
    return this.#program?.output ?? "";
  }

  async start(): Promise<void> {
    this.#program = await Program.start({ PARLEY_DATA: this.#data });
    this.#accessToken ||= await this.#mint();
  }

  /** Starts it and kills it so much later, ready or not. */
  async startInVain(ms: number): Promise<void> {
    this.#program = Program.begin({ PARLEY_DATA: this.#data });
    const killed = this.#program;
    killed.listening().catch(() => {});
    await sleep(ms);
    await this.kill();
  }

  async kill(): Promise<void> {
    this.#kills += 1;
    await this.#program?.end("SIGKILL");
  }

  /** @returns the id of a session that is on disk, or null when the server died before it could say so */
  async createSession(streaming: boolean): Promise<string | null> {
    try {
      const { session_id } = await this.#post("sessions", { streaming_enabled: streaming });
      return String(session_id);
    } catch (error) {
      if (error instanceof TypeError) return null;
      throw error;
    }
  }

  async #mint(): Promise<string> {
    const { access_token } = await this.#post("access-token", {});
    return String(access_token);
  }

  /** @throws TypeError, as `fetch` does, where the connection fails */
  async #post(path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.url}/api/v1/${path}`, {
      method: "POST",
      headers: { "X-Token": "demo", "X-Host": "localhost", Authorization: `Bearer ${this.#accessToken}` },
      body: JSON.stringify(body),
    });
    const json = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(json)}`);
    return json;
  }
}

/** A port that refuses: while a server starts there is no other. */
const NOWHERE = "http://127.0.0.1:1";
