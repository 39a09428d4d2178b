import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { correlate } from "../../gateway/http/correlation.ts";
import { silentLogger } from "../../logger.ts";
import { ManualClock } from "../../testing/manual-clock.ts";
import { MemoryJournal } from "../../testing/memory-journal.ts";
import { Accounts } from "../accounts/accounts.ts";
import { DEVELOPMENT_ACCOUNTS } from "../accounts/development.ts";
import { hashPassword } from "../accounts/passwords.ts";
import { SignIns } from "../accounts/sign-ins.ts";
import type { DeskEnv } from "./deps.ts";
import { deskRoutes } from "./routes.ts";

const HOST = "chat.example";
const PASSWORD = "correct horse battery";

interface Options {
  publicUrl?: string | null;
  development?: boolean;
}

async function desk({ publicUrl = `https://${HOST}`, development = false }: Options = {}) {
  const clock = new ManualClock();
  const journal = new MemoryJournal();
  const people = development ? DEVELOPMENT_ACCOUNTS : [];
  const accounts = await Accounts.load(journal, people);
  const [robin] = DEVELOPMENT_ACCOUNTS;
  if (robin === undefined) throw new Error("there is nobody in development");
  if (!development) {
    await accounts.add({ ...robin, login: "robin@example.com", passwordHash: await hashPassword(PASSWORD) });
  }
  const signIns = await SignIns.load(journal, accounts, clock, 3_600_000);
  const app = new Hono<DeskEnv>();
  app.use(correlate(randomUUID));
  const deps = {
    accounts,
    signIns,
    oidc: null,
    development: people,
    publicUrl,
    journal,
    clock,
    logger: silentLogger,
  };
  app.route("/desk/api", deskRoutes(deps));

  const own = { Host: HOST, Origin: publicUrl ?? `http://${HOST}`, "Content-Type": "application/json" };
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    app.request(
      `http://${HOST}/desk/api${path}`,
      { method, headers: { ...own, ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }) },
      { incoming: { socket: { remoteAddress: "203.0.113.1" } } } as DeskEnv["Bindings"],
    );
  const cookieOf = (response: Response) => response.headers.get("Set-Cookie")?.split(";")[0] ?? "";
  const signIn = async () =>
    cookieOf(await send("POST", "/sign-in", { login: "Robin@example.com", password: PASSWORD }));
  return { accounts, signIns, clock, send, signIn, cookieOf };
}

const code = async (response: Response) => ((await response.json()) as { code: string }).code;

describe("signing in at the desk", () => {
  it("gives a cookie that no script can read and no other site can use", async () => {
    const { send } = await desk();
    const response = await send("POST", "/sign-in", { login: "robin@example.com", password: PASSWORD });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ name: "Robin", role: "supervisor", has_password: true });
    expect(response.headers.get("Set-Cookie")).toMatch(
      /^__Host-parley_desk=[A-Za-z0-9_-]{43}; Max-Age=3600; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  it("over plain http leaves out what browsers accept over https alone", async () => {
    const { signIn, send } = await desk({ publicUrl: null });
    const cookie = await signIn();
    expect(cookie).toMatch(/^parley_desk=/);
    expect((await send("GET", "/account", undefined, { Cookie: cookie })).status).toBe(200);
  });

  it.each([
    ["a wrong password", { login: "robin@example.com", password: "wrong" }],
    ["nobody of that name", { login: "nobody@example.com", password: PASSWORD }],
  ])("answers %s with the same words", async (_, body) => {
    const { send } = await desk();
    const response = await send("POST", "/sign-in", body);
    expect([response.status, await code(response)]).toEqual([401, "WRONG_PASSWORD"]);
    expect(response.headers.get("Set-Cookie")).toBe(null);
  });

  it.each([[{}], [{ login: 1, password: "x" }], [{ login: "x", password: "x".repeat(257) }]])(
    "refuses %j",
    async (body) => {
      const { send } = await desk();
      expect((await send("POST", "/sign-in", body)).status).toBe(400);
    },
  );

  it("holds back who tries too often, and says for how long", async () => {
    const { send } = await desk();
    const attempt = () => send("POST", "/sign-in", { login: "robin@example.com", password: "wrong" });
    for (let i = 0; i < 10; i += 1) expect((await attempt()).status).toBe(401);
    const held = await attempt();
    expect([held.status, held.headers.get("Retry-After")]).toEqual([429, "10"]);
  });

  it("ends with signing out, and not only in the browser", async () => {
    const { send, signIn } = await desk();
    const cookie = await signIn();
    const out = await send("POST", "/sign-out", undefined, { Cookie: cookie });
    expect(out.status).toBe(204);
    expect(out.headers.get("Set-Cookie")).toMatch(/^__Host-parley_desk=; Max-Age=0;/);
    const after = await send("GET", "/account", undefined, { Cookie: cookie });
    expect([after.status, await code(after)]).toEqual([401, "SIGNED_OUT"]);
  });
});

describe("what another site may have a browser do at the desk", () => {
  it.each([
    ["of another origin", { Origin: "https://evil.example" }, 403],
    ["of another port of this host", { Origin: "https://chat.example:8443" }, 403],
    ["over plain http where the server is https", { Origin: "http://chat.example" }, 403],
    ["without an origin", { Origin: "" }, 403],
    ["from a frame without an origin", { Origin: "null" }, 403],
    ["as a form", { "Content-Type": "text/plain" }, 415],
  ])("nothing %s", async (_, headers, status) => {
    const { send, signIn } = await desk();
    const cookie = await signIn();
    const response = await send("POST", "/sign-out", {}, { Cookie: cookie, ...headers });
    expect(response.status).toBe(status);
    expect((await send("GET", "/account", undefined, { Cookie: cookie })).status).toBe(200);
  });

  it("nothing by another name for this server, where none is configured", async () => {
    const { send } = await desk({ publicUrl: null });
    const body = { login: "robin@example.com", password: PASSWORD };
    const foreign = await send("POST", "/sign-in", body, { Origin: "http://evil.example" });
    expect(foreign.status).toBe(403);
  });
});

describe("a new password", () => {
  it("needs the old one, and signs all other browsers out", async () => {
    const { send, signIn } = await desk();
    const [here, elsewhere] = [await signIn(), await signIn()];
    const change = (body: object) => send("POST", "/password", body, { Cookie: here });
    expect(await code(await change({ current: "wrong", next: "a new, long password" }))).toBe(
      "WRONG_PASSWORD",
    );
    expect(await code(await change({ current: PASSWORD, next: "short" }))).toBe("BAD_PASSWORD");
    expect((await change({ current: PASSWORD, next: "a new, long password" })).status).toBe(204);
    expect((await send("GET", "/account", undefined, { Cookie: here })).status).toBe(200);
    expect((await send("GET", "/account", undefined, { Cookie: elsewhere })).status).toBe(401);
    const old = await send("POST", "/sign-in", { login: "robin@example.com", password: PASSWORD });
    expect(old.status).toBe(401);
  });
});

describe("in development", () => {
  it("one signs in with a click, on this machine", async () => {
    const { send, cookieOf } = await desk({ publicUrl: null, development: true });
    const local = { Host: "localhost:8080", Origin: "http://localhost:8080" };
    const ways = await (await send("GET", "/sign-in")).json();
    expect(ways).toEqual({
      password: true,
      oidc: null,
      development: [
        { login: "robin", name: "Robin", role: "supervisor" },
        { login: "sam", name: "Sam", role: "agent" },
      ],
    });
    const response = await send("POST", "/sign-in/development", { login: "sam" }, local);
    expect(response.status).toBe(200);
    const me = await send("GET", "/account", undefined, { Cookie: cookieOf(response) });
    expect(await me.json()).toMatchObject({ name: "Sam", role: "agent", has_password: false });
    const nobody = await send("POST", "/sign-in/development", { login: "eve" }, local);
    expect(nobody.status).toBe(404);
  });

  it("nobody signs in with a click by a name that points here", async () => {
    const { send } = await desk({ publicUrl: null, development: true });
    expect((await send("POST", "/sign-in/development", { login: "sam" })).status).toBe(403);
  });

  it("is over where there is a configuration", async () => {
    const { send } = await desk();
    const local = { Host: "localhost", Origin: "http://localhost" };
    expect((await send("POST", "/sign-in/development", { login: "sam" }, local)).status).toBe(404);
  });
});
