import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { setup } from "./fixture.ts";
import { ancestors } from "./widget.ts";

const { send } = setup();
const get = (path: string, headers: Record<string, string> = {}) => send("GET", path, headers);

describe("the loader", () => {
  it("is for pages of any origin, and fresh for five minutes", async () => {
    const answer = await get("/widget/acme-token.js");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Content-Type")).toBe("text/javascript; charset=utf-8");
    expect(answer.headers.get("Cache-Control")).toBe("public, max-age=300");
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(answer.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
    expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
    const again = await get("/widget/acme-token.js", { "If-None-Match": answer.headers.get("ETag") ?? "" });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
  });

  it("is kept for ever where its version is pinned, and has the hash that the settings tell", async () => {
    const answer = await get("/widget/acme-token.js?version=0.1.0");
    expect(answer.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
    const hash = createHash("sha384")
      .update(await answer.text())
      .digest("base64");
    expect(await (await get("/widget/acme-token.json")).json()).toMatchObject({
      integrity: `sha384-${hash}`,
    });
  });

  it("is an earlier one where that is pinned, and says what there is where it is not kept", async () => {
    expect(await (await get("/widget/acme-token.js?version=0.0.9")).text()).toBe("/* loaders/0.0.9.js */");
    const answer = await get("/widget/acme-token.js?version=0.0.1");
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining("version 0.1.0") });
    expect((await get("/widget/acme-token.js?version=../widget")).status).toBe(404);
  });

  it.each(["/widget/nobody.js", "/widget/nobody.json", "/widget/nobody", "/widget/", "/widget/.js"])(
    "%s is nobody's",
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );
});

describe("the settings", () => {
  it("have the attributes in their place, and the launcher's style", async () => {
    const answer = await get(
      "/widget/acme-token.json?theme=dark&position=up&color=%23d94f04&locales=de-AT,en",
    );
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(await answer.json()).toEqual({
      config: expect.objectContaining({
        theme: "dark",
        position: "right",
        color: "#d94f04",
        locale: "de-AT",
        title: "acme",
      }),
      texts: expect.objectContaining({ openChat: "Chat öffnen" }),
      css: expect.stringMatching(/^:host\{--brand-light:#[0-9a-f]{6};.*\}\/\* widget\.css \*\/$/),
      integrity: expect.stringMatching(/^sha384-/),
    });
  });
});

describe("the panel", () => {
  it("holds the connector's settings as data that cannot end", async () => {
    const answer = await get("/widget/acme-token");
    const html = await answer.text();
    const data =
      /<script type="application\/json" id="config">(.*?)<\/script><\/head>/s.exec(html)?.[1] ?? "";
    expect(JSON.parse(data)).toMatchObject({
      title: "acme",
      disclaimer: { text: { "*": "</script><b>Read this</b>" } },
    });
    expect(html.match(/<\/script>/g)).toHaveLength(1);
  });

  it("may be embedded by the connector's pages alone, and runs nothing but its own", async () => {
    const { headers } = await get("/widget/acme-token");
    expect(headers.get("Content-Security-Policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws://localhost wss://localhost; " +
        "img-src 'self' https: http: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self' " +
        "https://chat.parley.example http://acme.com:* https://acme.com:* http://*.acme.com:* https://*.acme.com:* " +
        "https://partner.example",
    );
    expect(headers.get("Cache-Control")).toBe("no-cache");
    expect(headers.get("Referrer-Policy")).toBe("no-referrer");
  });

  it("is warned of once where the server does not know its own name, and so would refuse it", async () => {
    const { send, logged } = setup();
    const at = (host: string) => send("GET", `http://${host}/widget/other-token`);
    await at("chat.parley.example");
    await at("www.other.com");
    expect(logged).toEqual([]);
    await at("10.0.0.1");
    await at("10.0.0.1");
    expect(logged).toEqual([expect.stringContaining("set publicUrl")]);
  });

  it("knows that addresses have no subdomains, and that no page is `null`", () => {
    const connector = { hosts: ["127.0.0.1", "[::1]"], origins: ["null", "capacitor://localhost"] };
    expect(ancestors(connector, null)).toEqual([
      "'self'",
      "http://127.0.0.1:*",
      "https://127.0.0.1:*",
      "http://[::1]:*",
      "https://[::1]:*",
      "capacitor://localhost",
    ]);
  });
});

describe("what pages load", () => {
  it("is kept for ever, and only what there is", async () => {
    const answer = await get("/assets/page-1a2b.js");
    expect(answer.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
    for (const path of ["/assets/other.js", "/assets/..%2fwidget.js", "/assets/"])
      expect((await get(path)).status).toBe(404);
  });
});
