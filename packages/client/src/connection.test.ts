import { beforeEach, describe, expect, it } from "vitest";
import { Connection } from "./connection.ts";
import { Connecting } from "./testing/connecting.ts";
import { settle } from "./testing/manual-clock.ts";

let server: Connecting["server"];
let states: Connecting["states"];
let connect: Connecting["connect"];
let cursors: Connecting["cursors"];

beforeEach(() => {
  ({ server, states, connect, cursors } = new Connecting());
});

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
