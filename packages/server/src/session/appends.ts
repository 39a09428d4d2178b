import { type Conversation, freeze, SNAPSHOT_VERSION } from "../conversation/state.ts";
import type { Journal, Row, Snapshot } from "../journal/journal.ts";

/** Rows after which a session that stays in memory keeps a snapshot, so that folding it again is short. */
const SNAPSHOT_ROWS = 500;

/** What of a session is on disk, and what is on its way there. */
export class Appends {
  readonly #journal: Journal;
  readonly #session: number;
  #committed: number;
  #ended: boolean;
  #pending = 0;
  #last: Promise<void> | null = null;
  #snapshotAt: number;

  /** @param snapshotAt the position of the newest snapshot */
  constructor(journal: Journal, session: number, state: Conversation, snapshotAt: number) {
    this.#journal = journal;
    this.#session = session;
    this.#committed = state.sequence;
    this.#ended = state.ended !== null;
    this.#snapshotAt = snapshotAt;
  }

  /** The sequence of the last event that is on disk. */
  get committed(): number {
    return this.#committed;
  }

  /** Whether that event is the session's end. */
  get ended(): boolean {
    return this.#ended;
  }

  get isPending(): boolean {
    return this.#pending > 0;
  }

  /** Resolves when all that is on its way is on disk; null when nothing is. */
  get last(): Promise<void> | null {
    return this.#last;
  }

  /**
   * Appends the rows that lead from one state to the next. Resolves when they are on disk.
   *
   * @param deliver called as soon as they are, before anybody who waits for `last`
   */
  async add(
    before: Conversation,
    after: Conversation,
    rows: readonly Row[],
    deliver: () => void,
  ): Promise<void> {
    const ended = before.ended === null ? after.ended : null;
    this.#pending += 1;
    const append = this.#journal.append({
      session: this.#session,
      after: before.position,
      rows,
      ...(ended !== null && { endedAt: ended.at }),
    });
    this.#last = append;
    try {
      await append;
    } finally {
      this.#pending -= 1;
      if (this.#last === append) this.#last = null;
    }
    this.#committed = after.sequence;
    if (ended !== null) this.#ended = true;
    deliver();
  }

  /** Keeps a snapshot of the state where it is due and on disk. */
  async keepSnapshot(state: Conversation): Promise<void> {
    if (this.isPending || state.position - this.#snapshotAt < SNAPSHOT_ROWS) return;
    this.#snapshotAt = state.position;
    await this.#journal.snapshot(this.#session, snapshotOf(state));
  }
}

export const snapshotOf = (state: Conversation): Snapshot => ({
  position: state.position,
  version: SNAPSHOT_VERSION,
  data: freeze(state),
});
