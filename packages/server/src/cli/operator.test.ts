import { describe, expect, it } from "vitest";
import { authorizeOperator, loadOperatorKeys } from "../identity/operators.ts";
import { type Journal, JournalError } from "../journal/journal.ts";
import { ManualClock } from "../testing/manual-clock.ts";
import { MemoryJournal } from "../testing/memory-journal.ts";
import { runOperatorCommand } from "./operator.ts";

/** A data directory on which commands run one after the other; each finds the journal closed by the one before. */
class Directory {
  journal = new MemoryJournal();
  readonly #clock = new ManualClock();

  readonly open = async (): Promise<Journal> => {
    this.journal = this.journal.crash();
    return this.journal;
  };

  async run(line: string, openJournal: () => Promise<Journal> = this.open) {
    const out: string[] = [];
    const errors: string[] = [];
    const code = await runOperatorCommand(line.split(" "), {
      openJournal,
      clock: this.#clock,
      print: (text) => out.push(text),
      printError: (text) => errors.push(text),
    });
    return { code, out, error: errors.join("\n") };
  }
}

const ADD = "add ada --scope sessions:read";

describe("parley operator", () => {
  it("adds a key that is shown once and opens what its scope says", async () => {
    const directory = new Directory();
    const { code, out } = await directory.run(ADD);
    expect(code).toBe(0);
    const operators = await loadOperatorKeys(await directory.open());
    expect(authorizeOperator(operators, `Bearer ${out[0]}`, "sessions:read")).toHaveProperty(
      "operator.id",
      "ada",
    );
    const listed = await directory.run("list");
    expect(listed).toEqual({ code: 0, out: ["ada  sessions:read  2026-01-01T00:00:00.000Z"], error: "" });
  });

  it("removes a key", async () => {
    const directory = new Directory();
    await directory.run(ADD);
    expect(await directory.run("remove ada")).toMatchObject({ code: 0 });
    expect(await directory.run("list")).toMatchObject({
      code: 0,
      out: ["There are no operator keys in this data directory."],
    });
    expect(await directory.run("remove ada")).toEqual({
      code: 1,
      out: [],
      error: "There is no key named ada.",
    });
  });

  it("does not replace a key under the same name", async () => {
    const directory = new Directory();
    await directory.run(ADD);
    const before = await loadOperatorKeys(await directory.open());
    expect(await directory.run(ADD)).toMatchObject({ code: 1, out: [] });
    expect(await loadOperatorKeys(await directory.open())).toEqual(before);
  });

  it("closes the journal, also after a failure", async () => {
    const directory = new Directory();
    for (const line of [ADD, "remove nobody"]) {
      await directory.run(line);
      await expect(directory.journal.putRecord("x", "y", "z")).rejects.toThrow(JournalError);
    }
  });

  it("says that the server must be stopped while it runs", async () => {
    const { code, error } = await new Directory().run("list", () =>
      Promise.reject(new JournalError("in_use", "Another process works on /srv/parley.")),
    );
    expect(code).toBe(1);
    expect(error).toBe(
      "Another process works on /srv/parley. Stop the server first, then run this command again.",
    );
  });

  it("tells what the journal refused", async () => {
    const directory = new Directory();
    const full = async () => {
      const journal = await directory.open();
      directory.journal.fail("disk_full");
      return journal;
    };
    expect(await directory.run(ADD, full)).toMatchObject({
      code: 1,
      out: [],
      error: expect.stringMatching(/./),
    });
    expect(await directory.run("list")).toMatchObject({
      out: ["There are no operator keys in this data directory."],
    });
  });
});

describe("a command that was typed wrongly", () => {
  it.each([
    ["", "Unknown command"],
    ["ad ada", "Unknown command: operator ad"],
    ["add", "A name is missing"],
    ["add ada", "At least one --scope is expected. Known are: sessions:read"],
    ["add ada --scope", "--scope"],
    ["add ada --scope all", "Unknown scope: all. Known are: sessions:read"],
    ["add a/b --scope sessions:read", '"a/b" is not a name'],
    ["add ada bob --scope sessions:read", "Too many words: bob"],
    ["add ada --force", "--force"],
    ["list ada", "Too many words: ada"],
    ["list --scope sessions:read", "--scope belongs to add alone"],
    ["remove", "A name is missing"],
  ])("%j is answered with what was expected, and opens no journal", async (line, message) => {
    const { code, out, error } = await new Directory().run(line, () => Promise.reject(new Error("opened")));
    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(error).toContain(message);
  });

  it("shows how it goes where nothing was asked for", async () => {
    const { code, error } = await new Directory().run("--scope=sessions:read");
    expect(code).toBe(2);
    expect(error).toContain("Usage:");
  });
});
