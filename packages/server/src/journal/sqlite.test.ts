import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journalContract } from "./contract.ts";
import { openSqliteJournal } from "./sqlite.ts";

journalContract("SQLite", async () => {
  const directory = await mkdtemp(join(tmpdir(), "parley-journal-"));
  let journal = await openSqliteJournal({ directory });
  return {
    journal,
    async reopen() {
      await journal.close();
      journal = await openSqliteJournal({ directory });
      return journal;
    },
    async dispose() {
      await journal.close();
      await rm(directory, { recursive: true });
    },
  };
});
