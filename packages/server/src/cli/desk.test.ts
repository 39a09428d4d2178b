import { describe, expect, it } from "vitest";
import { Accounts } from "../desk/accounts/accounts.ts";
import { verifyPassword } from "../desk/accounts/passwords.ts";
import { SignIns } from "../desk/accounts/sign-ins.ts";
import { type Journal, JournalError } from "../journal/journal.ts";
import { ManualClock } from "../testing/manual-clock.ts";
import { MemoryJournal } from "../testing/memory-journal.ts";
import { runDeskCommand } from "./desk.ts";

/** A data directory on which commands run one after the other; each finds the journal closed by the one before. */
class Directory {
  journal = new MemoryJournal();
  readonly clock = new ManualClock();

  readonly open = async (): Promise<Journal> => {
    this.journal = this.journal.crash();
    return this.journal;
  };

  async run(args: string[], { openJournal = this.open, stdin = "" } = {}) {
    const out: string[] = [];
    const errors: string[] = [];
    const code = await runDeskCommand(args, {
      openJournal,
      clock: this.clock,
      print: (text) => out.push(text),
      printError: (text) => errors.push(text),
      readLine: async () => stdin,
    });
    return { code, out, error: errors.join("\n") };
  }

  async accounts(): Promise<Accounts> {
    return Accounts.load(await this.open());
  }
}

const ADD = ["add", "Ada@Example.com", "--name", "Ada Lovelace"];

describe("parley desk", () => {
  it("adds a person with a password that is shown once", async () => {
    const directory = new Directory();
    const { code, out } = await directory.run([
      ...ADD,
      ...["--role", "supervisor", "--queue", "billing", "--queue", "billing", "--skill", "french"],
      ...["--capacity", "7", "--avatar", "https://example.com/ada.png"],
    ]);
    expect(code).toBe(0);
    expect(out.at(-1)).toBe("ada@example.com can sign in at /desk.");
    const account = (await directory.accounts()).byLogin("ada@example.com");
    expect(account).toMatchObject({
      name: "Ada Lovelace",
      role: "supervisor",
      queues: ["billing"],
      skills: ["french"],
      capacity: 7,
      avatarUrl: "https://example.com/ada.png",
    });
    expect(await verifyPassword(out[0] ?? "", account?.passwordHash ?? null)).toBe(true);
    expect((await directory.run(["list"])).out).toEqual([
      "ada@example.com  Ada Lovelace  supervisor  queues: billing  skills: french  capacity: 7  password",
    ]);
  });

  it("takes a password from standard input, and does not repeat it", async () => {
    const directory = new Directory();
    const { code, out } = await directory.run([...ADD, "--password-stdin"], { stdin: "twelve chars" });
    expect({ code, out }).toEqual({ code: 0, out: ["ada@example.com can sign in at /desk."] });
    const account = (await directory.accounts()).byLogin("ada@example.com");
    expect(await verifyPassword("twelve chars", account?.passwordHash ?? null)).toBe(true);
  });

  it("adds one without a password, for OpenID Connect", async () => {
    const directory = new Directory();
    await directory.run([...ADD, "--no-password"]);
    expect((await directory.accounts()).byLogin("ada@example.com")?.passwordHash).toBe(null);
  });

  it("sets a password, and signs the person out everywhere", async () => {
    const directory = new Directory();
    await directory.run(ADD);
    const accounts = await directory.accounts();
    const id = accounts.byLogin("ada@example.com")?.id ?? "";
    const { token } = await (await SignIns.load(directory.journal, accounts, directory.clock, 1_000)).signIn(
      id,
    );
    const { code, out } = await directory.run(["password", "ada@example.com"]);
    expect(code).toBe(0);
    const after = await directory.accounts();
    expect(await verifyPassword(out[0] ?? "", after.get(id)?.passwordHash ?? null)).toBe(true);
    expect((await SignIns.load(directory.journal, after, directory.clock, 1_000)).find(token)).toBe(null);
  });

  it("changes what is given, and leaves the rest and the password", async () => {
    const directory = new Directory();
    await directory.run([...ADD, "--queue", "billing", "--capacity", "7"]);
    const before = (await directory.accounts()).byLogin("ada@example.com");
    const { code } = await directory.run([
      "change",
      "ada@example.com",
      "--role",
      "supervisor",
      "--queue",
      "",
    ]);
    expect(code).toBe(0);
    const after = (await directory.accounts()).byLogin("ada@example.com");
    expect(after).toEqual({ ...before, role: "supervisor", queues: [] });
    expect(await directory.run(["change", "nobody", "--name", "N"])).toMatchObject({ code: 1 });
  });

  it("removes a person", async () => {
    const directory = new Directory();
    await directory.run(ADD);
    expect(await directory.run(["remove", "ADA@example.com"])).toMatchObject({ code: 0 });
    expect((await directory.run(["list"])).out).toEqual([
      "There are no desk accounts in this data directory.",
    ]);
    expect(await directory.run(["remove", "ada@example.com"])).toMatchObject({
      code: 1,
      error: "There is no account ada@example.com.",
    });
  });

  it("does not add the same person twice", async () => {
    const directory = new Directory();
    await directory.run(ADD);
    expect(await directory.run(ADD)).toMatchObject({
      code: 1,
      error: "There is an account ada@example.com already.",
    });
  });

  it.each([
    [[], "Usage:"],
    [["grow"], "Unknown command: desk grow"],
    [["add"], "A login is missing."],
    [["add", "a b", "--name", "A"], '"a b" is not a login'],
    [["add", "ada"], "--name is expected"],
    [[...ADD, "--role", "boss"], "Unknown role: boss. Known are: agent, supervisor."],
    [[...ADD, "--queue", "a\nb"], "is no name of a queue or skill"],
    [[...ADD, "--capacity", "0"], "--capacity is expected to be a whole number from 1 to 50."],
    [[...ADD, "--avatar", "javascript:alert(1)"], "--avatar is expected to be an http or https URL."],
    [[...ADD, "more"], "Too many words: more"],
    [[...ADD, "--password-stdin"], "The password is expected to have 12 to 256 characters; it has 0."],
    [[...ADD, "--password-stdin", "--no-password"], "contradict each other"],
    [["change", "ada"], "What is to be changed is missing."],
    [["change", "ada", "--password-stdin"], "--password-stdin does not belong here."],
    [["list", "ada"], "Too many words: ada"],
    [["remove", "ada", "--name", "A"], "--name does not belong here."],
    [["password", "ada", "--no-password"], "--no-password does not belong here."],
    [[...ADD, "--wings"], "Unknown option '--wings'"],
  ] as [string[], string][])("refuses %j before it opens anything", async (args, problem) => {
    const openJournal = () => Promise.reject(new Error("the journal was opened"));
    const { code, error } = await new Directory().run(args, { openJournal });
    expect(code).toBe(2);
    expect(error).toContain(problem);
  });

  it("says what to do where a server runs", async () => {
    const inUse = new JournalError("in_use", "The data directory is in use.");
    const { code, error } = await new Directory().run(["list"], { openJournal: () => Promise.reject(inUse) });
    expect({ code, error }).toEqual({
      code: 1,
      error: "The data directory is in use. Stop the server first, then run this command again.",
    });
  });
});
