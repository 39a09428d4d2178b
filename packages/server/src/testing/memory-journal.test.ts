import { describe, expect, it } from "vitest";
import { journalContract } from "../journal/contract.ts";
import { outcome } from "../journal/contract-subject.ts";
import { event, events, newSession } from "./journal-rows.ts";
import { MemoryJournal } from "./memory-journal.ts";

journalContract("memory", async () => {
  let journal = new MemoryJournal();
  return {
    journal,
    async reopen() {
      journal = journal.crash();
      return journal;
    },
    async dispose() {
      await journal.close();
    },
  };
});

describe("MemoryJournal", () => {
  const session = newSession();

  it("holds commits back, and lets them pass one by one", async () => {
    const journal = new MemoryJournal();
    const key = await journal.create(session, [event(1, 1)], 0);
    journal.hold();
    const settled: number[] = [];
    const appends = [2, 3, 4].map((position) =>
      journal
        .append({ session: key, after: position - 1, rows: [event(position, position)] })
        .then(() => settled.push(position)),
    );
    expect(journal.waiting).toBe(3);
    expect(journal.rows(key)).toEqual(events(1, 1));

    journal.release(1);
    await appends[0];
    expect(settled).toEqual([2]);
    expect(journal.rows(key)).toEqual(events(1, 2));

    journal.release();
    await Promise.all(appends);
    expect(settled).toEqual([2, 3, 4]);
    expect(journal.rows(key)).toEqual(events(1, 4));
  });

  it("fails as often as told, says why, and recovers", async () => {
    const journal = new MemoryJournal();
    const key = await journal.create(session, [event(1, 1)], 0);
    journal.fail("disk_full");
    const first = journal.append({ session: key, after: 1, rows: [event(2, 2)] });
    const second = journal.append({ session: key, after: 2, rows: [event(3, 3)] });
    expect(await outcome(first)).toBe("disk_full");
    expect(journal.fault()).toMatchObject({ code: "disk_full" });
    expect(await outcome(second)).toBe("conflict");
    await journal.append({ session: key, after: 1, rows: [event(2, 2)] });
    expect(journal.fault()).toBeNull();

    journal.fail("io_error", Number.POSITIVE_INFINITY);
    expect(await journal.probe()).toMatchObject({ code: "io_error" });
    expect(await outcome(journal.append({ session: key, after: 2, rows: [event(3, 3)] }))).toBe("io_error");
    journal.heal();
    expect(await journal.probe()).toBeNull();
  });

  it("loses in a crash what was not committed", async () => {
    const journal = new MemoryJournal();
    const key = await journal.create(session, [event(1, 1)], 0);
    journal.hold();
    let settled = false;
    void journal.append({ session: key, after: 1, rows: [event(2, 2)] }).finally(() => {
      settled = true;
    });
    const next = journal.crash();
    expect(next.rows(key)).toEqual(events(1, 1));
    expect(await outcome(journal.append({ session: key, after: 1, rows: [event(2, 2)] }))).toBe("closed");
    await next.append({ session: key, after: 1, rows: [event(2, 2)] });
    expect(settled).toBe(false);
  });
});
