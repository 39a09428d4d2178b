import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { useCleanUp } from "../support/clean-up.ts";
import { launchBrowser, missingBrowser } from "./support/browser.ts";
import { DeskProcess } from "./support/desk-process.ts";
import { DeskTab, type DeskTabOptions } from "./support/desk-tab.ts";
import { HostSite, type Visit } from "./support/host-page.ts";

if (missingBrowser !== null) console.warn(`The desk in a browser was left out: ${missingBrowser}`);

describe.skipIf(missingBrowser !== null)("the desk, with a user and people in browsers of their own", () => {
  let browser: Browser;
  let server: DeskProcess;
  let site: HostSite;
  const cleanUp = useCleanUp();
  const complaints: string[] = [];

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), DeskProcess.start()]);
    site = await HostSite.serve(() => server.url);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });
  afterEach(() => {
    expect(complaints.splice(0)).toEqual([]);
  });

  async function atDesk(name: string, options: DeskTabOptions = {}): Promise<DeskTab> {
    const tab = await DeskTab.available(browser, server.url, name, options);
    cleanUp().defer(async () => {
      complaints.push(...tab.complaints);
      await leave(tab);
    });
    return tab;
  }

  /** Ends what is left, so that the next test begins with an empty desk. */
  async function leave(tab: DeskTab): Promise<void> {
    if (tab.page.isClosed()) return;
    await tab.page.keyboard.press("Escape");
    if (await tab.page.locator(".status.available").isVisible()) await tab.status.click();
    while ((await tab.page.locator(".row-button.joined.own").count()) > 0) {
      await tab.page.locator(".row-button.joined.own").first().click();
      await tab.button("End").click();
      await tab.button("End it").click();
      await tab.page.getByText("This conversation has ended.").waitFor();
      await tab.button("Close").click();
    }
    await tab[Symbol.asyncDispose]();
  }

  /** A user who has been greeted, on somebody else's page. */
  async function user(): Promise<Visit> {
    const visit = await site.visit(browser, {}, { deviceScaleFactor: 1 });
    cleanUp().defer(() => visit[Symbol.asyncDispose]());
    await visit.open();
    return visit;
  }

  async function asksForAPerson(visit: Visit): Promise<void> {
    await visit.say("I want a human");
    await visit.sees("I'll see who is free");
  }

  /** What the user reads of people and of the agent, and what they have said, in order. */
  const read = (visit: Visit) =>
    visit.messages.locator(".bubble").evaluateAll((nodes) => nodes.map(({ textContent }) => textContent));

  it("is offered a conversation, takes it by keyboard, and both talk; a note stays at the desk", async () => {
    const robin = await atDesk("Robin");
    const maria = await user();
    await maria.say("A table for two");
    await maria.sees("A table for two");
    await asksForAPerson(maria);
    await robin.page.locator(".row-button.offered.own").waitFor();
    expect(await robin.page.title()).toMatch(/^\(1\)/);
    await robin.accept();
    // From the first word.
    expect((await robin.said())[0]).toMatch(/^agent: /);
    expect(await robin.said()).toContain("user: A table for two");
    await maria.panel.locator(".line").getByText("Robin joined").waitFor();

    await robin.reply.pressSequentially("How **many");
    await maria.panel.locator(".typing").waitFor();
    await robin.reply.fill("");
    await maria.panel.locator(".typing").waitFor({ state: "detached" });
    await robin.say("How **many** people?");
    expect(await (await maria.sees("How many people?")).locator("strong").textContent()).toBe("many");

    await maria.field.pressSequentially("Tw");
    await robin.page.locator(".talk-head .writes").waitFor();
    await maria.say("Two people");
    await robin.message("Two people").waitFor();
    await robin.page.locator(".talk-head .writes").waitFor({ state: "detached" });

    // What stands in one field is in the other one never.
    await robin.reply.fill("half a reply");
    await robin.page.keyboard.press("Alt+i");
    const note = robin.page.getByRole("textbox", { name: "Internal note" });
    expect(await note.inputValue()).toBe("");
    await note.fill("A regular, likes the window");
    await note.press("Enter");
    await robin.page.locator(".note:not(.sending)").filter({ hasText: "the window" }).waitFor();
    await robin.page.keyboard.press("Alt+r");
    expect(await robin.reply.inputValue()).toBe("half a reply");
    await robin.say("The window is yours");
    await maria.sees("The window is yours");
    expect((await read(maria)).join("\n")).not.toMatch(/likes the window|half a reply/);
  });

  it("has canned replies behind a slash, with cards and suggestions beside them", async () => {
    const robin = await atDesk("Robin");
    await robin.button("Menu of Robin").click();
    await robin.page.locator(".menu").getByRole("button", { name: "Canned replies" }).click();
    await robin.button("New reply").click();
    await robin.page.getByLabel("Shortcut, typed behind the /").fill("hello");
    await robin.page.getByLabel(/^Text, Markdown/).fill("Hello{{name}}, this is {{me}}.");
    await robin.button("Save").click();
    await robin.page.locator(".canned-list li").filter({ hasText: "/hello" }).waitFor();
    await robin.page.keyboard.press("Escape");

    const maria = await user();
    await asksForAPerson(maria);
    await robin.accept();
    await robin.reply.pressSequentially("/hel");
    await robin.page.getByRole("option", { name: /hello/ }).waitFor();
    expect(await robin.violations()).toEqual([]);
    await robin.page.keyboard.press("Enter");
    await expect.poll(() => robin.reply.inputValue()).toMatch(/, this is Robin\.$/);
    await robin.button("Cards and suggestions").click();
    await robin.page.getByLabel("Title of a card").fill("Our menu");
    await robin.page.getByLabel("Address of a card or picture").fill("https://example.com/menu");
    await robin.button("Add card").click();
    await robin.page.getByLabel("A suggested reply").fill("Book a table");
    await robin.button("Add suggestion").click();
    await robin.button("Send").click();
    await maria.sees("this is Robin.");
    await maria.panel.locator(".card").filter({ hasText: "Our menu" }).waitFor();
    await maria.panel.getByRole("button", { name: "Book a table" }).click();
    await robin.message("Book a table").waitFor();
  });

  it("passes a conversation to a colleague and back to the agent, and takes it a second time", async () => {
    const robin = await atDesk("Robin");
    const maria = await user();
    await asksForAPerson(maria);
    await robin.accept();
    await robin.say("Robin speaks");
    await maria.sees("Robin speaks");
    const before = (await read(maria)).length;
    const sam = await atDesk("Sam");
    await robin.page.keyboard.press("Alt+t");
    await robin.page.getByRole("combobox", { name: "A queue or a person" }).fill("sam");
    // That Sam is there reaches Robin's page when it does; without it, Enter has nobody to choose.
    await robin.page.locator('[role="option"][aria-selected="true"]').filter({ hasText: "Sam" }).waitFor();
    await robin.page.keyboard.press("Enter");
    await sam.accept();
    expect(await sam.said()).toContain("person: Robin speaks");
    // One speaker at a time.
    await robin.reply.waitFor({ state: "detached" });
    await sam.say("Sam speaks");
    await maria.sees("Sam speaks");
    expect(await read(maria)).toHaveLength(before + 1);

    await sam.page.keyboard.press("Alt+g");
    await sam.page.getByLabel(/What the agent should know/).fill("It is settled");
    await sam.page.keyboard.press("Enter");
    await sam.page.getByText("This conversation is back with the agent.").waitFor();
    await maria.say("And the dessert?");
    await maria.sees(/You said/);

    await asksForAPerson(maria);
    const again = await Promise.any([
      robin.page
        .locator(".row-button.offered.own")
        .waitFor()
        .then(() => robin),
      sam.page
        .locator(".row-button.offered.own")
        .waitFor()
        .then(() => sam),
    ]);
    await again.accept();
    await again.say("Here we are again");
    await maria.sees("Here we are again");
    const texts = await read(maria);
    for (const text of ["Robin speaks", "Sam speaks", "Here we are again", "And the dessert?"]) {
      expect(texts.filter((one) => one === text)).toHaveLength(1);
    }
    await again.page.keyboard.press("Alt+q");
    await again.button("End it").click();
    await maria.panel.locator(".line").getByText("The chat has ended").waitFor();
  });

  it("loses and doubles nothing when both sides load anew, and the server is killed in between", async () => {
    const sam = await atDesk("Sam");
    const maria = await user();
    await asksForAPerson(maria);
    await sam.accept();
    const ours: string[] = [];
    const say = async (text: string) => {
      ours.push(text);
      await sam.say(text);
    };
    await say("one");
    await say("two");
    await sam.reply.fill("not yet said");
    await sam.page.reload();
    await sam.reply.waitFor();
    expect(await sam.reply.inputValue()).toBe("not yet said");
    await say("three");
    await maria.page.reload();
    await maria.launcher.click();
    await maria.sees("three");

    await server.kill();
    await sam.page.getByText("Reconnecting…").waitFor();
    await say("said to nobody");
    await say("and more");
    expect((await sam.said()).slice(-2)).toEqual([
      "undefined: said to nobody (waiting)",
      "undefined: and more (waiting)",
    ]);
    await maria.say("Are you there?");
    await server.restart();
    await maria.sees("and more");
    await sam.message("Are you there?").waitFor();
    await say("four");
    await maria.sees("four");
    await expect
      .poll(async () => (await sam.said()).filter((text) => text.endsWith("(waiting)")))
      .toEqual([]);

    const desk = (await sam.said()).filter((text) => text.startsWith("person: "));
    expect(desk).toEqual(ours.map((text) => `person: ${text}`));
    const seen = (await read(maria)).filter((text) => ours.includes(text ?? ""));
    expect(seen).toEqual(ours);
    expect((await read(maria)).filter((text) => text === "Are you there?")).toHaveLength(1);
  });

  it("keeps a conversation for a person whose browser died, then offers it to the next", async () => {
    const robin = await atDesk("Robin");
    const maria = await user();
    await asksForAPerson(maria);
    await robin.accept();
    await robin.say("One moment");
    await maria.sees("One moment");
    const sam = await atDesk("Sam");
    await robin[Symbol.asyncDispose]();
    await maria.say("Hello?");
    await sam.page.locator(".row-button.joined").filter({ hasText: "Hello?" }).waitFor();
    await server.skip(61_000);
    await sam.accept();
    expect(await sam.said()).toEqual(expect.arrayContaining(["person: One moment", "user: Hello?"]));
    await sam.say("I am here now");
    await maria.sees("I am here now");
    expect((await read(maria)).filter((text) => text === "One moment")).toHaveLength(1);
  });
});
