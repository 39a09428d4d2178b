import type { Browser, BrowserContext, Locator, Page } from "playwright-core";

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
  static async open(browser: Browser, url: string, { isPhone = false } = {}): Promise<Playground> {
    const viewport = isPhone ? { width: 390, height: 844 } : { width: 1280, height: 800 };
    const context = await browser.newContext({ viewport, hasTouch: isPhone, reducedMotion: "reduce" });
    const playground = new Playground(context, await context.newPage());
    playground.#listen(new URL(url).host);
    await playground.page.goto(url);
    return playground;
  }

  #listen(host: string): void {
    this.page.on("pageerror", (error) => this.complaints.push(error.message));
    this.page.on("console", (message) => {
      const isNetwork = /net::|WebSocket|status of/.test(message.text());
      if (message.type() === "error" && !isNetwork) this.complaints.push(message.text());
    });
    this.page.on("request", (request) => {
      const { protocol, host: target } = new URL(request.url());
      if (protocol !== "data:" && target !== host) this.foreignRequests.push(request.url());
    });
  }

  /** What stands in the chat, one text for each message, line or notice. */
  get items(): Locator {
    return this.page.locator("#messages > li");
  }

  get bubbles(): Locator {
    return this.page.locator("#messages .bubble");
  }

  get chips(): Locator {
    return this.page.locator("#chips button");
  }

  get field(): Locator {
    return this.page.getByRole("textbox", { name: "Message" });
  }

  /** The rows of the wire whose type is this one. @param direction `in`, `out`, `http` or `link-event` */
  rows(direction: string, type: string): Locator {
    const exact = this.page.locator(".type", { hasText: new RegExp(`^${type}`) });
    return this.page.locator(`.row.${direction}`).filter({ has: exact });
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** Waits until an item of the chat shows this text. */
  async sees(text: string | RegExp): Promise<Locator> {
    const item = this.items.filter({ hasText: text }).last();
    await item.waitFor();
    return item;
  }

  /** Waits for the state of the connection: `Live`, `Reconnecting`, `Ended` … */
  async reaches(status: string): Promise<void> {
    await this.page.locator("#status", { hasText: status }).waitFor();
  }

  async say(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press("Enter");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#context.close();
  }
}
