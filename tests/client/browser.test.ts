import { functionAgent } from "@parley/server";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle, serve } from "../../examples/serve.ts";
import { launchBrowser, missingBrowser } from "../browser/support/browser.ts";
import { TcpProxy } from "../chaos/proxy.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { configuredServer } from "../support/server.ts";
import { cutOpen, HASTY } from "./support/cuts.ts";
import { echoConfig } from "./support/echo-agent.ts";

type Client = typeof import("@parley/client");

/** What the pages of these tests keep between two calls. */
interface Held {
  parley: Client;
  chat: InstanceType<Client["Conversation"]>;
}

if (missingBrowser !== null) console.warn(`The client in a browser was left out: ${missingBrowser}`);

const cleanUp = useCleanUp();

describe.skipIf(missingBrowser !== null)("the client in a browser", () => {
  let browser: Browser;
  let module = "";
  beforeAll(async () => {
    const entry = new URL("../../packages/client/src/index.ts", import.meta.url).pathname;
    [browser, module] = await Promise.all([launchBrowser(), bundle(entry)]);
  });
  afterAll(() => browser?.close());

  /** An empty page with the client in `parley`. */
  async function open(): Promise<Page> {
    const html =
      '<!doctype html><script type="module">import * as parley from "/main.js"; Object.assign(globalThis, { parley });</script>';
    const pages = await serve(html, module, 0);
    cleanUp().defer(
      () =>
        new Promise<void>((resolve) => {
          pages.close(() => resolve());
          pages.closeAllConnections();
        }),
    );
    const address = pages.address();
    const context = await browser.newContext();
    cleanUp().defer(() => context.close());
    const page = await context.newPage();
    await page.goto(`http://localhost:${typeof address === "object" ? address?.port : ""}`);
    await page.waitForFunction(() => "parley" in globalThis);
    return page;
  }

  async function throughProxy(config: object, plan?: typeof cutOpen): Promise<TcpProxy> {
    const server = cleanUp().use(await configuredServer(config));
    const port = Number(new URL(server.url).port);
    return cleanUp().use(await TcpProxy.start({ target: () => port, seed: 5, ...(plan && { plan }) }));
  }

  it("delivers 1,000 messages of 50 clients once and in order, though connections are cut", async () => {
    const proxy = await throughProxy(echoConfig, cutOpen);
    const page = await open();
    const seen = await page.evaluate(
      ({ url, timings }) => {
        const { Conversation, memoryStorage } = (globalThis as unknown as Held).parley;
        return Promise.all(
          Array.from({ length: 50 }, () => {
            const chat = new Conversation({
              url,
              connectorToken: "demo",
              host: "localhost",
              storage: memoryStorage(),
              maxReconnects: Number.POSITIVE_INFINITY,
              environment: { timings },
            });
            for (let index = 1; index <= 20; index++) chat.send(`message ${index}`);
            chat.start();
            return new Promise<string[][]>((resolve) => {
              const stop = chat.subscribe(() => {
                const { messages } = chat.getSnapshot();
                if (
                  !messages.some(({ text, state }) => state === "complete" && text.includes("<message 20>"))
                )
                  return;
                stop();
                chat.stop();
                const texts = (who: string) =>
                  messages.filter(({ author }) => author === who).map(({ text }) => text);
                resolve([texts("user"), texts("agent")]);
              });
            });
          }),
        );
      },
      { url: `http://localhost:${proxy.port}`, timings: HASTY },
    );
    const said = Array.from({ length: 20 }, (_, index) => `message ${index + 1}`);
    for (const [mine, theirs] of seen) {
      expect(mine).toEqual(said);
      // What waited is answered in one message.
      expect(theirs?.join("")).toBe(["Hello.", ...said.map((text) => `You said <${text}>.`)].join(""));
    }
    expect(seen).toHaveLength(50);
    // Some were cut, or this has shown nothing.
    expect(proxy.connections).toBeGreaterThan(50);
  }, 120_000);

  it("goes on by itself after the lid was closed: frozen, the network gone without a word, thawed", async () => {
    const isFrozen = Promise.withResolvers<void>();
    const isAnswered = Promise.withResolvers<void>();
    const agent = functionAgent({
      name: "Echo",
      respond: async function* ({ reason, messages }) {
        if (reason === "greeting") yield "Hello.";
        for (const { text } of messages) {
          if (text === "before") await isFrozen.promise;
          yield `You said <${text}>.`;
          isAnswered.resolve();
        }
      },
    });
    const config = { log: "warn", connectors: [{ id: "demo", token: "demo", hosts: ["localhost"], agent }] };
    const proxy = await throughProxy(config);
    const page = await open();
    await page.clock.install();
    const cdp = await page.context().newCDPSession(page);
    await page.evaluate((url) => {
      const held = globalThis as unknown as Held;
      held.chat = new held.parley.Conversation({ url, connectorToken: "demo", host: "localhost" });
      held.chat.start();
    }, `http://localhost:${proxy.port}`);
    const texts = () =>
      page.evaluate(() =>
        (globalThis as unknown as Held).chat
          .getSnapshot()
          .messages.map(({ text, state }) => `${text} ${state}`),
      );
    // Whether the agent greets before or behind the first words is not for this test to say.
    await expect.poll(texts).toContain("Hello. complete");
    await page.evaluate(() => (globalThis as unknown as Held).chat.send("before"));
    await expect.poll(texts).toContain("before sent");

    await cdp.send("Page.setWebLifecycleState", { state: "frozen" });
    for (const link of proxy.links) link.silence();
    isFrozen.resolve();
    await isAnswered.promise;
    await cdp.send("Page.setWebLifecycleState", { state: "active" });
    // An hour has passed: what fell due meanwhile runs once, and late.
    await page.clock.fastForward("01:00:00");
    await page.clock.runFor(10_000);

    await expect.poll(texts).toContain("You said <before>. complete");
    await page.evaluate(() => (globalThis as unknown as Held).chat.send("after"));
    await expect
      .poll(texts)
      .toEqual([
        "Hello. complete",
        "before sent",
        "You said <before>. complete",
        "after sent",
        "You said <after>. complete",
      ]);
    expect(
      await page.evaluate(() => (globalThis as unknown as Held).chat.getSnapshot().connection.state),
    ).toBe("open");
  }, 60_000);

  it("remembers a conversation in localStorage: another tab shows it, and both hear what is said", async () => {
    const proxy = await throughProxy(echoConfig);
    const first = await open();
    const begin = (page: Page) =>
      page.evaluate((url) => {
        const held = globalThis as unknown as Held;
        held.chat = new held.parley.Conversation({ url, connectorToken: "demo", host: "localhost" });
        held.chat.start();
      }, `http://localhost:${proxy.port}`);
    const texts = (page: Page) =>
      page.evaluate(() =>
        (globalThis as unknown as Held).chat.getSnapshot().messages.map(({ text }) => text),
      );
    await begin(first);
    await expect.poll(() => texts(first)).toEqual(["Hello."]);
    await first.evaluate(() => (globalThis as unknown as Held).chat.send("one"));
    await expect.poll(() => texts(first)).toContain("You said <one>.");
    const second = await first.context().newPage();
    await second.goto(first.url());
    await second.waitForFunction(() => "parley" in globalThis);
    await begin(second);
    await expect.poll(() => texts(second)).toEqual(["Hello.", "one", "You said <one>."]);
    await second.evaluate(() => (globalThis as unknown as Held).chat.send("two"));
    await expect
      .poll(() => texts(first))
      .toEqual(["Hello.", "one", "You said <one>.", "two", "You said <two>."]);
    const kept = await first.evaluate("JSON.stringify(localStorage)");
    expect(kept).not.toMatch(/eyJ/);
  });
});
