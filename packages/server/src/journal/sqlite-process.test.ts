import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteJournal } from "./sqlite.ts";

const APPEND_FOREVER = fileURLToPath(new URL("../testing/append-forever.ts", import.meta.url));
/** Enough that many commits were made, and that one is under way when the process is killed. */
const LINES = 400;

describe("the journal and other processes", () => {
  let directory: string;
  let child: ChildProcess;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "parley-journal-"));
    child = spawn(process.execPath, [APPEND_FOREVER, directory], { stdio: ["ignore", "pipe", "inherit"] });
  });

  afterEach(async () => {
    child.kill("SIGKILL");
    await rm(directory, { recursive: true });
  });

  /** Reads what the process reports, kills it after so many lines, and reads to the end what it still said. */
  async function reportUntilKilled(lines: number): Promise<Map<string, number>> {
    const reported = new Map<string, number>();
    const exit = once(child, "exit");
    if (child.stdout === null) throw new Error("no output");
    let count = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      const [id, position]: [string, number] = JSON.parse(line);
      reported.set(id, position);
      count += 1;
      if (count === lines) child.kill("SIGKILL");
    }
    expect(await exit).toEqual([null, "SIGKILL"]);
    return reported;
  }

  it("has after a SIGKILL all that had resolved, and of the rest whole appends only", async () => {
    const reported = await reportUntilKilled(LINES);
    expect(reported.size).toBeGreaterThan(1);
    const journal = await openSqliteJournal({ directory });
    try {
      const awake = await journal.recover(9_000, 0);
      expect(awake).toEqual(expect.arrayContaining([...reported.keys()]));
      for (const [id, position] of reported) {
        const { record, rows } = (await journal.load(id, 1)) ?? expect.fail(`${id} is lost`);
        expect(rows.length).toBeGreaterThanOrEqual(position);
        expect(rows.length % 2).toBe(1);
        expect(rows.map((row) => row.position)).toEqual(rows.map((_, index) => index + 1));
        const after = rows.length;
        const next = { position: after + 1, sequence: null, kind: "killed", version: 1, data: "{}" };
        await journal.append({ session: record.key, after, rows: [next] });
      }
    } finally {
      await journal.close();
    }
  });

  it("refuses a directory that another process has, and takes it when that is dead", async () => {
    if (child.stdout === null) throw new Error("no output");
    await once(child.stdout, "data");
    await expect(openSqliteJournal({ directory })).rejects.toMatchObject({
      code: "in_use",
      message: expect.stringContaining(directory),
    });
    child.kill("SIGKILL");
    await once(child, "exit");
    const journal = await openSqliteJournal({ directory });
    await journal.close();
  });
});
