import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useCleanUp } from "../support/clean-up.ts";
import { launchBrowser, missingBrowser } from "./support/browser.ts";
import { DeskTab, type DeskTabOptions } from "./support/desk-tab.ts";
import { DeskWorld, type DeskWorldOptions, OPEN } from "./support/desk-world.ts";
import { type RunningServer, startServer } from "./support/start-server.ts";

if (missingBrowser !== null) console.warn(`The states of the desk were left out: ${missingBrowser}`);

const DIALOGS = [
  ["t", "Transfer"],
  ["g", "Give back to the agent"],
  ["q", "End the conversation?"],
  ["/", "Keyboard shortcuts"],
] as const;

describe.skipIf(missingBrowser !== null)("the desk's page", () => {
  let browser: Browser;
  let server: RunningServer;
  const cleanUp = useCleanUp();

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startServer()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });

  async function desk(options: DeskTabOptions = {}, how: DeskWorldOptions = {}) {
    const world = new DeskWorld(how);
    const tab = cleanUp().use(
      await DeskTab.open(browser, server.url, { prepare: world.prepare, ...options }),
    );
    await tab.page.locator(".desk").waitFor();
    return { world, tab };
  }

  /** A state in which nothing is wrong for anybody, and nothing is cut off. */
  async function isFine(tab: DeskTab, state: string): Promise<void> {
    expect({ state, violations: await tab.violations(), overflow: await tab.overflow() }).toEqual({
      state,
      violations: [],
      overflow: 0,
    });
  }

  it("lets in who is known, says what is wrong, and lets out", async () => {
    const tab = cleanUp().use(await DeskTab.open(browser, server.url));
    await tab.page.getByLabel("Login or e-mail").fill("robin");
    await isFine(tab, "sign-in");
    await tab.page.getByLabel("Password").fill("no such password");
    await tab.button("Sign in").click();
    await tab.page.getByText("Login or password is wrong.").waitFor();
    await isFine(tab, "wrong password");
    await tab.page.goto(`${server.url}/desk?problem=unknown_account`);
    await tab.page.getByText("You have no account at this desk.").waitFor();
    expect(new URL(tab.page.url()).search).toBe("");
    await tab.page.getByRole("button", { name: /^Sam/ }).click();
    await tab.page.getByText("Nobody waits.").waitFor();
    await tab.button("Menu of Sam").click();
    await isFine(tab, "menu");
    await tab.button("Sign out").click();
    await tab.page.getByLabel("Login or e-mail").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it.each([
    { isPhone: false, isDark: false },
    { isPhone: true, isDark: true },
  ])("is fine in every state: %j", async (options) => {
    const { tab, world } = await desk(options);
    const { page } = tab;
    await tab.rows.first().waitFor();
    await isFine(tab, "list");
    await page.getByText("Maria López").first().click();
    await page.locator(".note").waitFor();
    await isFine(tab, "conversation");
    await page.keyboard.press("Alt+i");
    await isFine(tab, "note");
    await page.keyboard.press("Alt+r");
    await tab.reply.fill("**One** moment");
    await tab.button("Preview").click();
    await tab.button("Cards and suggestions").click();
    await isFine(tab, "preview, cards and suggestions");
    // The same on a phone but for the width, which one of them shows.
    for (const [key, name] of options.isPhone ? DIALOGS.slice(0, 1) : DIALOGS) {
      await page.keyboard.press(`Alt+${key}`);
      await page.getByRole("dialog", { name }).waitFor();
      await isFine(tab, name);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    if (options.isPhone) {
      await tab.button("Details").click();
      await page.getByText("C-20871").waitFor();
      await isFine(tab, "details");
      await tab.button("Back to the conversation").click();
      await tab.button("Back to the list").click();
    }
    await page.getByText("Amara Nwosu").first().click();
    await tab.button("Decline").waitFor();
    await isFine(tab, "offer");
    await page.keyboard.press("Alt+o");
    await page.locator(".outcomes").waitFor();
    await isFine(tab, "overview");
    await page.getByRole("button", { name: "Watch at Chen Wei" }).click();
    await tab.button("Take it over").waitFor();
    await isFine(tab, "watching");
    world.changes({ ...OPEN, handoff: "other", session: "other", person: null, state: "waiting" });
    await page.keyboard.press("Alt+1");
    await page.keyboard.press("Alt+2");
    await page.keyboard.press("Alt+1");
    await tab.say("Too late");
    await expect.poll(() => world.commands.some(({ type }) => type === "say")).toBe(true);
    for (const command of world.commands) if (command.type === "say") world.refuses(command.key);
    await page.getByText("You do not have this conversation").waitFor();
    world.ends(OPEN.handoff);
    await page.getByText("The user has ended this conversation.").waitFor();
    await isFine(tab, "refused, and over");
    expect(tab.complaints).toEqual([]);
  });

  it("has five hundred conversations in the list, and draws those in sight", async () => {
    const { tab, world } = await desk({}, { waiting: 500 });
    await tab.rows.first().waitFor();
    const drawn = () => tab.rows.count();
    expect(await drawn()).toBeLessThan(40);
    await tab.rows.first().focus();
    for (const key of ["ArrowDown", "ArrowDown", "PageDown", "End"]) await tab.page.keyboard.press(key);
    // The last one is somebody else's, behind all who wait.
    await expect.poll(() => tab.page.evaluate("document.activeElement.textContent")).toContain("Chen Wei");
    expect(await drawn()).toBeLessThan(40);
    for (const key of ["ArrowUp", "ArrowUp"]) await tab.page.keyboard.press(key);
    await expect.poll(() => tab.page.evaluate("document.activeElement.textContent")).toContain("User 499");
    await tab.page.keyboard.press("Enter");
    await tab.page.getByRole("heading", { name: "User 499" }).waitFor();
    // What is far away changes, and nothing jumps.
    const at = () => tab.page.locator(".list-scroller").evaluate(({ scrollTop }) => scrollTop);
    const before = await at();
    world.changes({ ...OPEN, user_messages: 9 });
    await expect.poll(() => tab.page.title()).toMatch(/^\(\d+\)/);
    expect(await at()).toBe(before);
    await isFine(tab, "five hundred");
    await tab.button("Filter the list").click();
    await tab.page.getByRole("searchbox", { name: "Words in the conversations" }).fill("User 321");
    await expect.poll(() => tab.page.locator(".row-head").allTextContents()).toContain("Waiting1");
    await isFine(tab, "filter");
  });

  it("says that the connection is lost, and keeps what is written", async () => {
    const { tab, world } = await desk();
    await tab.page.getByText("Maria López").first().click();
    await tab.reply.waitFor();
    await world.breaks(tab.page);
    await tab.page.getByText("The connection is lost.").waitFor();
    await tab.say("Into the void");
    await tab.page.getByText("(1 waiting)").waitFor();
    await isFine(tab, "lost");
    await tab.page.reload();
    await tab.page
      .getByText(/Reconnecting…|Connecting…/)
      .first()
      .waitFor();
    const kept = await tab.page.evaluate("JSON.stringify({ ...sessionStorage })");
    expect(kept).toContain("Into the void");
  });

  it("is empty, and says so", async () => {
    const { tab } = await desk({}, { isEmpty: true });
    await tab.page.getByText("Nobody waits.").waitFor();
    await isFine(tab, "empty");
  });
});
