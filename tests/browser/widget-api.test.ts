import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { missingBrowser } from "./support/browser.ts";
import type { HostWindow, Visit } from "./support/host-page.ts";
import { CONTEXT_SECRET } from "./support/shop.ts";
import { useShop } from "./support/use-shop.ts";

if (missingBrowser !== null) console.warn(`The widget's API in a browser was left out: ${missingBrowser}`);

describe.skipIf(missingBrowser !== null)("window.WebchatAPI, from a page of another origin", () => {
  const { world, visit } = useShop();

  it("hears handlers that were there before the script, through the stub of the docs", async () => {
    const shop = await visit();
    expect(await shop.allTold("onReady")).toEqual([undefined]);
    // One that comes later is told at once.
    const late = await shop.page.evaluate(
      () =>
        new Promise((resolve) =>
          (globalThis as unknown as HostWindow).WebchatAPI.onReady(() => resolve("ready")),
        ),
    );
    expect(late).toBe("ready");
  });

  it("openWidget and closeWidget: told, and the focus goes in and comes back", async () => {
    const shop = await visit();
    expect(await shop.page.locator("#parley-widget iframe").count()).toBe(0);
    await shop.page.getByRole("link", { name: "See the offers" }).focus();
    await shop.call("openWidget");
    await shop.told("onOpen");
    await expect.poll(() => shop.field.evaluate((node) => node.matches(":focus"))).toBe(true);
    await shop.call("closeWidget");
    await shop.told("onClosed");
    expect(await shop.page.evaluate("document.activeElement.textContent")).toBe("See the offers");
    await shop.call("closeWidget");
    expect(await shop.allTold("onClosed")).toHaveLength(1);
  });

  it("hideIcon, showIcon, animateIcon", async () => {
    const shop = await visit({}, { reducedMotion: "no-preference" });
    await shop.call("hideIcon");
    expect(await shop.launcher.isVisible()).toBe(false);
    await shop.call("showIcon");
    expect(await shop.launcher.isVisible()).toBe(true);
    for (const type of ["bounce", "grow", "pulse"]) {
      expect(await shop.call("animateIcon", { type, durationMs: 40 })).toBeUndefined();
    }
    expect(await shop.call("animateIcon", { type: "spin" })).toMatch(/^rejected/);
  });

  it("showBubble: opens the chat, goes when it is dismissed, or by itself", async () => {
    const shop = await visit();
    const bubble = shop.page.locator("#parley-widget .bubble");
    await shop.call("showBubble", "Any questions?");
    await bubble.getByRole("button", { name: "Close" }).click();
    await bubble.waitFor({ state: "hidden" });
    await shop.call("showBubble", "Soon gone", { durationMs: 50 });
    await bubble.waitFor({ state: "hidden" });
    await shop.call("showBubble", "Ask <b>Mira</b>");
    await bubble.getByText("Ask <b>Mira</b>").click();
    await shop.told("onOpen");
    expect(await bubble.isVisible()).toBe(false);
  });

  it("sendMessage: begins a conversation while the panel is closed; what comes back is counted", async () => {
    const shop = await visit();
    const sent = (await shop.call("sendMessage", "Is there *rye*?")) as { id: string };
    expect(sent).toEqual({ id: expect.any(String), text: "Is there *rye*?" });
    expect(await shop.told("onMessageSent")).toEqual(sent);
    await expect
      .poll(() => shop.allTold("onMessageReceived"))
      .toContainEqual({
        id: expect.any(String),
        text: "You said: Is there *rye*?",
        author: "agent",
        name: "Mira",
      });
    await expect
      .poll(() => shop.launcher.getAttribute("aria-label"))
      .toMatch(/^Open chat\. Unread messages: \d/);
    await expect.poll(() => shop.page.title()).toMatch(/^\(\d\) New message$/);
    await shop.call("openWidget");
    await expect.poll(() => shop.page.title()).toBe("The Corner Shop");
    expect(await shop.launcher.getAttribute("aria-label")).toBe("Close chat");
    for (const text of ["", "  ", 7, null])
      expect(await shop.call("sendMessage", text)).toBe("rejected: invalid_argument");
  });

  it("endSession and startNewSession", async () => {
    const shop = await visit();
    expect(await shop.call("endSession")).toBe("rejected: no_session");
    await shop.open();
    const { session_id: first } = await world().newestSession();
    await shop.call("endSession");
    expect(await shop.told("onSessionEnded")).toEqual({ sessionId: first, reason: "REASON_USER_END" });
    expect(await shop.call("endSession")).toBe("rejected: no_session");
    const { sessionId } = (await shop.call("startNewSession")) as { sessionId: string };
    expect(sessionId).not.toBe(first);
    expect((await world().newestSession()).session_id).toBe(sessionId);
    await shop.sees("Good morning!");
    // One that runs is left, and told so.
    await shop.call("startNewSession");
    await shop.sees("Good morning!");
    expect(await shop.messages.count()).toBe(1);
  });

  it("setLocale: the panel, the launcher, and the next session", async () => {
    const shop = await visit();
    await shop.open();
    await shop.call("setLocale", "de-AT");
    await shop.panel.getByPlaceholder("Nachricht schreiben …").waitFor();
    expect(await shop.launcher.getAttribute("aria-label")).toBe("Chat schließen");
    expect(((await shop.call("getConfig")) as { locale: string }).locale).toBe("de-AT");
    await shop.call("startNewSession");
    await shop.sees("Guten Morgen!");
    expect((await world().newestSession()).locale).toBe("de-AT");
    await shop.call("setLocale", "ar");
    await expect.poll(() => shop.panel.locator("html").getAttribute("dir")).toBe("rtl");
  });

  it("identifyUser and setContext: with the session, or with the next message of one that runs", async () => {
    const shop = await visit();
    await shop.call("identifyUser", { id: 42, name: "Jo" });
    await shop.call("setContext", { page: "bread" });
    await shop.open();
    expect((await world().newestSession()).attributes).toEqual({
      user_id: 42,
      user_name: "Jo",
      page: "bread",
    });
    await shop.call("setContext", { page: "cakes" });
    await shop.call("sendMessage", "with news");
    await shop.call("sendMessage", "without");
    const said = (await world().newestEvents()).filter(({ type }) => type === "EVENT_TYPE_USER_MESSAGE");
    expect(said.map(({ metadata }) => metadata?.custom)).toEqual([
      { local_id: expect.any(String), attributes: { page: "cakes" } },
      { local_id: expect.any(String) },
    ]);
    expect(await shop.call("setContext", { deep: {} })).toBe("rejected: invalid_argument");
  });

  it("getConfig, isFullscreen, and every attribute", async () => {
    const plain = await visit();
    expect(await plain.call("getConfig")).toEqual({
      version: "0.1.0",
      token: "demo",
      url: `${world().url}/`,
      platform: "web",
      renderMode: "default",
      autoOpen: false,
      showIcon: true,
      showHeader: true,
      locale: "en",
      theme: "system",
      position: "right",
      color: "#0b6b5d",
      title: "",
      subtitle: "Usually answers at once",
      logoUrl: "",
      sound: false,
    });
    expect(await plain.call("isFullscreen")).toBe(false);

    const other = await visit({
      attributes: {
        "data-platform": "android-web",
        "data-auto-open": "true",
        "data-show-icon": "false",
        "data-show-header": "false",
        "data-locale": "fr",
        "data-theme": "dark",
        "data-position": "left",
        "data-color": "#d94f04",
      },
    });
    await other.told("onOpen");
    await other.panel.getByPlaceholder("Écrivez un message…").waitFor();
    // Nobody has asked for the focus.
    expect(await other.page.evaluate("document.activeElement.tagName")).toBe("BODY");
    expect(await other.launcher.isVisible()).toBe(false);
    expect(await other.panel.getByRole("banner").count()).toBe(0);
    expect(await other.panel.locator("html").getAttribute("data-theme")).toBe("dark");
    expect((await other.page.locator("#parley-widget dialog").boundingBox())?.x).toBeLessThan(100);
    await expect.poll(async () => (await world().newestSession()).platform).toBe("android-web");
    expect(await other.call("getConfig")).toMatchObject({ color: "#d94f04", theme: "dark", locale: "fr" });

    const whole = await visit({ attributes: { "data-render-mode": "fullscreen" } });
    await whole.told("onOpen");
    expect(await whole.call("isFullscreen")).toBe(true);
    expect(await whole.page.locator("#parley-widget dialog").boundingBox()).toMatchObject({
      x: 0,
      y: 0,
      width: 1280,
      height: 800,
    });
    await whole.call("closeWidget");
    expect(await whole.field.isVisible()).toBe(true);
    expect(await whole.panel.getByRole("button", { name: "Close chat" }).count()).toBe(0);
  });

  it("off: a handler, one of an event, all of an event", async () => {
    const shop = await visit();
    const heard = await shop.page.evaluate(async () => {
      const { WebchatAPI: api } = globalThis as unknown as HostWindow;
      const heard: string[] = [];
      const named = (name: string) => () => heard.push(name);
      const [everywhere, one, other] = [named("everywhere"), named("one"), named("other")] as const;
      api.onOpen(everywhere);
      api.onClosed(everywhere);
      api.onOpen(one);
      api.onOpen(other);
      api.off(everywhere);
      api.off("onOpen", one);
      await api.openWidget();
      await api.closeWidget();
      api.off("onOpen");
      await api.openWidget();
      return heard;
    });
    expect(heard).toEqual(["other"]);
  });

  it("onError: a frame that may not be embedded here is no endless wait", async () => {
    const blocked = await visit({ token: "elsewhere" });
    await blocked.page.clock.install();
    const opened = blocked.call("openWidget");
    await blocked.page.locator("#parley-widget iframe").waitFor({ state: "attached" });
    await blocked.page.clock.fastForward(16_000);
    expect(await opened).toBe("rejected: unavailable");
    expect(await blocked.told("onError")).toMatchObject({ code: "unavailable" });
    expect(await blocked.launcher.getAttribute("aria-expanded")).toBe("false");
  });

  it("onError: what goes wrong in the conversation", async () => {
    const shop = await visit();
    await shop.open();
    await shop.say("Please fail");
    expect(await shop.told("onError")).toMatchObject({ code: "server_message", message: /having trouble/ });
  });

  it("destroy: nothing is left on the page, and the conversation goes on with the next script", async () => {
    const shop = await visit();
    await shop.open();
    await shop.say("Remember me");
    await shop.sees("You said: Remember me");
    await shop.call("destroy");
    expect(await shop.page.locator("#parley-widget").count()).toBe(0);
    expect(await shop.page.evaluate("'WebchatAPI' in window")).toBe(false);
    await shop.page.reload();
    await shop.launcher.click();
    await shop.sees("You said: Remember me");
  });

  describe("verified context", () => {
    const sign = (contextId: string, changes: { secret?: string } = {}) => {
      const now = Math.floor(Date.now() / 1_000);
      return new SignJWT({ ctx: { customer: "c-42" } })
        .setProtectedHeader({ alg: "HS256", kid: "shop" })
        .setSubject(contextId)
        .setIssuedAt(now)
        .setExpirationTime(now + 30)
        .sign(new TextEncoder().encode(changes.secret ?? CONTEXT_SECRET));
    };

    /** A page whose backend answers so. @param answer in the page, with `sign` there */
    async function vouched(answer: string, secret?: string): Promise<Visit> {
      const shop = await visit({ token: "known" });
      await shop.page.exposeFunction("sign", (id: string) => sign(id, secret ? { secret } : {}));
      await shop.page.evaluate((code) => {
        const { WebchatAPI: api } = globalThis as unknown as HostWindow;
        Object.assign(globalThis, { asked: [], answer: code });
        api.onContextRequired((request) => {
          (globalThis as unknown as { asked: unknown[] }).asked.push(request);
          const { sign, answer } = globalThis as unknown as {
            sign: (id: string) => Promise<string>;
            answer: string;
          };
          if (answer === "sign") return sign(request.contextId);
          if (answer === "empty") return "";
          if (answer === "number") return 7 as never;
          throw new Error("the backend is away");
        });
      }, answer);
      return shop;
    }

    it("is there before the first word, and can be refreshed", async () => {
      const shop = await vouched("sign");
      await shop.open();
      const { session_id, context_id } = await world().newestSession();
      expect(await shop.told("onContextSet")).toEqual({ ok: true, sessionId: session_id });
      expect(await shop.page.evaluate("asked")).toEqual([{ sessionId: session_id, contextId: context_id }]);
      await shop.say("Who am I?");
      await shop.sees('"context":{"customer":"c-42"}');
      expect(await shop.call("refreshVerifiedContext")).toEqual({ ok: true, sessionId: session_id });
      // A conversation that goes on is not asked for it again.
      await shop.page.reload();
      await shop.told("onReady");
      await shop.launcher.click();
      await shop.sees('"context":{"customer":"c-42"}');
      expect(await shop.allTold("onContextFailed")).toEqual([]);
    });

    it("begins all the same where the handler gives no text, or fails", async () => {
      const shop = await vouched("empty");
      await shop.open();
      expect(await shop.told("onContextFailed")).toMatchObject({ ok: false, reason: "no_token" });
      for (const [answer, reason] of [
        ["number", "no_token"],
        ["throw", "handler_failed"],
      ]) {
        await shop.page.evaluate((code) => Object.assign(globalThis, { answer: code }), answer);
        expect(await shop.call("refreshVerifiedContext")).toMatchObject({ ok: false, reason });
      }
    });

    it("says which rule a token breaks, and where there is no handler or no conversation", async () => {
      const forged = await vouched("sign", "another secret, of somebody else");
      expect(await forged.call("refreshVerifiedContext")).toMatchObject({
        ok: false,
        reason: "not_applicable",
      });
      await forged.open();
      expect(await forged.told("onContextFailed")).toMatchObject({
        reason: "refused",
        message: /signature/i,
      });
      await forged.call("off", "onContextRequired");
      expect(await forged.call("refreshVerifiedContext")).toMatchObject({ ok: false, reason: "no_handler" });
      const without = await visit();
      await without.open();
      expect(await without.call("refreshVerifiedContext")).toMatchObject({
        ok: false,
        reason: "not_applicable",
      });
    });
  });
});
