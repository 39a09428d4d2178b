import { CLOSE, EVENT, LIMITS, SYSTEM_MESSAGES } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { House, IDLE_MS, join, SWEEP_MS, say, types } from "../testing/house.ts";

const DAY_MS = 86_400_000;
/** Beyond what Node's timers hold: they fire at once. */
const MONTH_MS = 30 * DAY_MS;
const JUMPS = [DAY_MS, -DAY_MS, MONTH_MS, -MONTH_MS];

const isEnded = async (house: House) => (await house.journal.list({ limit: 1 }))[0]?.endedAt !== null;

describe.each(JUMPS)("a time of day that is set by %i ms", (jump) => {
  it("ends no session that is alive, and keeps none for longer", async () => {
    const house = new House();
    await house.sessions.start();
    const user = await house.joined();
    await house.advance(IDLE_MS - 20_000);
    house.clock.set(jump);
    await house.advance(10_000);
    user.session.receive(user.reader, { type: EVENT.HEARTBEAT, payload: {} });
    await house.advance(IDLE_MS - 1_000);
    expect(await isEnded(house)).toBe(false);
    await house.advance(1_000);
    expect(await isEnded(house)).toBe(true);
  });

  it("ends no session that sleeps, and keeps none for longer", async () => {
    const house = new House();
    await house.sessions.start();
    const user = await house.joined();
    user.session.detach(user.reader);
    await house.advance(IDLE_MS / 2);
    expect(house.sessions.size).toBe(0);
    house.clock.set(jump);
    await house.advance(IDLE_MS / 2 - SWEEP_MS);
    expect(await isEnded(house)).toBe(false);
    await house.advance(3 * SWEEP_MS);
    expect(await isEnded(house)).toBe(true);
  });

  it("does not keep what a client sends from being answered", async () => {
    const house = new House();
    const user = await house.joined();
    for (let i = 0; i < LIMITS.messageBurst; i += 1) say(user, `${i}`);
    house.clock.set(jump);
    await house.advance(1_000);
    say(user, "one more");
    await house.settle();
    expect(types(user.socket).filter((type) => type === "USER_MESSAGE")).toHaveLength(
      LIMITS.messageBurst + 1,
    );
  });

  it("delays a join that is tried again by no more than the protocol says", async () => {
    let attempts = 0;
    const house = new House(undefined, {
      source: () => {
        attempts += 1;
        throw new Error("no agent today");
      },
    });
    const user = await house.connect(await house.create());
    join(user);
    await house.settle();
    expect(user.socket.events.at(-1)).toMatchObject({ payload: { message: SYSTEM_MESSAGES.noAgent } });
    house.clock.set(jump);
    join(user);
    await house.advance(LIMITS.rejoinLastMs);
    expect(attempts).toBe(2);
  });
});

describe("a process that stood still for longer than the idle time", () => {
  it("gives those who are connected their time anew: what they sent is still to be read", async () => {
    const house = new House();
    await house.sessions.start();
    const user = await house.joined();
    house.clock.standStill(2 * IDLE_MS);
    await house.settle();
    expect(await isEnded(house)).toBe(false);
    say(user, "still there");
    await house.settle();
    expect(types(user.socket).at(-2)).toBe("USER_MESSAGE");
  });

  it("gives those who have to come back their time anew", async () => {
    const house = new House();
    await house.sessions.start();
    const user = await house.joined();
    user.session.detach(user.reader);
    await house.advance(IDLE_MS / 2);
    expect(house.sessions.size).toBe(0);
    house.clock.standStill(2 * IDLE_MS);
    await house.advance(SWEEP_MS);
    const back = await house.connect(user.id);
    expect(back.socket.closed).toBe(null);
    expect(await isEnded(house)).toBe(false);
  });

  it("ends those who do not come back", async () => {
    const house = new House();
    await house.sessions.start();
    const user = await house.joined();
    house.clock.standStill(2 * IDLE_MS);
    await house.advance(IDLE_MS + SWEEP_MS);
    expect(user.socket.closed).toBe(CLOSE.ended);
  });
});
