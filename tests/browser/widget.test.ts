import { readFile } from "node:fs/promises";
import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import { barriers } from "./support/axe.ts";
import { missingBrowser } from "./support/browser.ts";
import { useShop } from "./support/use-shop.ts";

if (missingBrowser !== null) console.warn(`The widget in a browser was left out: ${missingBrowser}`);

const styleOf = (node: Locator, property: string) =>
  node.evaluate(
    (element, name) =>
      (globalThis as unknown as { getComputedStyle(of: unknown): { getPropertyValue(name: string): string } })
        .getComputedStyle(element)
        .getPropertyValue(name),
    property,
  );

describe.skipIf(missingBrowser !== null)(
  "the widget, on a page of another origin under a strict policy",
  () => {
    const { world, visit } = useShop();

    it("keeps itself to itself: no other host, nothing that the policy forbids, nothing of the page's style", async () => {
      const shop = await visit();
      const before = await shop.page.evaluate(
        "[document.body.children.length, document.cookie, localStorage.length]",
      );
      await shop.open();
      await shop.say("Show me the code");
      await shop.sees("Nothing else on the page");
      expect(shop.complaints).toEqual([]);
      expect(await shop.allTold("violation")).toEqual([]);
      expect([...shop.hosts].sort()).toEqual(
        [new URL(world().url).host, new URL(world().site.url).host].sort(),
      );
      expect(before).toEqual([2, "", 0]);
      expect(
        await shop.page.evaluate("[document.body.children.length, document.cookie, localStorage.length]"),
      ).toEqual([2, "", 0]);
      // The page makes all buttons lime, and hides all drawings.
      expect(await styleOf(shop.launcher, "background-color")).toBe("rgb(11, 107, 93)");
      expect(await styleOf(shop.launcher.locator("svg").first(), "display")).toBe("block");
      // Neither can look into the other.
      expect(
        await shop.page.evaluate(
          "document.querySelector('#parley-widget').shadowRoot.querySelector('iframe').contentDocument",
        ),
      ).toBe(null);
    });

    it("has no barrier in any state of a conversation", async () => {
      const shop = await visit();
      const found: Record<string, string[]> = {};
      const look = async (state: string, where: "page" | "panel" = "panel") => {
        found[state] = await barriers(shop, where);
      };
      await look("closed", "page");
      await shop.call("showBubble", "Any questions?");
      await look("a bubble", "page");
      await shop.open();
      await look("open", "page");
      await shop.say("What is fresh today?");
      await shop.panel.locator(".cards").waitFor();
      await look("cards and a table");
      await shop.say("Show me the code");
      await shop.sees("Nothing else on the page");
      await shop.say("A picture, please");
      await shop.panel.getByRole("link", { name: "The window" }).waitFor();
      await shop.say("Please call");
      await shop.panel.getByRole("link", { name: "The Corner Shop" }).waitFor();
      await look("code, a picture, a call");
      await shop.say("A person, please");
      await shop.sees("Nobody is free");
      await look("a handoff");
      await shop.say("Please fail");
      await shop.panel.locator(".notice.error").waitFor();
      await look("an error");
      await shop.say("Answer slowly");
      await shop.panel.locator(".streaming").waitFor();
      await look("streaming");
      world().gate.open();
      await shop.sees("One moment, here it is.");
      await shop.panel.getByRole("button", { name: "More options" }).click();
      await look("the menu");
      await shop.panel.getByRole("button", { name: "End this chat" }).click();
      await look("a question");
      await shop.panel.getByRole("dialog").getByRole("button", { name: "End this chat" }).click();
      await shop.panel.locator(".line", { hasText: "You ended the chat" }).waitFor();
      await look("ended");

      expect(found).toEqual(Object.fromEntries(Object.keys(found).map((state) => [state, []])));
      expect(Object.keys(found)).toHaveLength(11);
    }, 120_000);

    it("has no barrier before a conversation, on a phone, in the dark, from right to left, or where it is refused", async () => {
      const consent = await visit({ token: "consent" }, { colorScheme: "dark" });
      await consent.page.route("**/api/v1/access-token", (route) =>
        route.fulfill({ status: 401, json: { message: "Failed to validate connector" } }),
      );
      await consent.launcher.click();
      const agree = consent.panel.getByRole("button", { name: "Agree and start" });
      await agree.waitFor();
      expect(await barriers(consent, "panel")).toEqual([]);
      await agree.click();
      await consent.panel.getByText("not available on this page").waitFor();
      expect(await barriers(consent, "panel")).toEqual([]);
      expect(await consent.told("onError")).toMatchObject({ code: "unauthorized" });

      const phone = await visit({ lang: "ar", dir: "rtl" }, { isPhone: true, colorScheme: "dark" });
      await phone.open();
      await phone.say("ما الطازج اليوم؟");
      await phone.sees("A-42");
      expect(await barriers(phone, "page")).toEqual([]);
      expect(await barriers(phone, "panel")).toEqual([]);
    }, 120_000);

    it("holds a conversation by keyboard alone", async () => {
      const shop = await visit();
      const { keyboard } = shop.page;
      /** What has the focus in the panel, by what it is called; empty where nothing has. */
      const focused = async () => {
        const node = shop.panel.locator(":focus");
        return (await node.count()) > 0 ? node.evaluate((one) => one.ariaLabel || one.textContent || "") : "";
      };
      const isFocused = (name: string) => expect.poll(focused).toBe(name);
      const tabTo = async (name: string, key = "Tab") => {
        for (let step = 0; step < 20 && (await focused()) !== name; step++) await keyboard.press(key);
        await isFocused(name);
      };
      // Into the page, past its link, onto the launcher.
      await keyboard.press("Tab");
      await keyboard.press("Tab");
      await keyboard.press("Enter");
      await shop.panel.locator(".suggestions").waitFor();
      await isFocused("Message");
      await keyboard.type("Is there");
      await keyboard.press("Shift+Enter");
      await keyboard.type("rye?");
      await keyboard.press("Enter");
      await shop.sees(/You said: Is there\s+rye\?/);
      await keyboard.type("What is fresh today?");
      await keyboard.press("Enter");
      await shop.panel.getByRole("button", { name: "Reserve a sourdough" }).waitFor();
      // Back from the field to what can be chosen.
      await keyboard.press("Shift+Tab");
      await keyboard.press("Shift+Tab");
      await isFocused("Reserve a sourdough");
      await keyboard.press("Enter");
      await shop.sees("You said: Reserve a sourdough");
      await isFocused("Message");

      await keyboard.press("Escape");
      await shop.told("onClosed");
      expect(await shop.page.evaluate("document.activeElement.id")).toBe("parley-widget");
      await keyboard.press("Space");
      await isFocused("Message");

      // The menu is left by Escape without leaving the panel, and its question too.
      await tabTo("More options", "Shift+Tab");
      await keyboard.press("Enter");
      await isFocused("Start a new chat");
      await keyboard.press("Escape");
      await isFocused("More options");
      await keyboard.press("Enter");
      await isFocused("Start a new chat");
      // A click on the page around the panel closes it too.
      await shop.page.locator("h1").click();
      await shop.panel.locator(".menu").waitFor({ state: "hidden" });
      await shop.panel.getByRole("button", { name: "More options" }).focus();
      await keyboard.press("Enter");
      await isFocused("Start a new chat");
      await tabTo("End this chat");
      await keyboard.press("Enter");
      await shop.panel.getByRole("dialog").waitFor();
      await keyboard.press("Escape");
      await shop.panel.getByRole("dialog").waitFor({ state: "detached" });
      await isFocused("More options");
      await keyboard.press("Enter");
      await isFocused("Start a new chat");
      await tabTo("End this chat");
      await keyboard.press("Enter");
      await isFocused("Cancel");
      await tabTo("End this chat");
      await keyboard.press("Enter");
      await shop.panel.locator(".line", { hasText: "You ended the chat" }).waitFor();
      await tabTo("Start a new chat");
      await keyboard.press("Enter");
      await shop.sees("Good morning!");
      await isFocused("Message");
      expect(await shop.allTold("onClosed")).toHaveLength(1);
    });

    it("goes on after a reload, and in a second tab, and tells nothing twice", async () => {
      const shop = await visit();
      await shop.open();
      await shop.say("Remember me");
      await shop.sees("You said: Remember me");
      await shop.page.reload();
      await shop.told("onReady");
      await shop.launcher.click();
      await shop.sees("You said: Remember me");
      expect(await shop.allTold("onMessageReceived")).toEqual([]);
      expect(await shop.panel.locator("[role=log] p").count()).toBe(0);

      await using second = await shop.another();
      await second.launcher.click();
      await second.sees("You said: Remember me");
      await second.say("From the other tab");
      await shop.sees("You said: From the other tab");
      expect(await shop.panel.locator("[role=log] p").allTextContents()).toEqual([
        "Mira: You said: From the other tab",
      ]);
    });

    it("records what the user agreed to with the session, and asks once", async () => {
      const shop = await visit({ token: "consent", lang: "fr" });
      expect(await shop.call("sendMessage", "Hello")).toBe("rejected: consent_required");
      await shop.launcher.click();
      const link = shop.panel.getByRole("link", { name: "privacy notice" });
      expect(await link.getAttribute("target")).toBe("_blank");
      await shop.panel.getByRole("button", { name: "Accepter et commencer" }).click();
      await shop.panel.locator(".suggestions").waitFor();
      const { attributes, connector } = await world().newestSession();
      expect(connector).toBe("consent");
      expect(attributes).toEqual({
        consent_version: "2026-11",
        consent_locale: "fr",
        consent_at: expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/),
      });
      const { sessionId } = (await shop.call("startNewSession")) as { sessionId: string };
      const next = await world().newestSession();
      expect(next.session_id).toBe(sessionId);
      expect(next.attributes).toEqual(attributes);
    });

    it("shows three hundred messages, keeps the end in sight, and lets somebody read above it", async () => {
      const shop = await visit();
      await shop.open();
      const end = () =>
        shop.panel
          .locator(".scroller")
          .evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight);
      for (let index = 1; index <= 150; index++) await shop.say(`Question ${index}`);
      await shop.sees("You said: Question 150");
      expect(await shop.messages.count()).toBeGreaterThan(300 - 1);
      await expect.poll(end).toBeLessThan(2);

      await shop.say("Answer slowly");
      await shop.panel.locator(".streaming").waitFor();
      await shop.panel.locator(".scroller").hover();
      await shop.page.mouse.wheel(0, -2_000);
      const jump = shop.panel.getByRole("button", { name: "Jump to the newest message" });
      await jump.waitFor();
      const top = () => shop.panel.locator(".scroller").evaluate((node) => node.scrollTop);
      const before = await top();
      world().gate.open();
      await shop.panel.locator(".message", { hasText: "One moment, here it is." }).waitFor();
      expect(await top()).toBe(before);
      await jump.click();
      await expect.poll(end).toBeLessThan(2);
      await jump.waitFor({ state: "detached" });
    }, 120_000);

    it("sends what was said without a network when it is back", async () => {
      const shop = await visit();
      await shop.open();
      await shop.context.setOffline(true);
      await shop.say("Is anybody there?");
      await shop.panel.getByText("Sending…").waitFor();
      await shop.panel.getByText("Reconnecting…").waitFor();
      await shop.context.setOffline(false);
      await shop.sees("You said: Is anybody there?");
      await shop.panel.getByText("Reconnecting…").waitFor({ state: "detached" });
    });

    it("shows what was not sent, and sends it again when it is told to", async () => {
      const shop = await visit();
      let isUnlucky = true;
      await shop.context.routeWebSocket(/\/ws\?/, (socket) => {
        const server = socket.connectToServer();
        socket.onMessage((text) => {
          const { type, payload, metadata } = JSON.parse(String(text));
          if (type !== "EVENT_TYPE_USER_MESSAGE" || !isUnlucky) return server.send(text);
          isUnlucky = false;
          const refusal = {
            id: crypto.randomUUID(),
            sequence: null,
            timestamp: new Date().toISOString(),
            type: "EVENT_TYPE_SYSTEM_MESSAGE",
            payload: { level: "SYSTEM_MESSAGE_LEVEL_ERROR", message: `Invalid payload for ${payload.text}` },
            metadata,
          };
          return socket.send(JSON.stringify(refusal));
        });
      });
      await shop.page.reload();
      await shop.told("onReady");
      await shop.open();
      await shop.say("Third time lucky");
      await shop.panel.getByText("Not sent").waitFor();
      expect(await shop.told("onError")).toMatchObject({ code: "message_refused" });
      expect(await barriers(shop, "panel")).toEqual([]);
      await shop.panel.getByRole("button", { name: "Try again" }).click();
      await shop.sees("You said: Third time lucky");
      expect(await shop.panel.getByText("Not sent").count()).toBe(0);

      expect(await shop.call("sendMessage", "x".repeat(140_000))).toBe("rejected: message_too_large");
      await shop.panel.getByText("This message is too long.").waitFor();
      expect(await shop.panel.getByRole("button", { name: "Try again" }).count()).toBe(0);
    });

    it("saves the conversation, and speaks the agent's language", async () => {
      const shop = await visit();
      await shop.open();
      await shop.say("Auf Deutsch bitte");
      await shop.sees("Gern auf Deutsch");
      await shop.panel.getByPlaceholder("Nachricht schreiben …").waitFor();
      await shop.panel.getByRole("button", { name: "Weitere Optionen" }).click();
      const [download] = await Promise.all([
        shop.page.waitForEvent("download"),
        shop.panel.getByRole("button", { name: "Unterhaltung herunterladen" }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^chat-\d{4}-\d\d-\d\d\.txt$/);
      const text = await readFile(await download.path(), "utf8");
      expect(text).toMatch(/^— Mira ist dabei —\n\nMira, .*\nGood morning! I’m \*\*Mira\*\*/);
      expect(text).toMatch(/Sie, .*\nAuf Deutsch bitte/);
    });

    it("fills a phone, keeps out what is behind it, and comes back", async () => {
      const shop = await visit({}, { isPhone: true });
      await shop.launcher.tap();
      await shop.panel.locator(".suggestions").waitFor();
      const dialog = shop.page.locator("#parley-widget dialog");
      expect(await dialog.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
      expect(await dialog.evaluate((node) => node.matches(":modal"))).toBe(true);
      expect(await shop.call("isFullscreen")).toBe(true);
      // No keyboard comes up before somebody wants to write.
      expect(await shop.field.evaluate((node) => node.matches(":focus"))).toBe(false);
      for (const target of await shop.panel.getByRole("button").all()) {
        const box = await target.boundingBox();
        expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(36);
      }
      // As a phone that is turned on its side, or zoomed: nothing is wider than the window.
      await shop.page.setViewportSize({ width: 320, height: 256 });
      expect(await shop.panel.locator("html").evaluate((node) => node.scrollWidth)).toBeLessThanOrEqual(320);
      expect(await shop.field.isVisible()).toBe(true);
      await shop.page.setViewportSize({ width: 1280, height: 800 });
      expect(await dialog.evaluate((node) => node.matches(":modal"))).toBe(false);
      await shop.panel.getByRole("button", { name: "Close chat" }).click();
      await shop.told("onClosed");
      expect(await shop.launcher.isVisible()).toBe(true);
    });
  },
);
