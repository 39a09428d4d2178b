import { LIMITS } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../testing/manual-clock.ts";
import type { ClientSocket } from "./client-socket.ts";
import { Door } from "./door.ts";

/** A socket that answers a ping, or does not. */
function socket(alive: boolean) {
  const made = {
    terminated: false,
    probe: async () => alive,
    terminate: () => {
      made.terminated = true;
    },
  };
  return made as typeof made & ClientSocket;
}

async function fill(door: Door, alive: boolean[]) {
  const sockets = alive.map(socket);
  for (const one of sockets) {
    expect(await door.enter()).toBe(true);
    door.take(one);
  }
  return sockets;
}

describe("a session's door", () => {
  it("lets in as many as there are places", async () => {
    const door = new Door(3, new ManualClock());
    await fill(door, [true, true, true]);
    expect(await door.enter()).toBe(false);
  });

  it("makes room where somebody is silently gone, and only there", async () => {
    const door = new Door(3, new ManualClock());
    const sockets = await fill(door, [true, false, true]);
    expect(await door.enter()).toBe(true);
    expect(sockets.map(({ terminated }) => terminated)).toEqual([false, true, false]);
  });

  it("counts a place that is promised", async () => {
    const door = new Door(2, new ManualClock());
    expect([await door.enter(), await door.enter(), await door.enter()]).toEqual([true, true, false]);
    door.giveBack();
    expect(await door.enter()).toBe(true);
  });

  it("has room again when a socket leaves", async () => {
    const door = new Door(1, new ManualClock());
    const [only] = await fill(door, [true]);
    if (only !== undefined) door.leave(only);
    expect(await door.enter()).toBe(true);
  });

  it("lets those wait who come too fast, and then all in", async () => {
    const clock = new ManualClock();
    const door = new Door(10, clock);
    let passed = 0;
    const count = () => {
      passed += 1;
    };
    for (let i = 0; i < 2 * LIMITS.upgradesPerSecond; i += 1) void door.wait().then(count);
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
    expect(passed).toBe(LIMITS.upgradesPerSecond);
    for (let i = 0; i < 20; i += 1) {
      clock.advance(100);
      for (let j = 0; j < 5; j += 1) await Promise.resolve();
    }
    expect(passed).toBe(2 * LIMITS.upgradesPerSecond);
  });

  it("lets all in that wait when the server goes down", async () => {
    const clock = new ManualClock();
    const door = new Door(10, clock);
    let isClosing = false;
    let passed = 0;
    for (let i = 0; i < 40; i += 1) {
      void door
        .wait(() => isClosing)
        .then(() => {
          passed += 1;
        });
    }
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
    isClosing = true;
    clock.advance(1_000 / LIMITS.upgradesPerSecond);
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
    expect(passed).toBe(40);
  });

  it("lets only so many wait as are let in before their clients give up", async () => {
    const door = new Door(10, new ManualClock());
    const turnedAway: number[] = [];
    for (let i = 0; i < 100; i += 1) void door.wait().then((may) => may || turnedAway.push(i));
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
    const waiting = LIMITS.upgradesPerSecond + 10 * LIMITS.upgradesPerSecond;
    expect(turnedAway).toEqual(Array.from({ length: 100 - waiting }, (_, i) => waiting + i));
  });
});
