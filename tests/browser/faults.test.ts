import { randomUUID } from "node:crypto";
import { EVENT, LIMITS, SYSTEM_LEVEL } from "@parley/protocol";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchBrowser, missingBrowser } from "./support/browser.ts";
import { FakeServer } from "./support/fake-server.ts";
import { Playground } from "./support/playground.ts";

const message = (text: string, more: object = {}) => ({
  message_id: randomUUID(),
  text,
  attachments: [],
  response_suggestions: [],
  ...more,
});

const card = { title: "T", preview_image_url: "", call_to_action_text: "Go" };

if (missingBrowser !== null) console.warn(`The page under faults was left out: ${missingBrowser}`);

describe.skipIf(missingBrowser !== null)("the playground under faults", () => {
  let browser: Browser;
  let server: FakeServer;
  let playground: Playground;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    server = await new FakeServer().start();
    playground = await Playground.open(browser, server.url);
  });
  afterEach(async () => {
    const { complaints } = playground;
    await playground[Symbol.asyncDispose]();
    await server.stop();
    expect(complaints).toEqual([]);
  });

  const joined = () => playground.sees("Ada joined");
  const localIds = () =>
    server.received.flatMap((event) => {
      const { metadata } = event as { metadata?: { custom: { local_id: string } } };
      return event.type === EVENT.USER_MESSAGE ? [metadata?.custom.local_id] : [];
    });

  describe("messages", () => {
    it("sends what was never confirmed again after a reconnect, with the same key", async () => {
      await joined();
      server.swallow = 1;
      await playground.say("Is anybody there?");
      await expect.poll(localIds).toHaveLength(1);
      await playground.sees("Sending…");
      server.dropSockets();
      await playground.sees("Sent");
      expect(new Set(localIds()).size).toBe(1);
      expect(localIds()).toHaveLength(2);
      expect(await playground.bubbles.allTextContents()).toEqual(["Is anybody there?"]);
    });

    it("sends again on the same socket, five times in all, then offers to retry", async () => {
      await playground.page.clock.install();
      await playground.page.reload();
      await joined();
      server.swallow = 5;
      await playground.say("Hello?");
      for (const count of [1, 2, 3, 4, 5]) {
        await expect.poll(() => localIds().length).toBe(count);
        await playground.page.clock.runFor(5_000);
      }
      await playground.sees("Not sent: the server did not confirm it.");
      await playground.button("Retry").click();
      await playground.sees("Sent");
      expect(new Set(localIds()).size).toBe(1);
      expect(localIds()).toHaveLength(6);
    });

    it("shows what the server refused, and sends it with the same key on Retry", async () => {
      await joined();
      server.refuseWith = "Message not accepted";
      await playground.say("Something odd");
      await playground.sees("Not sent: Message not accepted.");
      await playground.button("Retry").click();
      await playground.sees("Sent");
      expect(new Set(localIds()).size).toBe(1);
    });

    it("sends what came too fast again by itself", async () => {
      await joined();
      server.refuseWith = "Rate limit exceeded";
      await playground.say("Too fast");
      await playground.sees("Sent");
      expect(new Set(localIds()).size).toBe(1);
      expect(localIds()).toHaveLength(2);
      expect(await playground.items.allTextContents()).toHaveLength(2);
    });

    it("keeps what was written without a connection over a reload", async () => {
      await joined();
      await server.stop();
      await playground.reaches("Reconnecting");
      await playground.say("Written offline");
      await playground.sees("Sending…");
      await server.start();
      await playground.page.reload();
      await playground.sees("Sent");
      expect(await playground.bubbles.allTextContents()).toEqual(["Written offline"]);
    });

    it("does not send what is above the server's limit", async () => {
      await joined();
      await playground.field.fill("é".repeat(LIMITS.messageBytes / 2 + 1));
      await playground.field.press("Enter");
      await playground.page.getByText("Too long: 131,074 bytes, at most 131,072").waitFor();
      await playground.say("Short");
      await playground.sees("Sent");
      expect(localIds()).toHaveLength(1);
    });
  });

  describe("what is replayed", () => {
    const chunk = (id: string, text: string, index: number, more: object = {}) =>
      message(text, { message_id: id, chunk_index: index, is_complete: false, ...more });

    it("takes an event that comes twice once", async () => {
      await joined();
      server.say(EVENT.POLY_AGENT_MESSAGE_CHUNK, chunk("m", "One ", 1));
      server.repeatLast();
      const attachments = [
        { ...card, content_type: "ATTACHMENT_CONTENT_TYPE_URL", content_url: "https://example.com" },
      ];
      server.say(EVENT.POLY_AGENT_MESSAGE_CHUNK, chunk("m", "two.", 2, { is_complete: true, attachments }));
      server.repeatLast();
      server.say(EVENT.LANGUAGE_CHANGED, { language_code: "de" });
      server.repeatLast();
      server.say(EVENT.POLY_AGENT_MESSAGE, message("Last."));
      await playground.sees("Last.");
      expect(await playground.bubbles.allTextContents()).toEqual(["One two.", "Last."]);
      expect(await playground.page.locator(".item").count()).toBe(1);
      expect(await playground.items.filter({ hasText: "Language: German" }).count()).toBe(1);
    });

    it("joins a folded chunk with those that follow it", async () => {
      await joined();
      server.say(EVENT.POLY_AGENT_MESSAGE_CHUNK, chunk("m", "One two ", 2, { first_chunk_index: 1 }));
      await playground.page.reload();
      await playground.sees("One two");
      server.say(EVENT.POLY_AGENT_MESSAGE_CHUNK, chunk("m", "three ", 3));
      await playground.sees("One two three");
      const folded = { first_chunk_index: 1, is_complete: true };
      server.say(EVENT.POLY_AGENT_MESSAGE_CHUNK, chunk("m", "One two three four.", 4, folded));
      await playground.sees("four.");
      expect(await playground.bubbles.allTextContents()).toEqual(["One two three four."]);
    });

    it("asks for what is behind its cursor, and joins once", async () => {
      await joined();
      server.dropSockets();
      await expect.poll(() => server.cursors.length).toBe(2);
      await playground.reaches("Live");
      expect(server.cursors).toEqual(["0", "3"]);
      expect(server.received.filter(({ type }) => type === EVENT.REQUEST_POLY_AGENT_JOIN)).toHaveLength(1);
    });

    it("reads out each message once and whole, and nothing that was said before a reload", async () => {
      await joined();
      server.say(EVENT.POLY_AGENT_MESSAGE_CHUNK, chunk("m", "Half ", 1));
      server.say(EVENT.POLY_AGENT_MESSAGE_CHUNK, chunk("m", "done.", 2, { is_complete: true }));
      await playground.sees("Half done.");
      const announced = () => playground.page.locator("#announcer > div").allTextContents();
      expect(await announced()).toEqual(["Ada joined", "Ada: Half done."]);
      await playground.page.reload();
      await playground.sees("Half done.");
      expect(await announced()).toEqual([]);
    });
  });

  describe("the connection", () => {
    /** Does not wait for the page's own patience. @param upgrades how many there were after each try */
    const triesAgain = async (...upgrades: number[]) => {
      for (const count of upgrades) {
        await playground.button("Try now").click();
        await expect.poll(() => server.counts.upgrades).toBe(count);
      }
    };

    it("keeps a session whose upgrades fail, and goes on", async () => {
      await joined();
      server.refuseUpgrades = 3;
      server.dropSockets();
      await triesAgain(2, 3, 4, 5);
      await playground.reaches("Live");
      expect(server.counts.sessions).toBe(1);
    });

    it("offers a new conversation when the session is gone", async () => {
      await joined();
      server.forgetSessions();
      await triesAgain(2, 3);
      await playground.button("Try now").click();
      await playground.page.getByText("This conversation is no longer on the server.").waitFor();
      await playground.page.locator("#again").click();
      await expect.poll(() => server.counts.sessions).toBe(2);
      await joined();
    });

    it("comes back by itself when the server does", async () => {
      await joined();
      await server.stop();
      await playground.page.getByText(/Connection lost\. Next try in \d+ s\./).waitFor();
      await server.start();
      await playground.button("Try now").click();
      await playground.reaches("Live");
    });

    it("gives up a socket that does not answer a heartbeat", async () => {
      await playground.page.clock.install();
      await playground.page.reload();
      await joined();
      server.isMute = true;
      await playground.page.clock.runFor(LIMITS.heartbeatIntervalSeconds * 1_000);
      await expect.poll(() => server.received.at(-1)?.type).toBe(EVENT.HEARTBEAT);
      await playground.page.clock.runFor(10_000);
      await playground.rows("link-event", "dropped").waitFor();
    });

    it("says why the handshake was refused, and tries again when asked", async () => {
      server.failHandshake = { status: 401, message: "Failed to validate connector" };
      await playground.button("New conversation").click();
      await playground.page.getByText("The server refused: “Failed to validate connector”.").waitFor();
      server.failHandshake = null;
      await playground.button("Try again").click();
      await joined();
    });

    it("waits and tries again when the server has a passing fault", async () => {
      server.failHandshake = { status: 503, message: "The server cannot serve this now" };
      await playground.button("New conversation").click();
      await playground.page.getByText("The server does not answer.").waitFor();
      server.failHandshake = null;
      await joined();
    });

    it("leaves what a given-up conversation still says out of the new one", async () => {
      await joined();
      await playground.button("New conversation").click();
      await expect.poll(() => server.counts.sessions).toBe(2);
      await joined();
      await playground.reaches("Live");
      await playground.rows("in", "SESSION_END").waitFor();
      expect(await playground.items.allTextContents()).toEqual(["Ada joined"]);
    });
  });

  describe("what an agent says", () => {
    it("is text: no markup of its own, and links only where they can do no harm", async () => {
      await joined();
      const text = [
        "<img src=x onerror=alert(1)><script>alert(2)</script>",
        "[a](javascript:alert(3)) [b](data:text/html,x) [c](https://example.com/x_(y)) [d](mailto:a@b.example)",
        "**bold *and* more** `<b>` snake_case_name https://example.org/a_b.",
        "- one\n  - two\n\n```\n<i>\n```",
      ].join("\n\n");
      server.say(EVENT.POLY_AGENT_MESSAGE, message(text));
      const bubble = playground.bubbles.last();
      await bubble.waitFor();
      expect(await bubble.locator("img, script, i, b, iframe").count()).toBe(0);
      const links = await bubble
        .locator("a")
        .evaluateAll((nodes) => nodes.map((node) => node.getAttribute("href")));
      expect(links).toEqual(["https://example.com/x_(y)", "mailto:a@b.example", "https://example.org/a_b"]);
      expect(await bubble.locator("a").first().getAttribute("rel")).toBe("noopener noreferrer");
      expect(await bubble.locator("strong").textContent()).toBe("bold and more");
      expect(await bubble.locator("code").allTextContents()).toEqual(["<b>", "<i>"]);
      expect(await bubble.locator("li li").allTextContents()).toEqual(["two"]);
      expect(await bubble.locator("p").nth(2).textContent()).toContain("snake_case_name");
    });

    it("shows cards with an address or a picture only where it is one", async () => {
      await joined();
      const attachments = [
        { ...card, content_type: "ATTACHMENT_CONTENT_TYPE_URL", content_url: "javascript:alert(1)" },
        {
          ...card,
          content_type: "ATTACHMENT_CONTENT_TYPE_IMAGE",
          content_url: "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
        },
        { ...card, content_type: "ATTACHMENT_CONTENT_TYPE_URL", content_url: "https://example.com/menu" },
      ];
      server.say(EVENT.POLY_AGENT_MESSAGE, message("Cards", { attachments }));
      await playground.sees("Cards");
      const cards = await playground.page
        .locator(".item")
        .evaluateAll((nodes) => nodes.map((node) => [node.tagName, node.getAttribute("href")]));
      expect(cards).toEqual([
        ["DIV", null],
        ["DIV", null],
        ["A", "https://example.com/menu"],
      ]);
    });

    it("keeps the suggestions of an answer that call actions follow, and drops them at the next message", async () => {
      await joined();
      server.say(
        EVENT.POLY_AGENT_MESSAGE,
        message("Call?", { response_suggestions: [{ message_text: "Yes" }] }),
      );
      const chat_call_actions = [{ title: "Desk", contact_number: "+44 20 7946 0018" }];
      server.say(EVENT.POLY_AGENT_MESSAGE, message("", { chat_call_actions }));
      const call = playground.page.locator("a.call");
      await call.waitFor();
      expect(await call.getAttribute("href")).toBe("tel:+442079460018");
      expect(await playground.chips.allTextContents()).toEqual(["Yes"]);
      server.say(EVENT.POLY_AGENT_MESSAGE, message("Or not."));
      await playground.sees("Or not.");
      expect(await playground.chips.count()).toBe(0);
    });

    it("shows dots while it thinks, for at most ten seconds", async () => {
      await playground.page.clock.install();
      await playground.page.reload();
      await joined();
      const dots = playground.page.getByRole("img", { name: "Ada is writing" });
      server.say(EVENT.POLY_AGENT_THINKING, {}, { transient: true });
      await dots.waitFor();
      await playground.page.clock.runFor(10_100);
      await dots.waitFor({ state: "hidden" });
      server.say(EVENT.POLY_AGENT_THINKING, {}, { transient: true });
      await dots.waitFor();
      server.say(EVENT.POLY_AGENT_MESSAGE, message("Done."));
      await dots.waitFor({ state: "hidden" });
    });
  });

  describe("errors and handoffs", () => {
    const error = (text: string) =>
      server.say(EVENT.SYSTEM_MESSAGE, { level: SYSTEM_LEVEL.error, message: text }, { transient: true });

    it("shows an error once, however often a reconnect tells it", async () => {
      await joined();
      error("Sorry, I encountered an error. Please try again.");
      error("Sorry, I encountered an error. Please try again.");
      server.say(EVENT.LANGUAGE_CHANGED, { language_code: "fr-FR" });
      await playground.sees("Language: French (France)");
      expect(await playground.items.allTextContents()).toEqual([
        "Ada joined",
        "Sorry, I encountered an error. Please try again.",
        "Language: French (France)",
      ]);
    });

    it("joins again by itself when the server says that nobody is there", async () => {
      await joined();
      server.say(EVENT.CLIENT_HANDOFF_REQUIRED, { reason: "POLICY", queue_name: "q", route: "+1" });
      await playground.sees("From here a real client goes on by itself");
      error("Error: Conversation not found");
      const joins = () => server.received.filter(({ type }) => type === EVENT.REQUEST_POLY_AGENT_JOIN).length;
      await expect.poll(joins).toBe(2);
      await expect.poll(() => playground.items.filter({ hasText: "Ada joined" }).count()).toBe(2);
    });

    it("talks with a person: name, typing both ways, messages", async () => {
      await joined();
      const agent = { id: "1", name: "Sam Reed", avatar_url: "" };
      server.say(EVENT.LIVE_AGENT_JOINED, { agent, agent_id: "1", agent_name: "Sam Reed", avatar_url: "" });
      await playground.sees("Sam Reed joined");
      await playground.field.pressSequentially("Hi");
      await playground.field.press("Enter");
      await playground.sees("Sent");
      const typing = server.received.flatMap(({ type, payload }) =>
        type === EVENT.USER_TYPING ? [payload.state] : [],
      );
      expect(typing).toEqual(["TYPING_STATE_STARTED", "TYPING_STATE_STOPPED"]);
      server.say(
        EVENT.LIVE_AGENT_TYPING,
        { state: "TYPING_STATE_STARTED", agent_id: "1" },
        { transient: true },
      );
      const dots = playground.page.getByRole("img", { name: "Sam Reed is writing" });
      await dots.waitFor();
      server.say(EVENT.LIVE_AGENT_MESSAGE, message("Hello!", { agent_id: "1" }));
      await playground.sees("Hello!");
      await dots.waitFor({ state: "hidden" });
    });
  });

  it("keeps the newest thousand rows of the wire, and its end in sight", async () => {
    await joined();
    for (let index = 0; index < 1_100; index++) {
      server.say(EVENT.POLY_AGENT_THINKING, {}, { transient: true });
    }
    server.say(EVENT.LANGUAGE_CHANGED, { language_code: "fr-FR" });
    const last = playground.rows("in", "LANGUAGE_CHANGED");
    await last.waitFor();
    expect(await playground.page.locator(".row").count()).toBe(1_000);
    await expect.poll(() => last.evaluate((row) => row.getBoundingClientRect().bottom <= 800)).toBe(true);
  });
});
