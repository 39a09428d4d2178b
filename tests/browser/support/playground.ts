import type { Browser, BrowserContext, FrameLocator, Locator, Page } from "playwright-core";
import { violationsIn } from "./axe.ts";

/** The playground in a tab of its own, with nothing remembered, as a person sees it. */
export class Playground implements AsyncDisposable {
  readonly page: Page;
  /** What the browser complained about: errors of the script, and what the page's policy forbade. */
  readonly complaints: string[] = [];
  /** Every request that did not go to the server of the page. */
  readonly foreignRequests: string[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
  }

  /** @param isPhone a touch screen of 390 by 844 pixels */
  static async open(
    browser: Browser,
    url: string,
    { isPhone = false, isDark = false } = {},
  ): Promise<Playground> {
    const viewport = isPhone ? { width: 390, height: 844 } : { width: 1280, height: 800 };
    const colorScheme = isDark ? "dark" : "light";
    const context = await browser.newContext({
      viewport,
      colorScheme,
      hasTouch: isPhone,
      reducedMotion: "reduce",
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const playground = new Playground(context, await context.newPage());
    playground.#listen(new URL(url).host);
    await playground.page.goto(url);
    return playground;
  }

  #listen(host: string): void {
    this.page.on("pageerror", (error) => this.complaints.push(error.message));
    this.page.on("console", (message) => {
      const isNetwork = /net::|WebSocket|status of|EventSource/.test(message.text());
      if (message.type() === "error" && !isNetwork) this.complaints.push(message.text());
    });
    this.page.on("request", (request) => {
      const { protocol, host: target } = new URL(request.url());
      if (protocol !== "data:" && target !== host) this.foreignRequests.push(request.url());
    });
  }

  /** The panel of the widget, in its frame on the page in the frame. */
  get widget(): FrameLocator {
    return this.page.frameLocator('iframe[title="A page with the widget"]').frameLocator("iframe");
  }

  /** The rows of the wire that are drawn. */
  get rows(): Locator {
    return this.page.getByRole("option").and(this.page.locator(".row"));
  }

  /** The drawn rows of a type. @param look `up` and `down` for frames, else the kind of a record */
  row(look: string, type: string): Locator {
    return this.page.locator(`.row.${look}`, { has: this.page.getByText(type, { exact: true }) });
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  async show(tab: string): Promise<void> {
    await this.page.getByRole("tab", { name: tab }).click();
  }

  /** Follows one session. */
  async pick(session: string): Promise<void> {
    const picker = this.page.getByRole("combobox", { name: "Session" });
    await picker.locator(`option[value="${session}"]`).waitFor({ state: "attached" });
    await picker.selectOption(session);
  }

  /** Rules of WCAG that are broken in the playground itself; the widget's page is looked at by its own tests. */
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
