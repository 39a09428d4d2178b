import type { HandoffRecord } from "../conversation/handoff.ts";
import { type Conversation, freeze, SNAPSHOT_VERSION } from "../conversation/state.ts";
import { encodeHandoff } from "../handoff/records.ts";
import type { Journal, Row, Snapshot } from "../journal/journal.ts";

/** Rows after which a session that stays in memory keeps a snapshot, so that folding it again is short. */
const SNAPSHOT_ROWS = 500;

/** What of a session is on disk, and what is on its way there. */
export class Appends {
  readonly #journal: Journal;
  readonly #session: number;
  readonly #failed: (error: unknown) => void;
  #committed: number;
  #ended: boolean;
  #pending = 0;
  #last: Promise<void> | null = null;
  #snapshotAt: number;

  /**
   * @param snapshotAt the position of the newest snapshot
   * @param failed called when rows could not be kept, or when what was to follow them threw
   */
  constructor(
    journal: Journal,
    session: number,
    state: Conversation,
    snapshotAt: number,
    failed: (error: unknown) => void,
  ) {
    this.#journal = journal;
    this.#session = session;
    this.#failed = failed;
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
   * Appends the rows that lead from one state to the next.
   *
   * @param handoffs those that the rows have changed, whose records are kept with them
   * @param kept called as soon as they are on disk, before anybody who waits for `last`
   * @returns what resolves behind that, and rejects behind `failed`: a single promise, as thousands may be on their way
   */
  add(
    before: Conversation,
    after: Conversation,
    rows: readonly Row[],
    handoffs: readonly HandoffRecord[] | undefined,
    kept: () => void,
  ): Promise<void> {
    // Numbers, and not the states they come from: thousands of these may be on their way.
    const { sequence } = after;
    const endedAt = before.ended === null ? after.ended?.at : undefined;
    this.#pending += 1;
    const append = this.#journal
      .append({
        session: this.#session,
        after: before.position,
        rows,
        ...(endedAt !== undefined && { endedAt }),
        ...(handoffs !== undefined && { handoffs: handoffs.map(encodeHandoff) }),
      })
      .then(
        () => {
          this.#settled(append);
          this.#committed = sequence;
          if (endedAt !== undefined) this.#ended = true;
          this.#follow(kept);
        },
        (error) => {
          this.#settled(append);
          this.#failed(error);
          throw error;
        },
      );
    this.#last = append;
    return append;
  }

  /** Behind what is on its way, with no rows of its own; as `add`. Where that fails, it has told so itself. */
  behind(kept: () => void): Promise<void> {
    return (this.#last ?? Promise.resolve()).then(() => this.#follow(kept));
  }

  /** Keeps a snapshot of the state where it is due and on disk; null where it is not. */
  keepSnapshotWhereDue(state: Conversation): Promise<void> | null {
    if (this.isPending || state.position - this.#snapshotAt < SNAPSHOT_ROWS) return null;
    this.#snapshotAt = state.position;
    return this.#journal.snapshot(this.#session, snapshotOf(state));
  }

  #follow(kept: () => void): void {
    try {
      kept();
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  #settled(append: Promise<void>): void {
    this.#pending -= 1;
    if (this.#last === append) this.#last = null;
  }
}

export const snapshotOf = (state: Conversation): Snapshot => ({
  position: state.position,
  version: SNAPSHOT_VERSION,
  data: freeze(state),
});
