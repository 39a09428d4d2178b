import type { Clock } from "../../clock.ts";
import type { Journal } from "../../journal/journal.ts";
import type { Logger } from "../../logger.ts";
import type { HandoffDoor, HandoffName, HandoffNews, HandoffProvider, HandoffRequest } from "../provider.ts";
import { decodeHandoff } from "../records.ts";
import { Cursors } from "./cursors.ts";
import type { Endpoint } from "./endpoint.ts";
import { Line, type LineParts } from "./line.ts";
import { Owed } from "./owed.ts";
import { Slots } from "./slots.ts";

/**
 * Requests that are under way at once, over all handoffs. Each holds one delivery, of at most about 100 KB, in memory;
 * those that wait for a slot or for their next attempt hold none.
 */
const REQUESTS_AT_ONCE = 50;

/** Where handoffs are told, and how much trouble is taken. */
export interface WebhookSettings {
  readonly url: string;
  /** Each signs. */
  readonly secrets: readonly Buffer[];
  readonly timeoutMs: number;
  readonly giveUpMs: number;
}

export interface WebhookOptions {
  endpoint: Pick<Endpoint, "post">;
  /** How long what is owed of an open handoff is tried, milliseconds. */
  giveUpMs: number;
  /** What the world calls this server; null where it is not configured. */
  publicUrl: string | null;
  journal: Journal;
  door: HandoffDoor;
  clock: Clock;
  newId: () => string;
  logger: Logger;
  /** From 0 to 1. */
  random?: () => number;
}

/**
 * A contact centre elsewhere takes conversations over. It is told by signed HTTP requests, and answers by
 * `POST /api/v1/handoffs/{id}/commands`. Each handoff has a `Line` of its own, in which deliveries keep their order.
 */
export class WebhookProvider implements HandoffProvider {
  readonly #lines = new Map<string, Line>();
  readonly #options: WebhookOptions;
  readonly #cursors: Cursors;
  readonly #parts: LineParts;
  #isStarted = false;

  private constructor(options: WebhookOptions) {
    const { endpoint, giveUpMs, journal, door, clock, newId, logger, random = Math.random } = options;
    this.#options = options;
    this.#cursors = new Cursors(journal);
    this.#parts = {
      endpoint,
      cursors: this.#cursors,
      slots: new Slots(REQUESTS_AT_ONCE),
      door,
      clock,
      random,
      newId,
      logger,
      giveUpMs,
    };
  }

  /** Knows what the last process owed. @throws where a record of the journal is damaged */
  static async open(options: WebhookOptions): Promise<WebhookProvider> {
    const provider = new WebhookProvider(options);
    for (const [id, { session, position }] of await provider.#cursors.load()) {
      const stored = await options.journal.handoff(id);
      provider.#add({ id, session }, position, stored === null || decodeHandoff(stored).endedAt !== null);
    }
    return provider;
  }

  /** Goes on with what the last process owed. To be called when sessions take commands. */
  start(): void {
    this.#isStarted = true;
    for (const line of this.#lines.values()) this.#startLine(line);
  }

  async request({ handoff, session, presence }: HandoffRequest): Promise<void> {
    const name = { id: handoff.id, session: session.id };
    const known = this.#lines.get(name.id);
    if (known !== undefined) {
      known.presence(presence);
      // The last process may have died between the two.
      if (handoff.stage === "requested" && known.isRequested) await known.accept();
      return;
    }
    const line = this.#add(name, 0, false);
    line.presence(presence);
    try {
      await this.#cursors.keep(name.id, { session: name.session, position: 0 });
    } catch (error) {
      this.#lines.delete(name.id);
      throw error;
    }
    if (this.#isStarted) this.#startLine(line);
  }

  tell({ id }: HandoffName, news: HandoffNews): void {
    const line = this.#lines.get(id);
    switch (news.kind) {
      case "events":
        line?.wake();
        break;
      case "typing":
        line?.typing(news.state === "TYPING_STATE_STARTED");
        break;
      case "presence":
        line?.presence(news.presence);
        break;
      case "ended":
        line?.end();
        break;
    }
  }

  /** Breaks off what is under way; it is owed at the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Array.from(this.#lines.values(), (line) => line.stop()));
  }

  #add(name: HandoffName, position: number, isOver: boolean): Line {
    const { journal, publicUrl } = this.#options;
    const line = new Line(name, position, isOver, new Owed(name, journal, publicUrl), this.#parts);
    this.#lines.set(name.id, line);
    return line;
  }

  #startLine(line: Line): void {
    line.start(() => this.#lines.delete(line.name.id));
  }
}
