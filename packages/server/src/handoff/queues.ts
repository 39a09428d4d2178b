import type { Clock } from "../clock.ts";
import type { Journal } from "../journal/journal.ts";
import { type Hours, isOpen, nextOpening, sayOpening } from "./hours.ts";
import { NobodyThere } from "./provider.ts";
import type { Admission } from "./providers.ts";
import { WAITING_STAGES } from "./records.ts";

/** A queue in which users wait for a person. */
export interface Queue {
  readonly name: string;
  /** How long a user waits at most, milliseconds. */
  readonly waitMs: number;
  /** How many may wait at once; null: as many as come. */
  readonly maxWaiting: number | null;
  /** When it is staffed; null: always. */
  readonly hours: Hours | null;
}

export interface QueuesOptions {
  /** None: every name is a queue, without hours. */
  queues: readonly Queue[];
  /** Of a wish that names none. */
  defaultQueue: string | null;
  /** How long a user waits in a queue that is not listed, milliseconds. */
  waitMs: number;
  journal: Pick<Journal, "countHandoffs">;
  clock: Clock;
}

/** The queues of a server: whether they take somebody more, and how long one waits. */
export class Queues implements Admission {
  readonly #options: QueuesOptions;
  readonly #queues: ReadonlyMap<string, Queue>;

  constructor(options: QueuesOptions) {
    this.#options = options;
    this.#queues = new Map(options.queues.map((queue) => [queue.name, queue]));
  }

  get names(): string[] {
    return [...this.#queues.keys()];
  }

  get defaultQueue(): string | null {
    return this.#options.defaultQueue;
  }

  /** Whether there can be handoffs of this name. */
  has(queue: string): boolean {
    return this.#queues.size === 0 || this.#queues.has(queue);
  }

  /** Whether it is staffed now. */
  isOpen(queue: string): boolean {
    const hours = this.#queues.get(queue)?.hours ?? null;
    return hours === null || isOpen(hours, this.#options.clock.now());
  }

  waitMs(queue: string | null): number {
    return this.#queues.get(queue ?? "")?.waitMs ?? this.#options.waitMs;
  }

  /** The one who asks waits already, and is counted. */
  async admit(name: string | null): Promise<void> {
    if (name === null) return;
    const queue = this.#queues.get(name);
    if (queue === undefined) {
      if (this.#queues.size === 0) return;
      throw new NobodyThere("Nobody is there for this.");
    }
    const { hours, maxWaiting } = queue;
    const now = this.#options.clock.now();
    if (hours !== null && !isOpen(hours, now)) {
      const next = nextOpening(hours, now);
      throw new NobodyThere(
        next === null
          ? "We are closed right now."
          : `We are closed right now, and open again ${sayOpening(next)}.`,
      );
    }
    if (maxWaiting === null) return;
    const waiting = await this.#options.journal.countHandoffs({ queue: name, stages: WAITING_STAGES });
    if (waiting > maxWaiting) throw new NobodyThere("All of us are busy right now. Please try again later.");
  }
}
