import { beforeEach, describe, expect, it } from "vitest";
import { Connecting } from "./testing/connecting.ts";
import { settle } from "./testing/manual-clock.ts";

let server: Connecting["server"];
let states: Connecting["states"];
let connect: Connecting["connect"];

beforeEach(() => {
  ({ server, states, connect } = new Connecting());
});

describe("a loss", () => {
  it("is not shown while it is short, and shown when it lasts", async () => {
    const connection = connect();
    await settle();
    server.drop();
    expect(connection.status.state).toBe("reconnecting");
    await server.clock.advance(1_000);
    expect(states).toEqual(["connecting", "open", "reconnecting", "open"]);
    server.isDown = true;
    server.drop();
    await server.clock.advance(4_900);
    expect(states.at(-1)).toBe("reconnecting");
    await server.clock.advance(200);
    expect(states.at(-1)).toBe("lost");
    server.isDown = false;
    await server.clock.advance(30_000);
    expect(states.at(-1)).toBe("open");
  });

  it.each([1000, 1001, 1006, 1011, 1012, 1013, 4001])("comes back after close code %i", async (code) => {
    connect();
    await settle();
    server.drop(code);
    await server.clock.advance(1_000);
    expect(states.at(-1)).toBe("open");
    expect(server.sessions).toBe(1);
  });

  it("gives up after as many attempts in a row as the server allows, and goes on when woken", async () => {
    const connection = connect();
    await settle();
    server.isDown = true;
    server.drop();
    await server.clock.advance(600_000);
    expect(connection.status).toMatchObject({
      state: "failed",
      error: { code: "unreachable", retryable: true },
    });
    server.isDown = false;
    server.wake();
    await settle();
    expect(connection.status).toMatchObject({ state: "open", error: null });
    expect(server.sessions).toBe(1);
  });

  it("tries at once when the network is back", async () => {
    connect();
    await settle();
    server.isDown = true;
    server.drop();
    await server.clock.advance(20_000);
    server.isDown = false;
    const before = server.upgrades.length;
    server.wake();
    await settle();
    expect(server.upgrades.length).toBe(before + 1);
    expect(states.at(-1)).toBe("open");
  });
});

describe("a socket that is dead and does not know it", () => {
  it("is given up when a heartbeat brings nothing back", async () => {
    connect();
    await settle();
    server.silence();
    await server.clock.advance(30_000);
    expect(states.at(-1)).toBe("open");
    await server.clock.advance(11_000);
    expect(states).toEqual(["connecting", "open", "reconnecting", "open"]);
  });

  it("is asked at once after a sleep", async () => {
    connect();
    await settle();
    server.silence();
    await server.clock.sleep(3_600_000);
    await server.clock.advance(6_000);
    expect(states).toEqual(["connecting", "open", "reconnecting", "open"]);
  });

  it("is given up though a page in the background has its timers late, every time", async () => {
    const connection = connect();
    await settle();
    server.silence();
    for (let minute = 0; minute < 4; minute++) await server.clock.sleep(60_000);
    await server.clock.advance(1_000);
    expect(server.upgrades).toHaveLength(2);
    expect(connection.status.state).toBe("open");
  });

  it("is asked when somebody looks again, and kept when it answers", async () => {
    connect();
    await settle();
    const before = server.count("HEARTBEAT");
    server.wake();
    await server.clock.advance(10_000);
    expect(server.count("HEARTBEAT")).toBe(before + 1);
    expect(states).toEqual(["connecting", "open"]);
    expect(server.upgrades).toHaveLength(1);
  });
});
