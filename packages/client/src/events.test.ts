import { beforeEach, describe, expect, it } from "vitest";
import { eventsOf } from "./events.ts";
import { Connecting } from "./testing/connecting.ts";
import { settle } from "./testing/manual-clock.ts";

let server: Connecting["server"];
let connect: Connecting["connect"];

beforeEach(() => {
  ({ server, connect } = new Connecting());
});

describe("events", () => {
  it("come once each, by name, all together, and in a loop that ends with the conversation", async () => {
    const connection = connect();
    const named: string[] = [];
    connection.on("EVENT_TYPE_POLY_AGENT_JOINED", ({ payload }) => named.push(payload.agent_name));
    const loop = Array.fromAsync(eventsOf(connection), ({ sequence }) => sequence);
    await settle();
    const last = server.history.at(-1);
    for (const socket of server.sockets) socket.say(last as object);
    server.say("EVENT_TYPE_SESSION_END", { reason: "REASON_NATURAL_END" });
    expect(await loop).toEqual([1, 2, 3, 4]);
    expect(named).toEqual(["Ada"]);
    expect(connection.status.state).toBe("ended");
    expect(server.clock.size).toBe(0);
    expect(await Array.fromAsync(eventsOf(connection))).toEqual([]);
  });

  it("wait for a slow reader up to a bound, and no further", async () => {
    const connection = connect();
    const events = eventsOf(connection);
    await settle();
    for (let index = 0; index < 10_100; index++) server.mention("EVENT_TYPE_HEARTBEAT");
    let count = 0;
    const read = async () => {
      for await (const _ of events) count++;
    };
    await expect(read()).rejects.toMatchObject({ code: "overflow" });
    expect(count).toBeLessThanOrEqual(10_001);
  });

  it("end a loop with the reason where the connection fails", async () => {
    const connection = connect();
    const loop = expect(Array.fromAsync(eventsOf(connection))).rejects.toMatchObject({
      code: "session_gone",
    });
    await settle();
    server.isGone = true;
    server.drop();
    await server.clock.advance(60_000);
    await loop;
  });

  it("go on when a listener throws, and when a frame is no event", async () => {
    const reported: unknown[] = [];
    const { error } = console;
    console.error = (one) => reported.push(one);
    try {
      const connection = connect();
      let count = 0;
      connection.on("event", () => {
        throw new Error("of the page");
      });
      connection.on("event", () => count++);
      await settle();
      const bare = ["no JSON", "null", "[]", "{}", '{"type":1}'];
      const batch = (payload: object) => JSON.stringify({ type: "EVENT_TYPE_EVENT_BATCH", payload });
      for (const frame of [
        ...bare,
        batch({}),
        batch({ events: [null, { type: "EVENT_TYPE_SESSION_START" }] }),
      ])
        for (const socket of server.sockets) socket.onmessage?.({ data: frame });
      server.say("EVENT_TYPE_LANGUAGE_CHANGED", { language_code: "de" });
      expect(count).toBe(4);
      expect(reported).toHaveLength(4);
      expect(connection.status.state).toBe("open");
    } finally {
      console.error = error;
    }
  });
});
