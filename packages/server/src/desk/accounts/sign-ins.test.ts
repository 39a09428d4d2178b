import { describe, expect, it } from "vitest";
import { ManualClock } from "../../testing/manual-clock.ts";
import { MemoryJournal } from "../../testing/memory-journal.ts";
import { Accounts, LoginTaken } from "./accounts.ts";
import { DEVELOPMENT_ACCOUNTS } from "./development.ts";
import { SignIns } from "./sign-ins.ts";
import { Throttle } from "./throttle.ts";

const HOUR = 3_600_000;
const [robin] = DEVELOPMENT_ACCOUNTS;
if (robin === undefined) throw new Error("there is nobody in development");

async function desk(journal = new MemoryJournal(), clock = new ManualClock()) {
  const accounts = await Accounts.load(journal);
  const signIns = await SignIns.load(journal, accounts, clock, HOUR);
  return { journal, clock, accounts, signIns };
}

describe("accounts", () => {
  it("are found by their login whatever its case, and survive a restart", async () => {
    const { journal, accounts } = await desk();
    await accounts.add({ ...robin, login: "robin@example.com" });
    const again = await Accounts.load(journal.crash());
    expect(again.byLogin(" Robin@Example.com")).toEqual({ ...robin, login: "robin@example.com" });
  });

  it("have each a login of their own, also when two come at once", async () => {
    const { accounts } = await desk();
    const both = await Promise.allSettled([accounts.add(robin), accounts.add({ ...robin, id: "other" })]);
    expect(both[1]).toMatchObject({ reason: expect.any(LoginTaken) });
  });

  it("that the disk did not take are not there", async () => {
    const { journal, accounts } = await desk();
    journal.fail();
    await expect(accounts.add(robin)).rejects.toThrow();
    expect(accounts.byLogin("robin")).toBe(null);
  });

  it("of development are in no record", async () => {
    const journal = new MemoryJournal();
    const accounts = await Accounts.load(journal, DEVELOPMENT_ACCOUNTS);
    expect(accounts.byLogin("sam")?.name).toBe("Sam");
    expect((await Accounts.load(journal)).all).toEqual([]);
  });

  it("that are damaged stop the start with a reason", async () => {
    const journal = new MemoryJournal();
    await journal.putRecord("desk_account", "x", "{}");
    await expect(Accounts.load(journal)).rejects.toThrow("The desk account with the id x is damaged");
  });
});

describe("a sign-in", () => {
  it("is found by its token, survives a restart, and is over when its time is", async () => {
    const { journal, clock, accounts, signIns } = await desk();
    await accounts.add(robin);
    const { token, seconds } = await signIns.signIn(robin.id);
    expect(seconds).toBe(3_600);
    expect(signIns.find(token)?.account).toEqual(robin);
    const next = await desk(journal.crash(), clock);
    expect(next.signIns.find(token)?.account.id).toBe(robin.id);
    clock.advance(HOUR);
    expect(next.signIns.find(token)).toBe(null);
    expect(await next.journal.records("desk_sign_in")).toHaveLength(1);
    const last = await desk(next.journal, clock);
    expect(await last.journal.records("desk_sign_in")).toEqual([]);
  });

  it("leaves nothing in the journal by which one could sign in", async () => {
    const { journal, accounts, signIns } = await desk();
    await accounts.add(robin);
    const { token } = await signIns.signIn(robin.id);
    expect(JSON.stringify(await journal.records("desk_sign_in"))).not.toContain(token);
  });

  it.each([undefined, "", "x", "A".repeat(43)])("is not found by %o", async (token) => {
    const { accounts, signIns } = await desk();
    await accounts.add(robin);
    await signIns.signIn(robin.id);
    expect(signIns.find(token)).toBe(null);
  });

  it("that is ended is told of, and is gone for good", async () => {
    const { journal, clock, accounts, signIns } = await desk();
    await accounts.add(robin);
    const { token } = await signIns.signIn(robin.id);
    const id = signIns.find(token)?.signIn.id ?? "";
    const ended: string[] = [];
    signIns.whenEnded((signIn) => ended.push(signIn.id));
    await signIns.end(id);
    await signIns.end(id);
    expect(ended).toEqual([id]);
    expect(signIns.find(token)).toBe(null);
    expect((await desk(journal.crash(), clock)).signIns.find(token)).toBe(null);
  });

  it("in a twenty-first browser ends the oldest", async () => {
    const { clock, accounts, signIns } = await desk();
    await accounts.add(robin);
    const tokens: string[] = [];
    for (let i = 0; i < 21; i += 1) {
      clock.advance(1);
      tokens.push((await signIns.signIn(robin.id)).token);
    }
    expect(tokens.map((token) => signIns.find(token) !== null)).toEqual([
      false,
      ...Array<boolean>(20).fill(true),
    ]);
  });

  it("of an account that is gone is none", async () => {
    const { accounts, signIns } = await desk();
    await accounts.add(robin);
    const { token } = await signIns.signIn(robin.id);
    await accounts.remove(robin.id);
    expect(signIns.find(token)).toBe(null);
  });
});

describe("attempts to sign in", () => {
  const attempts = (throttle: Throttle, count: number, login: (i: number) => string, address: string) =>
    Array.from({ length: count }, (_, i) => throttle.take(login(i), address, 0));

  it("are counted for an account, wherever they come from", () => {
    const throttle = new Throttle();
    const waits = Array.from({ length: 11 }, (_, i) => throttle.take("robin", `10.0.0.${i}`, 0));
    expect(waits).toEqual([...Array<number>(10).fill(0), 10]);
    expect(throttle.take("sam", "10.0.0.1", 0)).toBe(0);
    expect(throttle.take("robin", "10.0.0.9", 10_000)).toBe(0);
  });

  it("are counted for an address, whatever they are for, and cost others nothing", () => {
    const throttle = new Throttle();
    const waits = attempts(throttle, 31, (i) => `guess-${i}`, "10.0.0.1");
    expect(waits).toEqual([...Array<number>(30).fill(0), 2]);
    expect(throttle.take("guess-30", "10.0.0.2", 0)).toBe(0);
  });

  it("take bounded memory", () => {
    const throttle = new Throttle();
    for (let i = 0; i < 25_000; i += 1) throttle.take(`login-${i}`, `address-${i}`, 0);
    expect(throttle.size).toBe(20_000);
  });
});
