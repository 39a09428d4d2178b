import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Chat } from "../support/chat.ts";
import { launchBrowser, missingBrowser } from "./support/browser.ts";
import { Playground } from "./support/playground.ts";
import { type RunningServer, startServer } from "./support/start-server.ts";

if (missingBrowser !== null) console.warn(`The playground in a browser was left out: ${missingBrowser}`);

const PHONE = { width: 390, height: 844 };
const TABS = ["Wire", "Messages", "Session", "Turns", "Connect"];

describe.skipIf(missingBrowser !== null)("the playground", () => {
  let browser: Browser;
  let server: RunningServer;
  let playground: Playground;
  let chat: Chat | undefined;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startServer()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    playground = await Playground.open(browser, server.url);
  });
  afterEach(async () => {
    chat?.drop();
    chat = undefined;
    const { complaints, foreignRequests } = playground;
    await playground[Symbol.asyncDispose]();
    expect({ complaints, foreignRequests }).toEqual({ complaints: [], foreignRequests: [] });
  });

  /** A client that is no browser: what the playground shows is whatever has connected. */
  async function talking(): Promise<Chat> {
    chat = await Chat.create(server.url);
    await chat.connect();
    await chat.join();
    await playground.pick(chat.sessionId);
    return chat;
  }

  async function answered(text: string, client: Chat): Promise<void> {
    const before = client.messages.length;
    client.say(text);
    await client.until(() => client.messages[before]?.isComplete === true, `an answer to ${text}`);
  }

  it("has the widget in it, and shows its frames by itself", async () => {
    await playground.row("down", "POLY_AGENT_MESSAGE_CHUNK").first().waitFor();
    const field = playground.widget.getByRole("textbox");
    await field.fill("a table for two");
    await field.press("Enter");
    await playground.row("up", "USER_MESSAGE").filter({ hasText: "a table for two" }).waitFor();
    await playground.show("Messages");
    await playground.page.getByRole("button", { name: /^User ?a table for two/ }).waitFor();
  });

  it("shows the widget as it was chosen, with the line to copy", async () => {
    await playground.button("Look").click();
    await playground.page.getByLabel("Language").selectOption("de");
    await playground.page.getByLabel("Title", { exact: true }).fill('A "title"');
    await playground.page.getByLabel("Title", { exact: true }).press("Tab");
    await playground.button("Copy the script tag").click();
    const tag = String(await playground.page.evaluate("navigator.clipboard.readText()"));
    expect(tag).toContain(
      `/widget/demo.js" data-locale="de" data-auto-open="true" data-title="A &quot;title&quot;"`,
    );
    await expect
      .poll(() => playground.page.locator('iframe[title="A page with the widget"]').getAttribute("src"))
      .toContain("data-locale=de");
    await playground.widget.getByPlaceholder("Nachricht").waitFor();
  });

  it("tries another configuration of the widget, and says what is wrong with one", async () => {
    await playground.button("Look").click();
    await playground.page.getByText("The connector's configuration").click();
    const field = playground.page.getByLabel("The connector's widget, as JSON");
    await expect.poll(() => field.inputValue()).toContain('"color": "#0b6b5d"');
    await field.fill('{ "color": "blue" }');
    await playground.button("Try it").click();
    await playground.page.getByText("color: expected a colour such as #0b6b5d").waitFor();
    await field.fill('{ "texts": { "*": { "placeholder": "Ask us anything" } } }');
    await playground.button("Try it").click();
    await playground.widget.getByPlaceholder("Ask us anything").waitFor();
    await playground.button("As configured").click();
    await playground.widget.getByPlaceholder("Write a message").waitFor();
  });

  it("shows every frame both ways, and the handshake without what lets somebody in", async () => {
    const client = await talking();
    client.say("hello");
    await playground.row("up", "USER_MESSAGE").waitFor();
    for (const [look, type] of [
      ["request", "POST /api/v1/access-token"],
      ["request", "POST /api/v1/sessions"],
      ["opened", "connected"],
      ["down", "EVENT_BATCH"],
      ["up", "REQUEST_POLY_AGENT_JOIN"],
    ] as const) {
      await playground.row(look, type).first().waitFor();
    }
    await playground.row("request", "POST /api/v1/sessions").click();
    const payload = playground.page.getByRole("region", { name: "Its payload" });
    const json = JSON.parse((await payload.textContent()) ?? "");
    expect(json.response.session_id).toBe(client.sessionId);
    expect(json.response.resume_token).toBe("…");
  });

  it("filters by words, by words with a minus, and without the noise", async () => {
    const client = await talking();
    await answered("hello", client);
    const filter = playground.page.getByRole("searchbox");
    await filter.fill("user_message -sequence");
    await expect.poll(() => playground.rows.locator(".type").allTextContents()).toEqual(["USER_MESSAGE"]);
    await filter.fill("");
    await playground.row("up", "REQUEST_POLY_AGENT_JOIN").waitFor();
    await playground.page.getByLabel("Quiet").check();
    await expect.poll(() => playground.row("down", "POLY_AGENT_THINKING").count()).toBe(0);
    await filter.fill("no such word");
    await playground.page.getByText("Nothing matches.").waitFor();
  });

  it("is read by keyboard: rows, payloads, and back", async () => {
    await talking();
    await playground.row("up", "REQUEST_POLY_AGENT_JOIN").waitFor();
    const { keyboard } = playground.page;
    await playground.page.getByRole("listbox").focus();
    await keyboard.press("Home");
    const chosen = playground.page
      .getByRole("option", { selected: true })
      .and(playground.page.locator(".row"));
    await expect.poll(() => chosen.getAttribute("aria-posinset")).toBe("1");
    await keyboard.press("ArrowDown");
    await expect.poll(() => chosen.getAttribute("aria-posinset")).toBe("2");
    await keyboard.press("End");
    await expect
      .poll(() => chosen.getAttribute("aria-posinset"))
      .toBe(await playground.rows.first().getAttribute("aria-setsize"));
    await playground.page.getByRole("region", { name: "The chosen frame" }).waitFor();
    await keyboard.press("Escape");
    await playground.page.getByRole("region", { name: "The chosen frame" }).waitFor({ state: "hidden" });
  });

  it("is copied as JSON lines", async () => {
    const client = await talking();
    await answered("hello", client);
    await playground.row("up", "USER_MESSAGE").waitFor();
    await playground.button("Copy these rows as JSON lines").click();
    await playground.page.getByText("Copied").waitFor();
    const text = String(await playground.page.evaluate("navigator.clipboard.readText()"));
    const records = text.split("\n").map((line) => JSON.parse(line));
    const frames = records.filter(({ kind }) => kind === "frame");
    expect(frames.map(({ text: frame }) => JSON.parse(frame).type)).toContain("EVENT_TYPE_USER_MESSAGE");
    expect(new Set(frames.map(({ from }) => from))).toEqual(new Set(["client", "server"]));
    expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
  });

  it("leads from a message to its frames", async () => {
    const client = await talking();
    await answered("menu", client);
    await answered("hello there", client);
    await playground.show("Messages");
    await playground.page.getByRole("button", { name: /^Ada .*hello there/ }).click();
    await playground.page.getByText("Rows of message").waitFor();
    const types = new Set(await playground.rows.locator(".type").allTextContents());
    expect(types).toEqual(new Set(["POLY_AGENT_MESSAGE_CHUNK"]));
    await playground.button("Show all").click();
    await playground.row("up", "REQUEST_POLY_AGENT_JOIN").waitFor();
  });

  it("tells the session's state, and what happened in each turn", async () => {
    const client = await talking();
    client.say("fail now");
    await client.until(() => client.of("EVENT_TYPE_SYSTEM_MESSAGE").length > 0, "the failure");
    await playground.show("Session");
    await playground.page.getByText(client.sessionId, { exact: true }).waitFor();
    await playground.page.getByText("the agent (Ada)").waitFor();
    await playground.page.getByText(/^in \d+:\d\d without a sign of life$/).waitFor();
    await playground.show("Turns");
    const turns = playground.page.locator(".turns li");
    await turns.filter({ hasText: /^Turn 2 · Adafailed/ }).waitFor();
    expect(await turns.first().textContent()).toContain("the script says to fail before the first word");
    await turns.filter({ hasText: /^Turn 1 · Adaansweredgreeting · first word \d+ m?s · end / }).waitFor();
  });

  it("makes faults happen, says which last, and why one cannot be", async () => {
    const client = await talking();
    await playground.button("Restart agent").click();
    await playground.page.getByText(/^The agent has nothing to do/).waitFor();
    await playground.button("Drop").click();
    await client.until(() => client.closed !== null, "the close");
    expect(client.closed).toBe(1006);
    await playground.row("fault", "fault: drop").waitFor();
    await playground.row("closed", "closed 1006").waitFor();
    await client.connect();
    await playground.row("opened", "connected").nth(1).waitFor();
    await playground.page.getByLabel("How it is dropped").selectOption("1012");
    await playground.button("Drop").click();
    await client.until(() => client.closed === 1012, "the close");
    await client.connect();
    await playground.page.getByLabel("For how long, milliseconds").fill("50");
    await playground.button("Delay").click();
    await playground.button("delay · clear").click();
    await playground.row("fault", "faults cleared").waitFor();
    await playground.button("delay · clear").waitFor({ state: "detached" });
    await playground.button("End idle").click();
    await client.until(() => client.of("EVENT_TYPE_SESSION_END").length === 1, "the end");
    await expect.poll(() => playground.button("Drop").isDisabled()).toBe(true);
  });

  it("goes on when the server was killed and started anew, and keeps what it has seen", async () => {
    const client = await talking();
    await playground.row("up", "REQUEST_POLY_AGENT_JOIN").waitFor();
    await server.crash();
    await client.until(() => client.closed !== null, "the close");
    await client.connect({ url: server.url });
    await playground.page
      .getByRole("status")
      .getByText("Live")
      .or(playground.page.getByText("Live"))
      .first()
      .waitFor();
    await playground.row("opened", "connected").nth(1).waitFor();
    await playground.row("up", "REQUEST_POLY_AGENT_JOIN").waitFor();
  });

  it("tells how each kind of client connects", async () => {
    await playground.show("Connect");
    const { host } = new URL(server.url);
    for (const [kind, telling] of [
      ["Widget", `<script src="http://${host}/widget/demo.js" async></script>`],
      ["Browser client", `url: "http://${host}"`],
      ["curl", `"ws://${host}/ws?session_id=`],
      ["iOS kit", `URL(string: "ws://${host}/ws")!`],
      ["Android kit", `URI("http://${host}/api/v1")`],
      ["Your tests", "/playground/sessions/latest/faults"],
    ] as const) {
      await playground.page.getByRole("radio", { name: kind }).check();
      await playground.page
        .getByRole("region", { name: `${kind}: code` })
        .getByText(telling)
        .waitFor();
    }
  });

  it("breaks no rule of accessibility, light and dark, on a computer and a phone", async () => {
    const client = await talking();
    await answered("call me", client);
    const { page } = playground;
    const check = async (what: string) => {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect([what, colorScheme, await playground.violations()]).toEqual([what, colorScheme, []]);
      }
      expect([what, await playground.overflow()]).toEqual([what, 0]);
    };
    await playground.button("Look").click();
    for (const size of [{ width: 1280, height: 800 }, PHONE]) {
      await page.setViewportSize(size);
      for (const tab of size === PHONE ? ["Widget", ...TABS] : TABS) {
        await playground.show(tab);
        if (tab === "Wire") await playground.row("up", "USER_MESSAGE").click();
        if (tab === "Session") await page.getByText(client.sessionId, { exact: true }).waitFor();
        if (tab === "Turns") await page.getByText("Turn 1", { exact: false }).first().waitFor();
        await check(`${tab}, ${size.width} pixels wide`);
      }
    }
  }, 90_000);

  it("begins with the widget on a phone, and the wire is a tap away", async () => {
    await using phone = await Playground.open(browser, server.url, { isPhone: true });
    await phone.widget.getByRole("textbox").waitFor();
    expect(await phone.rows.count()).toBe(0);
    await phone.page.getByRole("tab", { name: "Wire" }).tap();
    await phone.row("down", "POLY_AGENT_MESSAGE_CHUNK").first().waitFor();
    expect(await phone.overflow()).toBe(0);
    expect(phone.complaints).toEqual([]);
  });

  it("draws what is in sight of ten thousand frames, and finds each of them", async () => {
    const client = await talking();
    for (let index = 0; index < 10_000; index += 1) client.send("EVENT_TYPE_HEARTBEAT", { index });
    const last = playground.row("up", "HEARTBEAT").last();
    await expect.poll(async () => Number(await last.getAttribute("aria-setsize"))).toBeGreaterThan(10_000);
    expect(await playground.rows.count()).toBeLessThan(100);
    await playground.page.getByRole("searchbox").fill('"index":4321}');
    await expect.poll(() => playground.rows.count()).toBe(1);
    await playground.page.getByRole("searchbox").fill("");
    await playground.page.getByRole("listbox").focus();
    await playground.page.keyboard.press("Home");
    await playground.row("request", "POST /api/v1/access-token").waitFor();
  });
});
