import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { violationsIn } from "./axe.ts";

export interface DeskTabOptions {
  isPhone?: boolean;
  isDark?: boolean;
  /** Pixels of the screen for one of the page; pictures take two. */
  scale?: number;
  /** Before anything is loaded. */
  prepare?: (page: Page) => Promise<void>;
}

/** The desk in a browser of its own, as a person uses it. */
export class DeskTab implements AsyncDisposable {
  readonly page: Page;
  readonly #context: BrowserContext;
  /** What the browser complained about: errors of the script, and what the page's policy forbade. */
  readonly complaints: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
  }

  static async open(browser: Browser, url: string, options: DeskTabOptions = {}): Promise<DeskTab> {
    const { isPhone = false, isDark = false, scale = 1, prepare } = options;
    const context = await browser.newContext({
      viewport: isPhone ? { width: 390, height: 844 } : { width: 1360, height: 850 },
      colorScheme: isDark ? "dark" : "light",
      hasTouch: isPhone,
      isMobile: isPhone,
      reducedMotion: "reduce",
      deviceScaleFactor: scale,
    });
    const tab = new DeskTab(context, await context.newPage());
    tab.page.on("pageerror", (error) => tab.complaints.push(error.message));
    tab.page.on("console", (message) => {
      const isNetwork = /net::|WebSocket|status of/.test(message.text());
      if (message.type() === "error" && !isNetwork) tab.complaints.push(message.text());
    });
    await prepare?.(tab.page);
    await tab.page.goto(`${url}/desk`);
    return tab;
  }

  /** Signs in with a click, as one does in development, and takes conversations. */
  static async available(
    browser: Browser,
    url: string,
    name: string,
    options: DeskTabOptions = {},
  ): Promise<DeskTab> {
    const tab = await DeskTab.open(browser, url, options);
    await tab.page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
    await tab.status.click();
    await tab.page.locator(".status.available").waitFor();
    return tab;
  }

  get status(): Locator {
    return this.page.getByRole("switch", { name: "Available for conversations" });
  }

  get rows(): Locator {
    return this.page.locator(".row-button");
  }

  /** Where a reply is written. */
  get reply(): Locator {
    return this.page.getByRole("textbox", { name: /^Reply to/ });
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** What was said and noted in the open conversation, in order, each with who said it. */
  said(): Promise<string[]> {
    return this.page.locator(".items > :is(.message, .note)").evaluateAll((nodes) =>
      nodes.map((node) => {
        const element = node as unknown as {
          className: string;
          dataset: { author?: string };
          querySelector(selector: string): { textContent: string } | null;
        };
        const text = element.querySelector(".bubble, .markdown")?.textContent ?? "";
        const isWaiting = element.className.includes("sending") ? " (waiting)" : "";
        return `${element.className.includes("note") ? "note" : element.dataset.author}: ${text}${isWaiting}`;
      }),
    );
  }

  message(text: string): Locator {
    return this.page.locator(".message:not(.sending)").filter({ hasText: text });
  }

  async say(text: string): Promise<void> {
    await this.reply.fill(text);
    await this.reply.press("Enter");
  }

  /** Accepts what is offered, by the keyboard. */
  async accept(): Promise<void> {
    await this.page.locator(".row-button.offered.own").waitFor();
    await this.page.keyboard.press("Alt+n");
    await this.reply.waitFor();
  }

  /** Rules of WCAG that are broken. */
  violations(): Promise<string[]> {
    return violationsIn(this.page);
  }

  /** How much wider the page is than its window, pixels. */
  overflow(): Promise<number> {
    return this.page.evaluate("document.documentElement.scrollWidth - innerWidth");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#context.close();
  }
}
