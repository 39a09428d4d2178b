import type { DeskCommand, DeskFrame } from "../wire.ts";
import { type DeskState, mine, openOne } from "./state.ts";
import type { Talk } from "./talk.ts";

/** Which sessions are followed on this socket: what the person has, and what is open. */
export class Watching {
  readonly #send: (command: DeskCommand) => void;
  readonly #newKey: () => string;
  readonly #watched = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #keys = new Map<string, string>();
  /** Followed sessions whose first frame, the details, has not come as often as was asked for. */
  readonly #opening = new Map<string, number>();

  constructor(send: (command: DeskCommand) => void, newKey: () => string) {
    this.#send = send;
    this.#newKey = newKey;
  }

  /**
   * Begins to follow what is not followed yet, and lets go of what is not looked at any more.
   * @returns the talks without those that were let go of; null where they stay as they are
   */
  sync(state: DeskState): ReadonlyMap<string, Talk> | null {
    const open = openOne(state)?.session;
    const wanted = new Set(mine(state).map(({ session }) => session));
    if (open !== undefined) wanted.add(open);
    // What is in no list may be refused; when it is back in one, it is worth another try.
    if (state.over === null || open !== state.over.conversation.session) this.#refused.clear();
    for (const session of wanted) {
      if (this.#watched.has(session) || this.#refused.has(session)) continue;
      this.#watched.add(session);
      const key = this.#newKey();
      this.#keys.set(key, session);
      this.#opening.set(session, (this.#opening.get(session) ?? 0) + 1);
      this.#send({ type: "watch", key, session, after: state.talks.get(session)?.through ?? 0 });
    }
    for (const session of this.#watched) {
      if (wanted.has(session)) continue;
      this.#watched.delete(session);
      this.#send({ type: "unwatch", session });
    }
    const stale = [...state.talks.keys()].filter((session) => !wanted.has(session));
    if (stale.length === 0) return null;
    return new Map([...state.talks].filter(([session]) => wanted.has(session)));
  }

  /** The details of a session have come. */
  opened(session: string): void {
    const left = (this.#opening.get(session) ?? 0) - 1;
    if (left > 0) this.#opening.set(session, left);
    else this.#opening.delete(session);
  }

  /**
   * Whether rows of a session are to be taken. Those of an earlier `watch` that are still under way would leave a hole in
   * front of them, for what was read before was let go of.
   */
  takes(session: string): boolean {
    return this.#watched.has(session) && !this.#opening.has(session);
  }

  /** Takes the answer to a `watch`; one that is refused is over, and what was read of it stays. @returns whether it was one */
  answered({ key, type }: Extract<DeskFrame, { type: "done" | "refused" }>): boolean {
    const session = this.#keys.get(key);
    if (session === undefined) return false;
    if (type === "refused") {
      this.opened(session);
      this.#watched.delete(session);
      this.#refused.add(session);
    }
    return this.#keys.delete(key);
  }

  /** Another socket follows nothing yet. */
  forget(): void {
    this.#watched.clear();
    this.#refused.clear();
    this.#keys.clear();
    this.#opening.clear();
  }
}
