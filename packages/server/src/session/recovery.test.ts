import { CLOSE, EVENT, SYSTEM_MESSAGES } from "@parley/protocol";
import { describe, expect, it, vi } from "vitest";
import type { AgentSource } from "../agents/agent.ts";
import { JournalError } from "../journal/journal.ts";
import { House, IDLE_MS, join, SWEEP_MS, say, types } from "../testing/house.ts";
import { MemoryJournal } from "../testing/memory-journal.ts";

const endedAt = async (house: House) => (await house.journal.list({ limit: 1 }))[0]?.endedAt;

describe("a session that the journal failed", () => {
  it("is not taken for abandoned when it comes back: its user was there a moment ago", async () => {
    const house = new House();
    await house.sessions.start();
    const user = await house.joined();
    for (let i = 0; i < 3; i += 1) {
      await house.advance(IDLE_MS - 1_000);
      user.session.receive(user.reader, { type: EVENT.HEARTBEAT, payload: {} });
    }
    house.journal.fail();
    say(user, "lost");
    await house.settle();
    expect(user.socket.closed).toBe(CLOSE.internal);

    await house.advance(SWEEP_MS);
    await house.advance(SWEEP_MS);
    expect(await endedAt(house)).toBeNull();
    await house.advance(IDLE_MS);
    await house.advance(SWEEP_MS);
    expect(await endedAt(house)).not.toBeNull();
  });

  it("closes a socket whose replay cannot be read, so that its client comes back", async () => {
    const house = new House();
    const id = await house.create();
    vi.spyOn(house.journal, "events").mockRejectedValueOnce(new JournalError("io_error", "not now"));
    const { socket } = await house.connect(id);
    expect(socket.closed).toBe(CLOSE.internal);
    const again = await house.connect(id);
    expect(types(again.socket)).toEqual(["SESSION_START"]);
  });
});

describe("what is owed after a start", () => {
  it("is given later where the session could not be loaded at first", async () => {
    const before = new House();
    const user = await before.joined();
    say(user, "hi");
    await before.settle();
    const house = new House(before.journal.crash());
    house.journal.hold();
    const started = house.sessions.start();
    await house.settle();
    house.journal.release(1);
    await started;
    house.journal.fail();
    house.journal.release();
    await house.settle();
    expect(house.agent.turns).toEqual([]);
    await house.advance(SWEEP_MS);
    expect(house.agent.turns).toMatchObject([{ attempt: 2, messages: [{ text: "hi" }] }]);
  });

  it("waits for a socket where nobody was there for long, and is not asked for to be thrown away", async () => {
    const house = await owing();
    await house.sessions.start();
    await house.settle();
    expect(house.agent.turns).toEqual([]);
    await house.advance(IDLE_MS);
    await house.advance(SWEEP_MS);
    expect(await endedAt(house)).not.toBeNull();
    expect(house.agent.turns).toEqual([]);
  });

  it("is given to a socket that comes in time", async () => {
    const house = await owing();
    await house.sessions.start();
    const [record] = await house.journal.list({ limit: 1 });
    await house.connect(record?.id ?? "");
    expect(house.agent.turns).toMatchObject([{ messages: [{ text: "hi" }] }]);
  });
});

/** A house whose one session was asleep for longer than the idle limit, with a message that nobody has answered. */
async function owing(): Promise<House> {
  const before = new House();
  const user = await before.joined();
  await before.sessions.drain(5_000);
  say(user, "hi");
  await before.settle();
  user.session.closeSockets(CLOSE.restart);
  await before.sessions.stop();
  const house = new House(before.journal.crash());
  house.clock.advance(IDLE_MS + 60_000);
  return house;
}

describe("a function that makes agents", () => {
  it.each<[string, AgentSource]>([
    ["nothing", () => undefined as never],
    ["no name", () => ({ avatarUrl: "", respond: async function* () {} }) as never],
    ["no respond", () => ({ name: "Ada", avatarUrl: "" }) as never],
  ])("and makes %s has failed, and the user is told", async (_what, source) => {
    const house = new House(new MemoryJournal(), source);
    const user = await house.connect(await house.create());
    join(user);
    await house.settle();
    expect(user.socket.events.at(-1)).toMatchObject({ payload: { message: SYSTEM_MESSAGES.noAgent } });
  });
});
