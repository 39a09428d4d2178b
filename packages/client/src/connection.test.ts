import { beforeEach, describe, expect, it } from "vitest";
import { Connection, type ConnectionStatus } from "./connection.ts";
import { eventsOf } from "./events.ts";
import { FakeServer } from "./testing/fake-server.ts";
import { settle } from "./testing/manual-clock.ts";

let server: FakeServer;
let states: ConnectionStatus["state"][];

beforeEach(() => {
  server = new FakeServer();
  states = [];
});

function connect(more: object = {}): Connection {
  const connection = new Connection({ ...server.options, ...more });
  connection.on("status", ({ state }) => {
    if (states.at(-1) !== state) states.push(state);
  });
  connection.connect();
  return connection;
}

const cursors = () => server.upgrades.map((url) => url.searchParams.get("cursor"));

describe("the handshake", () => {
  it("mints a token, creates a session, connects, and joins once", async () => {
    const connection = connect();
    await settle();
    expect(states).toEqual(["connecting", "open"]);
    expect(server.requests.map(({ path }) => path)).toEqual(["/api/v1/access-token", "/api/v1/sessions"]);
    expect(server.requests[0]?.headers).toMatchObject({ "X-Token": "demo", "X-Host": "example" });
    expect(server.upgrades[0]?.href).toMatch(
      /^wss:\/\/chat\.example\/ws\?session_id=session-1&access_token=token-1&cursor=0$/,
    );
    server.drop();
    await server.clock.advance(1_000);
    expect(server.count("REQUEST_POLY_AGENT_JOIN")).toBe(1);
    expect(cursors()).toEqual(["0", "3"]);
    expect(connection.session).toMatchObject({ id: "session-1", resumeToken: "resume-1", joined: true });
  });

  it("creates one session, however often its answer is lost", async () => {
    server.failWith = { status: 503, message: "not now", path: "/sessions" };
    connect();
    await server.clock.advance(5_000);
    server.failWith = null;
    await server.clock.advance(30_000);
    const ids = server.requests
      .filter(({ path }) => path.endsWith("sessions"))
      .map(({ headers }) => headers["X-PolyAI-Correlation-Id"]);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(states.at(-1)).toBe("open");
  });

  it("fails for ever where the key is refused, and says so", async () => {
    server.failWith = { status: 401, message: "Failed to validate connector" };
    const connection = connect();
    await server.clock.advance(60_000);
    expect(connection.status).toMatchObject({
      state: "failed",
      error: { code: "unauthorized", message: "Failed to validate connector", status: 401, retryable: false },
    });
    expect(server.requests).toHaveLength(1);
    server.failWith = null;
    connection.connect();
    await settle();
    expect(states.at(-1)).toBe("open");
  });

  it("waits as long as a server asks", async () => {
    server.failWith = { status: 429, message: "Too many requests", retryAfter: "7" };
    connect();
    await server.clock.advance(6_900);
    expect(server.requests).toHaveLength(1);
    await server.clock.advance(200);
    expect(server.requests).toHaveLength(2);
  });

  it("asks getToken at the moment of need, with what resumes the session", async () => {
    const asked: (string | null)[] = [];
    const getToken = async ({ resume }: { resume: string | null }) => {
      asked.push(resume);
      return "token";
    };
    const { connectorToken: _, host: __, ...options } = server.options as never as Record<string, unknown>;
    const connection = new Connection({ ...options, getToken } as never);
    connection.connect();
    await settle();
    server.refuseUpgrades = 2;
    server.drop();
    await server.clock.advance(5_000);
    expect(asked).toEqual([null, "session-1.resume-1"]);
    expect(connection.status.state).toBe("open");
  });

  it("gives up a handshake that never ends", async () => {
    const connection = connect({
      environment: { ...server.environment, fetch: () => new Promise(() => {}) },
    });
    await server.clock.advance(20_000);
    expect(connection.status).toMatchObject({ attempt: 1, error: { code: "network" } });
  });
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

describe("a session that is gone", () => {
  it("fails where it was seen; another one begins only when asked", async () => {
    const connection = connect();
    await settle();
    server.isGone = true;
    server.drop();
    await server.clock.advance(60_000);
    expect(connection.status).toMatchObject({
      state: "failed",
      error: { code: "session_gone", retryable: false },
    });
    expect(server.sessions).toBe(1);
    connection.restart();
    await settle();
    expect(connection.status.state).toBe("open");
    expect(connection.session?.id).toBe("session-2");
  });

  it("gives way to a new one where it was only remembered", async () => {
    connect().close();
    await settle();
    const first = connect();
    await settle();
    first.close();
    server.isGone = true;
    const second = connect();
    await settle();
    expect(second.status.state).toBe("open");
    expect(second.session?.id).toBe("session-2");
  });

  it("is not asked for without end where the application has no token at all", async () => {
    connect();
    await settle();
    const { connectorToken: _, host: __, ...options } = server.options as never as Record<string, unknown>;
    let asked = 0;
    const getToken = async () => {
      if (++asked > 10) throw new Error("asked too often");
      return null;
    };
    const connection = new Connection({ ...options, getToken } as never);
    connection.connect();
    await settle();
    expect(asked).toBe(2);
    expect(connection.status).toMatchObject({ state: "failed", error: { code: "session_gone" } });
  });

  it("is noticed without a resume token too: HTTP answers, and no socket is accepted", async () => {
    server.hasResume = false;
    const connection = connect();
    await settle();
    server.isGone = true;
    server.drop();
    await server.clock.advance(120_000);
    expect(connection.status).toMatchObject({ state: "failed", error: { code: "session_gone" } });
  });
});

describe("a server without resume tokens", () => {
  it("takes a session back after an outage, though only the first token leads to it", async () => {
    server.hasResume = false;
    server.isStrict = true;
    const connection = connect();
    await settle();
    server.refuseUpgrades = 3;
    server.drop();
    await server.clock.advance(30_000);
    expect(connection.status).toMatchObject({ state: "open", error: null });
    expect(connection.session?.id).toBe("session-1");
  });
});

describe("resuming", () => {
  it("does not try another server's session", async () => {
    connect();
    await settle();
    const other = new FakeServer();
    other.hasResume = false;
    other.sessions = 7;
    const { environment } = other;
    const connection = connect({ url: "https://other.example", environment });
    await settle();
    expect(other.requests[0]?.headers).not.toHaveProperty("X-Resume");
    expect(connection.session?.id).toBe("session-8");
  });

  it("goes on with the remembered session, from the start of its history", async () => {
    connect().on("event", () => {});
    await settle();
    const again = connect();
    await settle();
    expect(server.sessions).toBe(1);
    expect(again.session?.id).toBe("session-1");
    expect(cursors()).toEqual(["0", "0"]);
    expect(server.requests.at(-1)?.headers["X-Resume"]).toBe("session-1.resume-1");
    expect(server.count("REQUEST_POLY_AGENT_JOIN")).toBe(1);
  });

  it("goes on behind what was seen, where that is wanted", async () => {
    connect({ resumeFrom: "cursor" });
    await settle();
    connect({ resumeFrom: "cursor" });
    await settle();
    expect(cursors()).toEqual(["0", "3"]);
    expect(server.count("REQUEST_POLY_AGENT_JOIN")).toBe(1);
  });

  it("is entered as it was remembered, also where the first attempt fails", async () => {
    connect({ resumeFrom: "cursor" }).close();
    await settle();
    connect({ resumeFrom: "cursor" });
    await settle();
    server.drop();
    server.isDown = true;
    const again = connect({ resumeFrom: "cursor" });
    const entered: unknown[] = [];
    again.on("session", (session) => entered.push(session?.id));
    await settle();
    server.isDown = false;
    await server.clock.advance(1_000);
    expect(entered).toEqual(["session-1"]);
    expect(server.upgrades.at(-1)?.searchParams.get("cursor")).toBe("3");
    expect(server.count("REQUEST_POLY_AGENT_JOIN")).toBe(1);
  });

  it("never writes an access token down", async () => {
    connect();
    await settle();
    expect(server.storage.load("parley")).not.toContain("token-1");
  });
});

describe("joining", () => {
  const nobody = () =>
    server.mention("EVENT_TYPE_SYSTEM_MESSAGE", {
      level: "SYSTEM_MESSAGE_LEVEL_ERROR",
      message: "Error: Conversation not found",
    });

  it("asks again when nobody is there, later and later, and not without bound", async () => {
    connect();
    await settle();
    server.ignoresJoins = true;
    for (let round = 0; round < 50; round++) {
      nobody();
      await server.clock.advance(20_000);
    }
    expect(server.count("REQUEST_POLY_AGENT_JOIN")).toBe(1 + 6);
  });

  it("does not ask where it is told not to", async () => {
    const connection = connect({ join: false });
    await settle();
    nobody();
    await server.clock.advance(10_000);
    expect(server.count("REQUEST_POLY_AGENT_JOIN")).toBe(0);
    connection.join();
    await server.clock.advance(0);
    expect(server.count("REQUEST_POLY_AGENT_JOIN")).toBe(1);
  });
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

it("takes an option that is undefined for one that is not there", async () => {
  const none = { streaming: undefined, join: undefined, storageKey: undefined, storage: server.storage };
  connect(none);
  await settle();
  expect(server.requests[1]?.body).toMatchObject({ streaming_enabled: true });
  expect(server.count("REQUEST_POLY_AGENT_JOIN")).toBe(1);
  expect(server.storage.load("parley")).not.toBeNull();
});

it("leaves nothing behind where a listener closes it at once", async () => {
  const connection = connect();
  connection.close();
  connection.on("status", ({ state }) => state === "connecting" && connection.close());
  connection.connect();
  await settle();
  expect(connection.status.state).toBe("idle");
  expect(server.upgrades).toEqual([]);
  expect(server.clock.size).toBe(0);
});

it("says at once what cannot be meant", () => {
  expect(() => new Connection({ url: "https://chat.example", connectorToken: "" })).toThrow(/getToken/);
  expect(() => new Connection({ ...server.options, url: "ws://example" })).toThrow(/http/);
  expect(() => new Connection({ ...server.options, url: "nonsense" })).toThrow(TypeError);
});
