import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { event, events, newSession } from "../testing/journal-rows.ts";
import { MAX_ROWS } from "./batcher.ts";
import type { ReaderCalls, WriterCalls } from "./calls.ts";
import { outcome } from "./contract-subject.ts";
import type { DatabaseOptions } from "./database.ts";
import { lockDirectory } from "./lock.ts";
import { SqliteJournal } from "./sqlite.ts";
import { Thread } from "./thread.ts";

class CountedThread extends Thread<WriterCalls> {
  /** How many writes each batch had. */
  commits: number[] = [];
  checkpoints = 0;

  override call<K extends keyof WriterCalls & string>(
    name: K,
    ...values: Parameters<WriterCalls[K]>
  ): Promise<ReturnType<WriterCalls[K]>> {
    if (name === "commit") this.commits.push(values[0]?.size ?? 0);
    if (name === "checkpoint") this.checkpoints += 1;
    return super.call(name, ...values);
  }
}

describe("the commits of a journal", () => {
  let directory: string;
  let writer: CountedThread;
  let reader: Thread<ReaderCalls>;
  let helper: CountedThread;
  let journal: SqliteJournal;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "parley-commits-"));
    const lock = lockDirectory(directory);
    const options: DatabaseOptions = { file: join(directory, "journal.db"), lockTimeout: 0, maxBytes: null };
    writer = new CountedThread("journal's writer", new URL("./writer-thread.ts", import.meta.url), options);
    reader = new Thread("journal's reader", new URL("./reader-thread.ts", import.meta.url), options);
    helper = new CountedThread("journal's helper", new URL("./writer-thread.ts", import.meta.url), options);
    journal = new SqliteJournal({ writer, reader, helper, lock });
  });

  afterEach(async () => {
    await journal.close();
    rmSync(directory, { recursive: true });
  });

  function sessions(count: number): Promise<number[]> {
    return Promise.all(
      Array.from({ length: count }, () => journal.create(newSession(), [event(1, 1)], 5_000)),
    );
  }

  it("are shared by all sessions", async () => {
    const keys = await sessions(100);
    expect(writer.commits).toEqual([100]);
    await Promise.all(keys.map((session) => journal.append({ session, after: 1, rows: [event(2, 2)] })));
    expect(writer.commits).toEqual([100, 100]);
  });

  it("take 256 rows each, and a larger append alone", async () => {
    const [first = 0, second = 0] = await sessions(2);
    writer.commits = [];
    const appends = Array.from({ length: MAX_ROWS + 10 }, (_, index) =>
      journal.append({ session: first, after: index + 1, rows: [event(index + 2, index + 2)] }),
    );
    appends.push(journal.append({ session: second, after: 1, rows: events(2, 1_000) }));
    await Promise.all(appends);
    expect(writer.commits).toEqual([MAX_ROWS, 10, 1]);
  });

  it("keep the log short: it is written back beside them, and begins anew", async () => {
    const [session = 0] = await sessions(1);
    const log = () => statSync(join(directory, "journal.db-wal")).size;
    let position = 1;
    let before = log();
    // Until it has begun anew: what is appended does not make it longer any more.
    for (let grown = true; grown; before = log()) {
      for (let i = 0; i < 50; i += 1, position += 100) {
        await journal.append({ session, after: position, rows: events(position + 1, position + 100) });
      }
      grown = log() > before;
    }
    expect(helper.checkpoints).toBeGreaterThan(0);
    expect(writer.checkpoints).toBeGreaterThan(0);
    expect(helper.commits).toEqual([]);
  });

  it("leave out the appends that were refused", async () => {
    const [first = 0, second = 0] = await sessions(2);
    writer.commits = [];
    const outcomes = await Promise.all([
      outcome(journal.append({ session: first, after: 7, rows: [event(8, 8)] })),
      outcome(journal.append({ session: second, after: 1, rows: [event(2, 2)] })),
    ]);
    expect(outcomes).toEqual(["conflict", "resolved"]);
    expect(writer.commits).toEqual([2]);
  });

  it("go on in a new thread when the writer has died", async () => {
    const [session = 0] = await sessions(1);
    const append = outcome(journal.append({ session, after: 1, rows: [event(2, 2)] }));
    // The end of this turn of the event loop sends the batch; the thread dies with it.
    await new Promise(setImmediate);
    await writer.stop();
    expect(await append).toBe("io_error");
    expect(journal.fault()).toMatchObject({
      code: "io_error",
      message: expect.stringContaining("The journal's writer has died"),
    });
    expect(await journal.probe()).toBeNull();
    const rows = await journal.events(session, { after: 0, events: 10, bytes: 1_000 });
    const after = rows.length;
    await journal.append({ session, after, rows: [event(after + 1, after + 1)] });
  });

  it("are not waited for by reads, nor reads by them, when the reader has died", async () => {
    const [session = 0] = await sessions(1);
    const read = outcome(journal.events(session, { after: 0, events: 10, bytes: 1_000 }));
    await reader.stop();
    expect(await read).toBe("io_error");
    await journal.append({ session, after: 1, rows: [event(2, 2)] });
    expect(await journal.events(session, { after: 0, events: 10, bytes: 1_000 })).toHaveLength(2);
  });
});
