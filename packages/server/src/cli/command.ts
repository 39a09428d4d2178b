import type { Clock } from "../clock.ts";
import { type Journal, JournalError } from "../journal/journal.ts";

/** What a command on the data directory needs of its surroundings. */
export interface CommandSurroundings {
  /** Opens the journal of the data directory; fails with `in_use` while a server runs on it. */
  openJournal: () => Promise<Journal>;
  clock: Clock;
  /** One line for the user: the outcome. */
  print: (line: string) => void;
  /** One line for the user: what went wrong. */
  printError: (line: string) => void;
}

/** The command cannot be carried out as it was typed; the message is for the user. */
export class UsageError extends Error {}

/** What a command does with the journal. @returns the lines of its outcome */
export type Action = (journal: Journal) => Promise<string[]>;

/**
 * Runs a command on the data directory.
 * @param parse finds everything that can be wrong with the typing, before the journal is opened
 * @returns the exit code: 0; 1 where the journal refused; 2 where the command was typed wrongly
 */
export async function runCommand(
  parse: () => Action | Promise<Action>,
  surroundings: CommandSurroundings,
): Promise<0 | 1 | 2> {
  try {
    const action = await parse();
    await using journal = await opened(surroundings.openJournal);
    for (const line of await action(journal.value)) surroundings.print(line);
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const inUse = error instanceof JournalError && error.code === "in_use";
    const advice = inUse ? " Stop the server first, then run this command again." : "";
    surroundings.printError(`${error.message}${advice}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function opened(
  open: CommandSurroundings["openJournal"],
): Promise<{ value: Journal } & AsyncDisposable> {
  const value = await open();
  return { value, [Symbol.asyncDispose]: () => value.close() };
}
