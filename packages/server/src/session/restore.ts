import { decode, LaterRelease } from "../conversation/entries.ts";
import { type Conversation, emptyConversation, fold, SNAPSHOT_VERSION, thaw } from "../conversation/state.ts";
import type { Journal, LoadedSession, SessionRecord } from "../journal/journal.ts";

/** Passes over every snapshot: those that are kept count from 1. */
const NO_SNAPSHOT = 0;

/** What a session was when it left memory. */
export interface Restored {
  record: SessionRecord;
  state: Conversation;
  /** The position of the snapshot that was folded from; 0 without one. */
  snapshotAt: number;
}

/** A log that is lost: rows are missing or cannot be read, whoever asks and however often. */
export class DamagedLog extends Error {
  override name = "DamagedLog";
}

/**
 * Brings a session back from the journal, and marks it as awake there. A snapshot that cannot be used is passed over.
 *
 * @returns null where there is no such session
 * @throws DamagedLog; LaterRelease where a later release has gone on with it: nothing is lost, so that is a passing
 *   fault; JournalError
 */
export async function restore(journal: Pick<Journal, "load">, id: string): Promise<Restored | null> {
  const loaded = await journal.load(id, SNAPSHOT_VERSION);
  if (loaded === null) return null;
  try {
    return folded(loaded);
  } catch (error) {
    if (error instanceof LaterRelease) throw error;
  }
  const whole = await journal.load(id, NO_SNAPSHOT);
  if (whole === null) return null;
  try {
    return folded(whole);
  } catch (error) {
    if (error instanceof LaterRelease) throw error;
    throw new DamagedLog("the rows of a session cannot be folded", { cause: error });
  }
}

function folded({ record, snapshot, rows }: LoadedSession): Restored {
  const from = snapshot === null ? emptyConversation() : thaw(snapshot.data);
  const state = fold(rows.map(decode), from);
  // The first row of every session says how it began.
  if (state.sequence === 0) throw new Error("there are no rows");
  return { record, state, snapshotAt: snapshot?.position ?? 0 };
}
