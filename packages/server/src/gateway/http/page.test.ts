import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { faultOf, setup } from "./fixture.ts";
import { loadPage, type PageFile, type PageFiles } from "./page-files.ts";

const IMPORTS = '{ "imports": {\n"x": "/playground/x.ts" } }';
const html = `<!doctype html><title>T</title><script type="importmap">${IMPORTS}</script>\n<script type="module" src="/playground/main.ts"></script>`;
const files: Record<string, PageFile> = {
  "main.ts": { type: "text/javascript; charset=utf-8", text: "1;" },
  "client/index.ts": { type: "text/javascript; charset=utf-8", text: "2;" },
};
const page: PageFiles = { html, read: (path) => (Object.hasOwn(files, path) ? files[path] : undefined) };

const development = { development: true, page };

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
    for (const path of ["/", "/playground/main.ts", "/playground/nothing.ts"]) {
      const fault = await faultOf(await send("GET", path, { Host: host }));
      expect(fault).toMatchObject({ status: 403, code: "HOST_NOT_ALLOWED" });
      expect(fault.message).toContain("http://localhost");
    }
  });

  it.each([
    ["outside development", { development: false, page }],
    ["where there is none", { development: true, page: null }],
  ])("is 404 %s", async (_, changes) => {
    const { send } = setup(changes);
    for (const path of ["/", "/playground/main.ts"])
      expect((await faultOf(await send("GET", path, { Host: "localhost" }))).status).toBe(404);
  });

  it("may run its own scripts and styles and nothing else, and talk to this server alone", async () => {
    const { send } = setup(development);
    const response = await send("GET", "/", { Host: "localhost:8080" });
    const policy = directives(response);
    expect(policy.get("default-src")).toEqual(["'none'"]);
    expect(policy.get("script-src")).toEqual(["'self'", sha256(IMPORTS)]);
    expect(policy.get("style-src")).toEqual(["'self'"]);
    expect(policy.get("connect-src")).toEqual(["'self'", "ws://localhost:8080", "wss://localhost:8080"]);
    for (const closed of ["base-uri", "form-action", "frame-ancestors"]) {
      expect(policy.get(closed)).toEqual(["'none'"]);
    }
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
  });

  it("is hashed as browsers see it, with line feeds alone", async () => {
    const { send } = setup({ development: true, page: { ...page, html: html.replaceAll("\n", "\r\n") } });
    const response = await send("GET", "/", { Host: "localhost" });
    expect(directives(response).get("script-src")).toContain(sha256(IMPORTS));
    expect(await response.text()).toBe(html);
  });

  it("cannot have its policy widened by the Host", async () => {
    const { send } = setup(development);
    const response = await send("GET", "/", { Host: "localhost/; script-src *" });
    expect(response.headers.get("Content-Security-Policy") ?? "").not.toContain("script-src *");
  });
});

describe("the page's files", () => {
  it("come as what they are, and each only by its own path", async () => {
    const { send } = setup(development);
    for (const [path, { type, text }] of Object.entries(files)) {
      const response = await send("GET", `/playground/${path}`, { Host: "localhost" });
      expect(response.headers.get("Content-Type")).toBe(type);
      expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(await response.text()).toBe(text);
    }
    for (const path of ["", "index.ts", "client/", "client/../main.ts.", "..%2fmain.ts", "toString"]) {
      const response = await send("GET", `/playground/${path}`, { Host: "localhost" });
      expect((await faultOf(response)).status, path).toBe(404);
    }
  });

  it("are scripts without types, styles, and nothing that is not the page's", async () => {
    const { html, read } = await loadPage();
    const script = read("main.ts");
    expect(script?.type).toBe("text/javascript; charset=utf-8");
    expect(script?.text).toContain('from "./talk.ts"');
    expect(script?.text).not.toContain(": void");
    expect(read("client/index.ts")?.text).not.toContain("export type");
    expect(read("base.css")?.type).toBe("text/css; charset=utf-8");
    for (const [, path = ""] of html.matchAll(/"\/playground\/([^"]+)"/g))
      expect(read(path), path).toBeDefined();
    for (const path of [
      "index.html",
      "tsconfig.json",
      "client/size.test.ts",
      "../server.ts",
      "client/testing",
    ])
      expect(read(path), path).toBeUndefined();
  });
});
