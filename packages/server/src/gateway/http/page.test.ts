import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { faultOf, setup } from "./fixture.ts";

const SCRIPT = 'import "x";\nconsole.log("<style>");\n';
const STYLE = "\n  body { color: red }\n";
const html = `<!doctype html><title>T</title><style>${STYLE}</style>\n<script type="module">${SCRIPT}</script>`;

const development = { development: true, page: { html } };

const sha256 = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const directives = (response: Response) =>
  new Map(
    (response.headers.get("Content-Security-Policy") ?? "").split("; ").map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources];
    }),
  );

describe("the page at /", () => {
  it.each([
    "localhost:8080",
    "localhost",
    "LOCALHOST:1",
    "my.localhost:8080",
    "127.0.0.1:8080",
    "127.1.2.3",
    "[::1]:8080",
    "chat.parley.example",
  ])("is served to %s", async (host) => {
    const { send } = setup(development);
    const response = await send("GET", "/", { Host: host });
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toMatch(/^text\/html; charset=utf-8$/i);
    expect(await response.text()).toBe(html);
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
  ])("is not served under a name that may be somebody else's (DNS rebinding): %j", async (host) => {
    const { send } = setup(development);
    const fault = await faultOf(await send("GET", "/", { Host: host }));
    expect(fault).toMatchObject({ status: 403, code: "HOST_NOT_ALLOWED" });
    expect(fault.message).toContain("http://localhost");
  });

  it.each([
    ["outside development", { development: false, page: { html } }],
    ["where there is none", { development: true, page: null }],
  ])("is 404 %s", async (_, changes) => {
    const { send } = setup(changes);
    expect((await faultOf(await send("GET", "/", { Host: "localhost" }))).status).toBe(404);
  });

  it("may run its own script and style and nothing else, and talk to this server alone", async () => {
    const { send } = setup(development);
    const response = await send("GET", "/", { Host: "localhost:8080" });
    const policy = directives(response);
    expect(policy.get("default-src")).toEqual(["'none'"]);
    expect(policy.get("script-src")).toEqual([sha256(SCRIPT)]);
    expect(policy.get("style-src")).toContain(sha256(STYLE));
    expect(policy.get("connect-src")).toEqual(["'self'", "ws://localhost:8080", "wss://localhost:8080"]);
    for (const closed of ["base-uri", "form-action", "frame-ancestors"]) {
      expect(policy.get(closed)).toEqual(["'none'"]);
    }
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
  });

  it("is hashed as browsers see it, with line feeds alone", async () => {
    const { send } = setup({ development: true, page: { html: html.replaceAll("\n", "\r\n") } });
    const response = await send("GET", "/", { Host: "localhost" });
    expect(directives(response).get("script-src")).toEqual([sha256(SCRIPT)]);
    expect(await response.text()).toBe(html);
  });

  it("cannot have its policy widened by the Host", async () => {
    const { send } = setup(development);
    const response = await send("GET", "/", { Host: "localhost/; script-src *" });
    expect(response.headers.get("Content-Security-Policy") ?? "").not.toContain("script-src *");
  });
});
