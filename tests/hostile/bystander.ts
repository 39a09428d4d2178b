import { EVENT } from "@parley/protocol";
import type { Chat } from "../support/chat.ts";
import type { Target } from "./target.ts";

/** How often it speaks, milliseconds: far below the rate of section 4. */
const RHYTHM_MS = 250;
/** An echo later than this is noticed by a person; it leaves room for a machine that others use too. Milliseconds. */
const NOTICED_MS = 3_000;

/** Somebody else's conversation on the same server, that must not notice an attack. */
export class Bystander implements Disposable {
  readonly #chat: Chat;
  #said = 0;
  #worst = 0;
  #failure: unknown;
  #stopped = false;
  readonly #running: Promise<void>;

  private constructor(chat: Chat) {
    this.#chat = chat;
    this.#running = this.#talk().catch((error) => {
      this.#failure = error;
    });
  }

  static async join(target: Target): Promise<Bystander> {
    const chat = await target.chat();
    await chat.connect();
    await chat.join();
    return new Bystander(chat);
  }

  /** Says one thing more and ends. @throws when any of its echoes came too late, or its socket was closed */
  async unharmed(): Promise<{ worstMs: number; said: number }> {
    this.#stopped = true;
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure;
    await this.#say();
    if (this.#chat.closed !== null) throw new Error(`the bystander was closed with ${this.#chat.closed}`);
    if (this.#worst > NOTICED_MS) throw new Error(`the bystander waited ${this.#worst} ms for an echo`);
    return { worstMs: this.#worst, said: this.#said };
  }

  async #talk(): Promise<void> {
    while (!this.#stopped) {
      await this.#say();
      await new Promise((resolve) => setTimeout(resolve, RHYTHM_MS));
    }
  }

  async #say(): Promise<void> {
    this.#said += 1;
    const text = `bystander ${this.#said}`;
    const at = performance.now();
    this.#chat.say(text);
    const came = () => this.#chat.of(EVENT.USER_MESSAGE).some(({ payload }) => payload.text === text);
    await this.#chat.until(came, `the echo of ${text}`);
    this.#worst = Math.max(this.#worst, Math.round(performance.now() - at));
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    this.#chat.drop();
  }
}
