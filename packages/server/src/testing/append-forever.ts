/**
 * A process of its own that appends to the journal of the directory that it is given, to several sessions at once, and
 * prints a line of JSON for each append that has resolved: [session's id, last position]. It is there to be killed.
 */
import { writeSync } from "node:fs";
import { openSqliteJournal } from "../journal/sqlite.ts";
import { event, fact, newSession } from "./journal-rows.ts";

const SESSIONS = 20;

const journal = await openSqliteJournal({ directory: process.argv[2] ?? "" });

async function append(): Promise<never> {
  const session = newSession();
  const key = await journal.create(session, [event(1, 1)], 5_000);
  for (let sequence = 1; ; sequence += 1) {
    // Synchronous, so that what was told is told when the process dies.
    writeSync(1, `${JSON.stringify([session.id, 2 * sequence - 1])}\n`);
    const rows = [fact(2 * sequence), event(2 * sequence + 1, sequence + 1)];
    await journal.append({ session: key, after: 2 * sequence - 1, rows });
  }
}

await Promise.all(Array.from({ length: SESSIONS }, append));
