import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchBrowser, missingBrowser } from "./support/browser.ts";
import { Playground } from "./support/playground.ts";
import { type RunningServer, startServer } from "./support/start-server.ts";

if (missingBrowser !== null) console.warn(`The page in a browser was left out: ${missingBrowser}`);

describe.skipIf(missingBrowser !== null)("the playground", () => {
  let browser: Browser;
  let server: RunningServer;
  let playground: Playground;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startServer()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    playground = await Playground.open(browser, server.url);
    await playground.chips.nth(2).waitFor();
  });
  afterEach(async () => {
    const { complaints, foreignRequests } = playground;
    await playground[Symbol.asyncDispose]();
    expect({ complaints, foreignRequests }).toEqual({ complaints: [], foreignRequests: [] });
  });

  /** The agent's messages that have text. */
  const answers = () => playground.page.locator(".turn.agent .bubble");
  const answered = (count: number) =>
    answers()
      .nth(count - 1)
      .waitFor();
  const whole = () => playground.page.locator(".bubble.streaming").waitFor({ state: "hidden" });
  const sessionId = () => playground.page.locator("#info-session").textContent();

  it("holds a whole conversation by keyboard alone", async () => {
    const { keyboard } = playground.page;
    const focused = () => playground.page.evaluate("document.activeElement.id");
    expect(await focused()).toBe("text");
    expect(await playground.page.locator("#agent-name").textContent()).toBe("Ada");
    await playground.sees("Ada joined");
    expect(await playground.page.locator(".item").count()).toBe(1);

    await keyboard.type("a first line");
    await keyboard.press("Shift+Enter");
    await keyboard.type("and a second");
    await keyboard.press("Enter");
    await playground.sees(/^a first line\nand a secondSent/);
    await playground.page.locator(".turn.agent .bubble", { hasText: "and a second" }).waitFor();
    expect(await playground.field.inputValue()).toBe("");

    await playground.say("menu");
    await playground.chips.first().waitFor();
    const suggestion = (await playground.chips.first().textContent()) ?? "";
    // Backwards from the field: the suggestions stand right above it.
    const count = await playground.chips.count();
    for (let step = 0; step < count; step++) await keyboard.press("Shift+Tab");
    await keyboard.press("Enter");
    await playground.page.locator(".turn.mine", { hasText: suggestion }).waitFor();
    expect(await focused()).toBe("text");

    await playground.page.locator("#end").focus();
    await keyboard.press("Enter");
    await playground.page.locator("#over", { hasText: "You ended the conversation." }).waitFor();
    await playground.reaches("Ended");
  });

  it("sends a suggestion that is tapped, and shows only the newest", async () => {
    const suggestion = (await playground.chips.first().textContent()) ?? "";
    await playground.chips.first().click();
    await playground.page.locator(".turn.mine", { hasText: suggestion }).waitFor();
    await playground.say("hello");
    await playground.page.locator(".turn.agent .bubble", { hasText: "hello" }).waitFor();
    await whole();
    expect(await playground.chips.filter({ hasText: suggestion }).count()).toBe(0);
  });

  it("shows a streamed answer grow", async () => {
    await playground.say("story");
    await answered(2);
    const lengths = new Set<number>();
    await expect
      .poll(
        async () => {
          lengths.add((await answers().nth(1).textContent())?.length ?? 0);
          return playground.page.locator(".bubble.streaming").count();
        },
        { interval: 20, timeout: 20_000 },
      )
      .toBe(0);
    expect(lengths.size).toBeGreaterThanOrEqual(3);
    expect(Math.max(...lengths)).toBeGreaterThanOrEqual(1_000);
    expect(await playground.rows("in", "POLY_AGENT_MESSAGE_CHUNK").count()).toBeGreaterThanOrEqual(10);
  });

  it("brings whole messages where streaming was switched off for the next conversation", async () => {
    await playground.page.getByLabel("Streaming, from the next conversation on").uncheck();
    const before = await sessionId();
    await playground.button("New conversation").click();
    await expect.poll(sessionId).not.toBe(before);
    await playground.chips.nth(2).waitFor();
    await playground.button("Clear the wire").click();
    await playground.say("hello again");
    await playground.page.locator(".turn.agent .bubble", { hasText: "hello again" }).waitFor();
    expect(await playground.rows("in", "POLY_AGENT_MESSAGE_CHUNK").count()).toBe(0);
  });

  it("shows cards and numbers to call", async () => {
    await playground.say("menu");
    await playground.page.locator(".item").nth(2).waitFor();
    await playground.say("call me");
    const call = playground.page.locator("a.call").first();
    await call.waitFor();
    expect(await call.getAttribute("href")).toMatch(/^tel:\+?\d+$/);
  });

  it("shows errors, and goes on after them", async () => {
    await playground.say("fail now");
    await playground.sees("Sorry, I'm having trouble responding right now. Please try again.");
    await playground.say("fail midway");
    await playground.sees("Sorry, I encountered an error. Please try again.");
    await whole();
    await playground.say("still there?");
    await playground.page.locator(".turn.agent .bubble", { hasText: "still there?" }).waitFor();
  });

  it("shows handoffs, and brings the agent back", async () => {
    await playground.say("human");
    await playground.sees("Ada is handing over");
    await playground.sees(/^Nobody could take over/);
    await expect.poll(() => playground.items.filter({ hasText: "Ada joined" }).count()).toBe(2);
    await playground.say("elsewhere");
    await playground.sees("From here a real client goes on by itself");
    await playground.button("Bring Ada back").click();
    await expect.poll(() => playground.items.filter({ hasText: "Ada joined" }).count()).toBe(3);
    await playground.say("en français");
    await playground.sees(/^Language: French/);
  });

  it("keeps the conversation over a reload", async () => {
    await playground.say("remember this");
    await playground.page.locator(".turn.agent .bubble", { hasText: "remember this" }).waitFor();
    await whole();
    const before = await playground.items.allTextContents();
    const id = await sessionId();
    await playground.page.reload();
    await playground.page.locator(".turn.agent .bubble", { hasText: "remember this" }).waitFor();
    expect(await playground.items.allTextContents()).toEqual(before);
    expect(await sessionId()).toBe(id);
    expect(await playground.rows("out", "REQUEST_POLY_AGENT_JOIN").count()).toBe(0);
  });

  it("goes on where it was after a dropped connection, in the middle of an answer", async () => {
    await playground.say("story");
    await answered(2);
    await playground.button("Drop connection").click();
    await playground.reaches("Reconnecting");
    await playground.say("and then?");
    await playground.reaches("Live");
    await playground.page.locator(".turn.agent .bubble", { hasText: "and then?" }).waitFor();
    const shown = await playground.page.locator("#messages .bubble").allTextContents();
    const id = await sessionId();
    await playground.page.reload();
    await playground.page.locator(".turn.agent .bubble", { hasText: "and then?" }).waitFor();
    expect(await sessionId()).toBe(id);
    const replayed = await playground.page.locator("#messages .bubble").allTextContents();
    expect(replayed).toEqual(shown);
  });

  it("goes on by itself when the server was killed in the middle of an answer", async () => {
    await playground.say("story");
    await expect.poll(async () => (await answers().nth(1).textContent())?.length).toBeGreaterThan(50);
    await server.crash();
    // The broken-off answer stands completed, and a whole one follows.
    await answered(3);
    await playground.reaches("Live");
    await whole();
    const [, brokenOff = "", repeated = ""] = await answers().allTextContents();
    expect(brokenOff.length).toBeGreaterThan(50);
    expect(brokenOff.length + repeated.length).toBeGreaterThanOrEqual(1_000);
    expect(await playground.page.locator(".turn.mine").count()).toBe(1);
  });

  it("ends when the agent does, and starts anew", async () => {
    await playground.say("goodbye");
    await playground.page.locator("#over", { hasText: "The conversation has come to its end." }).waitFor();
    await playground.rows("link-event", "closed 1000").waitFor();
    expect(await playground.field.isVisible()).toBe(false);
    const before = await sessionId();
    await playground.page.locator("#again").click();
    await playground.chips.nth(2).waitFor();
    expect(await sessionId()).not.toBe(before);
    await playground.reaches("Live");
  });

  it("tells what happened in each turn of this conversation, as it happens", async () => {
    const turns = playground.page.locator("#turn-list li");
    await playground.page.locator("#turns > summary").click();
    await turns.filter({ hasText: /^Turn 1 · Adaansweredgreeting · first word \d+ m?s · end / }).waitFor();
    expect(await turns.count()).toBe(1);
    await playground.page.keyboard.press("Escape");
    await playground.say("fail now");
    await playground.sees("Sorry, I'm having trouble responding right now. Please try again.");
    await playground.page.locator("#turns > summary").click();
    await turns.filter({ hasText: /^Turn 2 · Adafailed/ }).waitFor();
    expect(await turns.first().textContent()).toContain("the script says to fail before the first word");
    await playground.page.keyboard.press("Escape");
    await playground.button("New conversation").click();
    await playground.page.locator("#turns > summary").click();
    await expect.poll(() => turns.filter({ hasText: "Turn 2" }).count()).toBe(0);
    await turns.filter({ hasText: /^Turn 1/ }).waitFor();
    expect(await playground.rows("http", "GET").count()).toBe(0);
  });

  describe("the wire", () => {
    beforeEach(async () => {
      await playground.say("hello");
      await playground.page.locator(".turn.agent .bubble", { hasText: "hello" }).waitFor();
    });

    it("shows both ways and every request, with pretty JSON and no whole token", async () => {
      for (const [direction, type] of [
        ["http", "POST /api/v1/access-token"],
        ["http", "POST /api/v1/sessions"],
        ["in", "EVENT_BATCH"],
        ["out", "REQUEST_POLY_AGENT_JOIN"],
        ["out", "USER_MESSAGE"],
        ["in", "USER_MESSAGE"],
        ["in", "POLY_AGENT_MESSAGE_CHUNK"],
      ] as const) {
        await playground.rows(direction, type).first().waitFor();
      }
      const row = playground.rows("http", "POST /api/v1/sessions");
      await row.locator("summary").click();
      const json = JSON.parse((await row.locator("pre").textContent()) ?? "");
      expect(json.response.session_id).toBe(await sessionId());
      expect(json.response.resume_token).toMatch(/^.{10}….{4}$/);
      expect(json.request.headers.Authorization).toMatch(/^Bearer .{3}….{4}$/);
    });

    it("filters by words, and by words with a minus", async () => {
      const visible = playground.page.locator(".row:visible .type");
      await playground.page.locator("#filter").fill("user_message -sequence");
      expect(await visible.allTextContents()).toEqual(["USER_MESSAGE"]);
      await playground.page.locator("#filter").fill("");
      await playground.rows("out", "REQUEST_POLY_AGENT_JOIN").waitFor();
    });

    it("is copied as JSON lines", async () => {
      await playground.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await playground.button("Copy the wire as JSON lines").click();
      await playground.page.locator("#announcer", { hasText: "Copied." }).waitFor();
      const text = String(await playground.page.evaluate("navigator.clipboard.readText()"));
      const rows = text.split("\n").map((row) => JSON.parse(row));
      expect(rows.map(({ data }) => data.type)).toContain("EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK");
      expect(rows.filter(({ direction }) => direction === "out").length).toBeGreaterThan(0);
      expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
    });
  });

  it("fits a phone: the chat and the wire as tabs, nothing wider than the screen", async () => {
    const phone = await Playground.open(browser, server.url, { isPhone: true });
    await using _ = phone;
    await phone.chips.nth(2).waitFor();
    const overflow = () => phone.page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect(await overflow()).toBe(0);
    expect(await phone.page.locator("#wire").isVisible()).toBe(false);
    await phone.page.getByRole("tab", { name: "Wire" }).tap();
    await phone.rows("out", "REQUEST_POLY_AGENT_JOIN").waitFor();
    expect(await phone.page.locator("#chat").isVisible()).toBe(false);
    for (const menu of ["Turns", "Connect your own client"]) {
      await phone.page.locator(`summary[aria-label="${menu}"]`).tap();
      const panel = await phone.page.locator(".top [open] .panel").boundingBox();
      expect(panel?.x).toBeGreaterThanOrEqual(0);
      expect((panel?.x ?? 0) + (panel?.width ?? 0)).toBeLessThanOrEqual(390);
    }
    expect(await overflow()).toBe(0);
    expect(phone.complaints).toEqual([]);
  });
});
