import { type Busy, watchBusy } from "./busy.ts";
import type { Connection, Listener } from "./connection.ts";
import type { Crowd } from "./crowd.ts";
import type { Wire } from "./wires.ts";

export interface EchoOptions {
  /** Messages that each client has on their way at any time. */
  depth: number;
  /** Messages of each client. */
  each: number;
}

export interface EchoResult extends Busy {
  /** Messages a second, between the first tenth and the last: while all clients speak. */
  rate: number;
  messages: number;
}

/** Without an echo for so long, the run has failed. */
const STUCK_MS = 10_000;

/** A closed loop: whoever has an echo back sends the next message. */
export async function echo(
  { wire, role, clients }: Crowd,
  { depth, each }: EchoOptions,
): Promise<EchoResult> {
  const message = wire.message(role);
  const messages = Array.from({ length: depth + 1 }, (_, count) => Buffer.concat(Array(count).fill(message)));
  const busy = watchBusy();
  const tally = new Tally(clients.length * each);
  for (const client of clients) {
    client.listener = new Speaker(client, wire, messages, each - depth, tally);
    client.write(messages[depth] ?? message);
  }
  await tally.done;
  return { rate: tally.rate, messages: tally.expected, ...busy() };
}

class Speaker implements Listener {
  readonly #client: Connection;
  readonly #wire: Wire;
  readonly #messages: readonly Buffer[];
  readonly #tally: Tally;
  #left: number;
  #echoes = 0;

  constructor(client: Connection, wire: Wire, messages: readonly Buffer[], left: number, tally: Tally) {
    this.#client = client;
    this.#wire = wire;
    this.#messages = messages;
    this.#left = left;
    this.#tally = tally;
  }

  frame(bytes: Buffer, start: number, end: number): void {
    if (this.#wire.isEcho(bytes, start, end)) this.#echoes += 1;
    else this.#tally.stray(bytes, start, end);
  }

  read(): void {
    const next = Math.min(this.#echoes, this.#left);
    const frames = this.#messages[next];
    if (next > 0 && frames !== undefined) this.#client.write(frames);
    this.#left -= next;
    this.#tally.add(this.#echoes);
    this.#echoes = 0;
  }

  closed(): void {
    this.#tally.fail("the server closed a connection");
  }
}

class Tally {
  readonly expected: number;
  readonly #done = Promise.withResolvers<void>();
  readonly #watch: NodeJS.Timeout;
  #count = 0;
  #seen = 0;
  #stray = "";
  #from = 0;
  #to = 0;

  constructor(expected: number) {
    this.expected = expected;
    this.#watch = setInterval(() => {
      if (this.#count === this.#seen) this.fail(`${expected - this.#count} messages had no echo`);
      this.#seen = this.#count;
    }, STUCK_MS);
  }

  get done(): Promise<void> {
    return this.#done.promise;
  }

  get rate(): number {
    return (this.expected * 0.8 * 1_000) / (this.#to - this.#from);
  }

  add(count: number): void {
    if (count === 0) return;
    this.#count += count;
    if (this.#from === 0 && this.#count >= this.expected * 0.1) this.#from = performance.now();
    if (this.#to === 0 && this.#count >= this.expected * 0.9) this.#to = performance.now();
    if (this.#count < this.expected) return;
    clearInterval(this.#watch);
    this.#done.resolve();
  }

  stray(bytes: Buffer, start: number, end: number): void {
    this.#stray = bytes.toString("utf8", start, Math.min(end, start + 300));
  }

  fail(reason: string): void {
    clearInterval(this.#watch);
    this.#done.reject(
      new Error(this.#stray === "" ? reason : `${reason}; what came last was ${this.#stray}`),
    );
  }
}
