import type { Clock } from "../clock.ts";
import type { DeskConversation, DeskFrame, DeskPerson, DeskQueue, Outcome } from "./wire.ts";

/** Handoffs that are over and still remembered, for pages that were not connected then. A page that missed more begins anew. */
const REMEMBERED = 2_000;
/** Changes are gathered for so long before pages hear of them, milliseconds: one thing moves several entries. */
const GATHER_MS = 30;

/** Where the board's entries come from, as they are now. */
export interface BoardSource {
  conversation(handoff: string): DeskConversation | null;
  conversations(): Iterable<DeskConversation>;
  person(id: string): DeskPerson | null;
  people(): Iterable<DeskPerson>;
  queues(): DeskQueue[];
}

/** Who looks at the board. */
export interface Viewer {
  /** Whether a conversation is for their eyes. */
  sees(conversation: DeskConversation): boolean;
}

type ListsFrame = Extract<DeskFrame, { type: "desk" }>;

/**
 * The lists that every page of the desk shows, with a number for each change: a page that comes back with the last number it
 * has heard gets what has changed since, and no more.
 */
export class Board {
  /** Numbers are of use in this process alone. */
  readonly epoch: string;
  readonly #source: BoardSource;
  readonly #clock: Clock;
  readonly #changes = new Map<string, number>();
  readonly #queues = new Map<string, { text: string; revision: number }>();
  #over: { handoff: string; outcome: Outcome; revision: number }[] = [];
  /** Below it, something that is over may have been forgotten. */
  #oldest = 0;
  #revision = 1;
  #isGathering = false;
  readonly #listeners = new Set<() => void>();

  constructor(source: BoardSource, clock: Clock, epoch: string) {
    this.#source = source;
    this.#clock = clock;
    this.epoch = epoch;
  }

  /** Calls back, gathered, behind changes. */
  listen(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  touchConversation(handoff: string): void {
    this.#touch(`c${handoff}`);
  }

  touchPerson(id: string): void {
    this.#touch(`p${id}`);
  }

  over(handoff: string, outcome: Outcome): void {
    this.#changes.delete(`c${handoff}`);
    this.#revision += 1;
    this.#over.push({ handoff, outcome, revision: this.#revision });
    const forgotten = this.#over.splice(0, Math.max(0, this.#over.length - REMEMBERED));
    this.#oldest = forgotten.at(-1)?.revision ?? this.#oldest;
    this.#gather();
  }

  /** Something may have changed without anybody's doing. */
  look(): void {
    this.#gather();
  }

  /**
   * What a viewer has missed.
   * @param since the last revision they have heard of in this epoch; null for everything
   * @returns null where nothing has changed
   */
  frame(viewer: Viewer, since: number | null): ListsFrame | null {
    const all = this.#lookAtQueues();
    if (since === null || since < this.#oldest || since > this.#revision) return this.#whole(viewer, all);
    if (since === this.#revision) return null;
    const conversations: DeskConversation[] = [];
    const hidden: string[] = [];
    const people: DeskPerson[] = [];
    const gone: string[] = [];
    for (const [entry, revision] of this.#changes) {
      if (revision <= since) continue;
      const id = entry.slice(1);
      if (entry.startsWith("c")) {
        const conversation = this.#source.conversation(id);
        if (conversation !== null && viewer.sees(conversation)) conversations.push(conversation);
        else hidden.push(id);
      } else {
        const person = this.#source.person(id);
        if (person !== null) people.push(person);
        else gone.push(id);
      }
    }
    const over = this.#over
      .filter(({ revision }) => revision > since)
      .map(({ handoff, outcome }) => ({ handoff, outcome }));
    const queues = all.filter(({ name }) => (this.#queues.get(name)?.revision ?? 0) > since);
    const revision = this.#revision;
    return { type: "desk", revision, full: false, conversations, over, hidden, people, gone, queues };
  }

  #whole(viewer: Viewer, queues: DeskQueue[]): ListsFrame {
    return {
      type: "desk",
      revision: this.#revision,
      full: true,
      conversations: [...this.#source.conversations()].filter((one) => viewer.sees(one)),
      over: [],
      hidden: [],
      people: [...this.#source.people()],
      gone: [],
      queues,
    };
  }

  /** What a queue's entry says follows from all else, and from the hour. @returns all of them */
  #lookAtQueues(): DeskQueue[] {
    const queues = this.#source.queues();
    for (const queue of queues) {
      const text = JSON.stringify(queue);
      if (this.#queues.get(queue.name)?.text === text) continue;
      this.#revision += 1;
      this.#queues.set(queue.name, { text, revision: this.#revision });
    }
    return queues;
  }

  #touch(entry: string): void {
    this.#revision += 1;
    this.#changes.set(entry, this.#revision);
    this.#gather();
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#clock.after(GATHER_MS, () => {
      this.#isGathering = false;
      for (const callback of this.#listeners) callback();
    });
  }
}
