import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { faultOf, setup, testWorkbench } from "./fixture.ts";
import { serveDesk } from "./page.ts";

const PAGES = ["/", "/playground/stage"];

const development = () => setup({ workbench: testWorkbench() });

const directives = (response: Response) =>
  new Map(
    (response.headers.get("Content-Security-Policy") ?? "").split("; ").map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources];
    }),
  );

describe("the playground's pages", () => {
  it.each([
    "localhost:8080",
    "localhost",
    "LOCALHOST:1",
    "my.localhost:8080",
    "127.0.0.1:8080",
    "127.1.2.3",
    "[::1]:8080",
    "chat.parley.example",
  ])("are served to %s", async (host) => {
    const { send } = development();
    for (const path of PAGES) {
      const response = await send("GET", path, { Host: host });
      expect(response.status).toBe(200);
      expect(response.headers.get("Content-Type")).toMatch(/^text\/html; charset=utf-8$/i);
    }
  });

  it.each([
    "evil.example",
    "localhost.evil.example",
    "evillocalhost",
    "127.0.0.1.evil.example",
    "192.168.1.5:8080",
    "0.0.0.0:8080",
    "evil.example/@localhost",
    "localhost@evil.example",
    "",
  ])("are not served under a name that may be somebody else's (DNS rebinding): %j", async (host) => {
    const { send } = development();
    for (const path of PAGES) {
      const fault = await faultOf(await send("GET", path, { Host: host }));
      expect(fault).toMatchObject({ status: 403, code: "HOST_NOT_ALLOWED" });
      expect(fault.message).toContain("http://localhost");
    }
  });

  it("are 404 outside development", async () => {
    const { send } = setup({ workbench: null });
    for (const path of PAGES)
      expect((await faultOf(await send("GET", path, { Host: "localhost" }))).status).toBe(404);
  });

  it("may run their own scripts and styles and nothing else, and talk to this server alone", async () => {
    const { send } = development();
    for (const path of PAGES) {
      const response = await send("GET", path, { Host: "localhost:8080" });
      const policy = directives(response);
      expect(policy.get("default-src")).toEqual(["'none'"]);
      for (const own of ["script-src", "style-src", "connect-src", "frame-src"]) {
        expect(policy.get(own)).toEqual(["'self'"]);
      }
      for (const closed of ["base-uri", "form-action"]) expect(policy.get(closed)).toEqual(["'none'"]);
      // The playground shows the stage, and nobody shows the playground.
      expect(policy.get("frame-ancestors")).toEqual([path === "/" ? "'none'" : "'self'"]);
      expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
    }
  });

  it("cannot have their policy widened by the Host", async () => {
    const { send } = development();
    const response = await send("GET", "/", { Host: "localhost/; script-src *" });
    expect(response.headers.get("Content-Security-Policy") ?? "").not.toContain("script-src *");
  });
});

describe("the desk's page", () => {
  const app = new Hono();
  serveDesk(app, { read: () => undefined, page: (name) => `<title>${name}</title>` });

  it.each(["/desk", "/desk/"])(
    "is served at %s to everybody, whatever this server is called",
    async (path) => {
      const response = await app.request(`http://chat.example${path}`);
      expect(response.status).toBe(200);
      expect(await response.text()).toBe("<title>desk</title>");
    },
  );

  it("runs its own scripts alone, talks to this server alone, and is in nobody's frame", async () => {
    const policy = directives(await app.request("http://chat.example:8080/desk"));
    expect(policy.get("script-src")).toEqual(["'self'"]);
    expect(policy.get("connect-src")).toEqual([
      "'self'",
      "ws://chat.example:8080",
      "wss://chat.example:8080",
    ]);
    expect(policy.get("frame-ancestors")).toEqual(["'none'"]);
    expect(policy.get("frame-src")).toBeUndefined();
  });
});
