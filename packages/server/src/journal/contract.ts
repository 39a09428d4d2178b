import { afterEach, beforeEach, describe } from "vitest";
import { handoffsContract } from "./contract-handoffs.ts";
import { lifeContract } from "./contract-life.ts";
import { rowsContract } from "./contract-rows.ts";
import { sessionsContract } from "./contract-sessions.ts";
import { type OpenedJournal, Subject } from "./contract-subject.ts";

/** Registers the tests that every implementation of `Journal` passes. */
export function journalContract(name: string, open: () => Promise<OpenedJournal>): void {
  describe(`journal contract: ${name}`, () => {
    const subject = new Subject();
    beforeEach(() => subject.open(open));
    afterEach(() => subject.dispose());
    rowsContract(subject);
    sessionsContract(subject);
    handoffsContract(subject);
    lifeContract(subject);
  });
}
