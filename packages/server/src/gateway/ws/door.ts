import { LIMITS } from "@parley/protocol";
import type { Clock } from "../../clock.ts";
import { TokenBucket } from "../../token-bucket.ts";
import type { ClientSocket } from "./client-socket.ts";

/** Clients give an upgrade 10 s: one that comes behind so many would wait longer [protocol section 7]. */
const MAX_WAITING = 10 * LIMITS.upgradesPerSecond;

/** One session's sockets, and who may still come in [protocol sections 2 and 7]. */
export class Door {
  readonly #clock: Clock;
  readonly #places: number;
  readonly #rate: TokenBucket;
  readonly #sockets = new Set<ClientSocket>();
  /** Places given to upgrades that are not answered yet. */
  #promised = 0;
  #waiting = 0;

  /** @param places sockets that may live at the same time */
  constructor(places: number, clock: Clock) {
    this.#places = places;
    this.#clock = clock;
    this.#rate = new TokenBucket(LIMITS.upgradesPerSecond, LIMITS.upgradesPerSecond, clock.monotonic());
  }

  /**
   * Upgrades that come too fast wait; they are not refused.
   * @param isClosing asked at each turn: who waits when the server goes down is let in
   * @returns false where so many wait already that this one cannot be served in time
   */
  async wait(isClosing: () => boolean = () => false): Promise<boolean> {
    if (this.#waiting >= MAX_WAITING) return false;
    this.#waiting += 1;
    try {
      for (;;) {
        const now = this.#clock.monotonic();
        if (isClosing() || this.#rate.take(now)) return true;
        await new Promise<void>((resolve) => this.#clock.after(this.#rate.waitMs(now), resolve));
      }
    } finally {
      this.#waiting -= 1;
    }
  }

  /**
   * A place, if need be that of a socket whose client is silently gone. To be given back by `leave` or `giveBack`.
   * @returns false when all places are taken by sockets that live
   */
  async enter(): Promise<boolean> {
    if (this.#isFull) {
      const sockets = [...this.#sockets];
      const alive = await Promise.all(sockets.map((socket) => socket.probe()));
      sockets.forEach((socket, i) => {
        if (!alive[i]) this.#drop(socket);
      });
    }
    if (this.#isFull) return false;
    this.#promised += 1;
    return true;
  }

  /** The place of an upgrade that came to nothing. */
  giveBack(): void {
    this.#promised -= 1;
  }

  /** The place is taken by a socket. */
  take(socket: ClientSocket): void {
    this.#promised -= 1;
    this.#sockets.add(socket);
  }

  leave(socket: ClientSocket): void {
    this.#sockets.delete(socket);
  }

  get #isFull(): boolean {
    return this.#sockets.size + this.#promised >= this.#places;
  }

  #drop(socket: ClientSocket): void {
    this.#sockets.delete(socket);
    socket.terminate();
  }
}
