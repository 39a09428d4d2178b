import { CLOSE, LIMITS, type ServerEvent } from "@parley/protocol";
import type { Clock, Timer } from "../clock.ts";
import { timestamp } from "../conversation/draft.ts";
import { type Batch, batchText, Replay, type ReplayEvent } from "../conversation/replay.ts";
import { TokenBucket } from "../token-bucket.ts";
import type { Socket } from "./socket.ts";

/** The journal as one socket reads it. */
export interface ReadSource {
  /** The sequence of the last event that is on disk. */
  readonly committed: number;
  /** Whether that event is the session's end. */
  readonly ended: boolean;
  /** No cut of the replay before this sequence; see `ReplayOptions`. */
  readonly firstJoined: number;
  /** The next events after a sequence, a page or so many; at least one where there is one. */
  read(after: number, events?: number): Promise<readonly ReplayEvent[]>;
  /** What is true right now and in no journal. */
  present(): ServerEvent[];
  /** A socket has had all there is, and what is true right now. */
  caughtUp(): void;
}

/** A socket that holds more than this is behind: it is fed from the journal as it drains. */
const BEHIND_BYTES = 1_048_576;
/** Answers to a socket's own frames that wait while it is being replayed to; more are swallowed like a flood. */
const HELD = 100;

/**
 * A socket is a read position in the journal. It first gets what is new to it as batches, then events as they are
 * committed; when it lags, it falls back to reading pages as it drains. No event is skipped, none comes twice.
 */
export class Reader {
  readonly #socket: Socket;
  readonly #source: ReadSource;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #replies: TokenBucket;
  /** Each reads the journal, so copies have the rate of messages. */
  readonly #repeats: TokenBucket;
  /** The highest sequence that was sent. */
  #position: number;
  #live = false;
  #closed = false;
  /** What was sent to this socket alone while it was being replayed to. */
  #held: string[] = [];
  #timer: Timer | undefined;
  /** When the last batch was sent, by the monotonic clock. */
  #batchAt = Number.NEGATIVE_INFINITY;

  /** @param cursor the highest sequence the client has; beyond the last there is nothing to replay */
  constructor(socket: Socket, source: ReadSource, cursor: number, clock: Clock, newId: () => string) {
    this.#socket = socket;
    this.#source = source;
    this.#clock = clock;
    this.#newId = newId;
    this.#position = Math.min(cursor, source.committed);
    this.#replies = new TokenBucket(LIMITS.replyRate, LIMITS.replyRate, clock.monotonic());
    this.#repeats = new TokenBucket(LIMITS.messageRate, LIMITS.messageBurst, clock.monotonic());
  }

  get position(): number {
    return this.#position;
  }

  /** Replays, then goes live. Rejects when the journal cannot be read. */
  async start(): Promise<void> {
    await this.#catchUp({ fold: this.#position === 0, atLeastOne: true });
    if (!this.#live) return;
    this.#goLive();
  }

  /** An event was committed. A socket that is not live yet will read it from the journal. */
  deliver(event: ReplayEvent): void {
    if (!this.#live) return;
    this.#socket.send(event.data);
    this.#position = event.sequence;
    if (this.#socket.buffered > BEHIND_BYTES) this.#fallBehind();
  }

  /**
   * A transient event for everybody. A socket that is still being replayed to learns of it from `present`.
   *
   * @returns whether it was sent
   */
  tell(text: string): boolean {
    if (this.#live) this.#socket.send(text);
    return this.#live;
  }

  /** A transient answer to this socket's own frame; a flood is swallowed [protocol section 4]. */
  reply(event: ServerEvent): void {
    if (!this.#isTaking) return;
    if (this.#replies.take(this.#clock.monotonic())) this.#sendAlone(JSON.stringify(event));
  }

  /**
   * An echo once more, to a socket that has had it; to another it comes in its turn [protocol section 4]. A flood is
   * swallowed.
   */
  async repeat(sequence: number): Promise<void> {
    if (!this.#isTaking || this.#position < sequence || !this.#repeats.take(this.#clock.monotonic())) return;
    const [event] = await this.#source.read(sequence - 1, 1);
    if (event !== undefined && !this.#closed) this.#sendAlone(event.data);
  }

  close(code: (typeof CLOSE)[keyof typeof CLOSE]): void {
    if (this.#closed) return;
    this.stop();
    this.#socket.close(code);
  }

  /** The socket is gone. */
  stop(): void {
    this.#closed = true;
    this.#live = false;
    this.#timer?.cancel();
  }

  /** A socket that is behind gets no answers either: a client that sends and does not read would pile them up. */
  get #isTaking(): boolean {
    return !this.#closed && this.#socket.buffered <= BEHIND_BYTES;
  }

  /** Behind a batch everything waits its turn, so that no client sees it overtake the history [protocol section 5]. */
  #sendAlone(text: string): void {
    if (this.#live) this.#socket.send(text);
    else if (this.#held.length < HELD) this.#held.push(text);
  }

  /** It is live: what it has missed that is in no journal, and what waited. */
  #goLive(): void {
    for (const event of this.#source.present()) this.#socket.send(JSON.stringify(event));
    for (const text of this.#held.splice(0)) this.#socket.send(text);
    this.#source.caughtUp();
  }

  #fallBehind(): void {
    this.#live = false;
    this.#socket.whenDrained(() => {
      this.#catchUp({ fold: false, atLeastOne: false }).then(
        () => this.#live && this.#goLive(),
        () => this.close(CLOSE.internal),
      );
    });
  }

  async #catchUp({ fold, atLeastOne }: { fold: boolean; atLeastOne: boolean }): Promise<void> {
    let replay = new Replay({ fold, together: this.#source.firstJoined });
    let read = this.#position;
    let isOwed = atLeastOne;
    while (!this.#closed) {
      const batches: Batch[] = [];
      if (read < this.#source.committed) {
        for (const event of await this.#source.read(read)) {
          // Read from the disk before its commit is known here: it will be delivered, and must not come twice.
          if (event.sequence > this.#source.committed) break;
          batches.push(...replay.add(event));
          read = event.sequence;
        }
      }
      if (read >= this.#source.committed) {
        batches.push(...replay.flush());
        // What happens from here on is no history any more, and comes as it does to everybody.
        replay = new Replay({ fold: false, together: 0 });
      }
      if (batches.length === 0 && isOwed && read >= this.#source.committed)
        batches.push({ events: [], through: read });
      for (const batch of batches) await this.#sendBatch(batch);
      if (batches.length > 0) isOwed = false;
      if (read < this.#source.committed) continue;
      if (this.#source.ended) return this.close(CLOSE.ended);
      await this.#pause();
      if (read >= this.#source.committed && !this.#closed) {
        this.#live = true;
        return;
      }
    }
  }

  async #sendBatch({ events, through }: Batch): Promise<void> {
    await this.#pause();
    await this.#drained();
    if (this.#closed) return;
    this.#socket.send(batchText(this.#newId(), timestamp(this.#clock.now()), events));
    this.#position = through;
    this.#batchAt = this.#clock.monotonic();
  }

  /** Clients take no more than so much at once: the rest of the pause since the last batch. */
  async #pause(): Promise<void> {
    const since = this.#clock.monotonic() - this.#batchAt;
    const rest = LIMITS.batchPauseMs - since;
    if (rest <= 0 || this.#closed) return;
    await new Promise<void>((resolve) => {
      this.#timer = this.#clock.after(rest, resolve);
    });
  }

  async #drained(): Promise<void> {
    if (this.#closed || this.#socket.buffered <= LIMITS.batchBytes) return;
    await new Promise<void>((resolve) => this.#socket.whenDrained(resolve));
  }
}
