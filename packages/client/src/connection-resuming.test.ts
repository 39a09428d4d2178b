import { beforeEach, describe, expect, it } from "vitest";
import { Connection } from "./connection.ts";
import { Connecting } from "./testing/connecting.ts";
import { FakeServer } from "./testing/fake-server.ts";
import { settle } from "./testing/manual-clock.ts";

let server: Connecting["server"];
let connect: Connecting["connect"];
let cursors: Connecting["cursors"];

beforeEach(() => {
  ({ server, connect, cursors } = new Connecting());
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
