import { memoryStorage, type ServerEvent } from "@parley/client";
import { describe, expect, it, vi } from "vitest";
import { Consents, disclaimerText } from "./consent.ts";
import { News } from "./news.ts";
import { PanelStorage } from "./storage.ts";
import { vouch } from "./vouching.ts";

const storage = (host = "https://a.example", inner = memoryStorage()) => new PanelStorage("tok", host, inner);

describe("what is remembered", () => {
  it("is not another site's", () => {
    const inner = memoryStorage();
    storage("https://a.example", inner).write("x", 1);
    expect(storage("https://a.example", inner).read("x")).toBe(1);
    expect(storage("https://b.example", inner).read("x")).toBe(null);
  });

  it("is nothing where it makes no sense, or cannot be kept", () => {
    const broken = {
      load: () => "{",
      save: () => {
        throw new Error("full");
      },
    };
    const kept = new PanelStorage("tok", "h", broken);
    kept.write("x", 1);
    expect(kept.read("x")).toBe(null);
  });
});

describe("consent", () => {
  const disclaimer = { version: "2", text: { "*": "all", de: "deutsch" } };
  const now = new Date("2026-11-27T10:00:00.000Z");

  it("is asked for once for each version, and kept as the session keeps it", () => {
    const inner = memoryStorage();
    const consents = new Consents(disclaimer, storage("h", inner));
    expect([consents.isNeeded, consents.attributes]).toEqual([true, {}]);
    consents.give("de", now);
    const recorded = { consent_version: "2", consent_at: "2026-11-27T10:00:00.000Z", consent_locale: "de" };
    expect([consents.isNeeded, consents.attributes]).toEqual([false, recorded]);
    const later = new Consents(disclaimer, storage("h", inner));
    expect([later.isNeeded, later.attributes]).toEqual([false, recorded]);
    expect(new Consents({ ...disclaimer, version: "3" }, storage("h", inner)).isNeeded).toBe(true);
  });

  it("is not asked for where there is nothing to agree to", () => {
    const consents = new Consents(null, storage());
    consents.give("en", now);
    expect([consents.isNeeded, consents.attributes]).toEqual([false, {}]);
  });

  it.each([
    [{ "*": "all", de: "deutsch" }, "de", "deutsch"],
    [{ "*": "all", de: "deutsch" }, "fr", "all"],
    [{ en: "english", de: "deutsch" }, "fr", "english"],
    [{ de: "deutsch" }, "fr", "deutsch"],
  ])("of %j in %s is %s", (text, locale, expected) => {
    expect(disclaimerText({ version: "1", text }, locale)).toBe(expected);
  });
});

describe("news", () => {
  const event = (sequence: number | null, id: string, payload = {}, custom?: object) =>
    ({ id, sequence, payload, ...(custom && { metadata: { custom } }) }) as unknown as ServerEvent;

  it("are what came behind all that an earlier page has read", () => {
    const kept = storage();
    const first = new News(kept, "s");
    first.receive(event(1, "a", { message_id: "m1" }));
    first.receive(event(2, "b", { message_id: "m2" }, { local_id: "l2" }));
    expect(["a", "m1", "l2"].map(first.isNews)).toEqual([true, true, true]);
    first.keep();

    const second = new News(kept, "s");
    second.receive(event(1, "a", { message_id: "m1" }));
    second.receive(event(2, "b", { message_id: "m2" }, { local_id: "l2" }));
    second.receive(event(3, "c", { message_id: "m3" }));
    second.receive(event(null, "t"));
    expect(["a", "m1", "b", "l2", "c", "m3", "t"].map(second.isNews)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it("are all of another conversation", () => {
    const kept = storage();
    const first = new News(kept, "s");
    first.receive(event(5, "a"));
    first.keep();
    const other = new News(kept, "t");
    other.receive(event(1, "b"));
    expect(other.isNews("b")).toBe(true);
  });
});

describe("vouching", () => {
  const never = () => new Promise<void>(() => {});
  const ok = () => Promise.resolve({ token: "jwt" });
  const server = (status: number, message = "") =>
    vi.fn<typeof fetch>(
      async () => new Response(status === 204 ? null : JSON.stringify({ message }), { status }),
    );
  const asked = {
    url: "https://p.example/chat",
    sessionId: "s",
    contextId: "c",
    accessToken: "at",
    after: never,
  };

  it("hands the page's token to the server", async () => {
    const send = server(204);
    const ask = vi.fn(ok);
    expect(await vouch({ ...asked, ask, fetch: send })).toEqual({ ok: true, sessionId: "s" });
    expect(ask).toHaveBeenCalledWith({ sessionId: "s", contextId: "c" });
    const [url, request] = send.mock.calls[0] ?? [];
    expect(url).toBe("https://p.example/chat/api/v1/sessions/s/context");
    expect(request?.headers).toMatchObject({ Authorization: "Bearer at" });
    expect(request?.body).toBe('{"token":"jwt"}');
  });

  it.each<[string, Partial<Parameters<typeof vouch>[0]>, object]>([
    ["no conversation", { sessionId: null }, { reason: "not_applicable", sessionId: null }],
    ["no keys", { contextId: null }, { reason: "not_applicable" }],
    [
      "a page that takes too long",
      { ask: () => never() as never, after: () => Promise.resolve() },
      { reason: "timeout" },
    ],
    [
      "a page that has none",
      { ask: async () => ({ reason: "no_token", message: "x" }) },
      { reason: "no_token", message: "x" },
    ],
    [
      "a rule that is broken",
      { fetch: server(401, "the signature does not fit") },
      { reason: "refused", message: "the signature does not fit" },
    ],
    ["a server that fails", { fetch: server(503) }, { reason: "network" }],
    ["a server that is away", { fetch: () => Promise.reject(new TypeError("fetch")) }, { reason: "network" }],
  ])("tells of %s", async (_, changes, expected) => {
    expect(await vouch({ ...asked, ask: ok, fetch: server(204), ...changes })).toMatchObject({
      ok: false,
      sessionId: "s",
      ...expected,
    });
  });
});
