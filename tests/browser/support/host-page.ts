import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  FrameLocator,
  Locator,
  Page,
} from "playwright-core";
import type { WebchatAPI } from "../../../packages/web/src/widget/api.ts";
import { PICTURES } from "./shop.ts";

/** The policy that docs/widget.md asks a page for, and not a word more. */
export const policyOf = (server: string): string =>
  `default-src 'none'; script-src 'self' ${server}; connect-src ${server}; frame-src ${server}; ` +
  "style-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** What the page of these tests has: the API, and what it was told. */
export interface HostWindow {
  WebchatAPI: WebchatAPI;
  told: [name: string, event: unknown][];
}

/** What a page does before the widget's script has come: the stub of docs/widget.md, and handlers through it. */
const SCRIPT = `
window.WebchatAPI ??= new Proxy({ queue: [] }, {
  get: (stub, name) => stub[name] ?? ((...args) =>
    new Promise((resolve, reject) => stub.queue.push([name, args, resolve, reject]))),
});
window.told = [];
for (const name of ["onReady", "onOpen", "onClosed", "onMessageSent", "onMessageReceived", "onSessionEnded", "onError",
  "onContextSet", "onContextFailed"]) {
  WebchatAPI[name]((event) => told.push([name, event instanceof Error ? { code: event.code, message: event.message } : event]));
}
addEventListener("securitypolicyviolation", (event) => told.push(["violation", event.violatedDirective + " " + event.blockedURI]));
`;

const STYLE = `
body { margin: 0; padding: 48px; font: 18px/1.6 Georgia, serif; color: #222; background: #f7f2e8; max-width: 62ch; }
body.dark { color: #ddd; background: #0c0d0f; }
button { background: lime !important; border-radius: 0 !important; }
svg { display: none }
iframe, dialog { border: 9px solid red; }
`;

export interface HostOptions {
  /** Of the widget's script element. */
  attributes?: Record<string, string>;
  lang?: string;
  dir?: "rtl" | "ltr";
  isDark?: boolean;
  /** In place of the one of docs/widget.md. */
  policy?: string;
  token?: string;
}

/** A site of somebody else's, on another origin than the server's, under a strict policy. */
export class HostSite implements AsyncDisposable {
  readonly url: string;
  readonly #close: () => Promise<void>;
  readonly #options: { current: HostOptions };

  private constructor(url: string, options: { current: HostOptions }, close: () => Promise<void>) {
    this.url = url;
    this.#options = options;
    this.#close = close;
  }

  /** @param serverOf where the widget comes from; asked at each request */
  static async serve(serverOf: () => string): Promise<HostSite> {
    const options: { current: HostOptions } = { current: {} };
    const http = createServer(({ url = "" }, response) => {
      const {
        attributes = {},
        lang = "en",
        dir = "ltr",
        isDark = false,
        policy,
        token = "demo",
      } = options.current;
      const server = serverOf();
      const send = (type: string, text: string) => {
        response.setHeader("Content-Type", `text/${type}; charset=utf-8`);
        response.end(text);
      };
      if (url === "/page.js") return send("javascript", SCRIPT);
      if (url === "/page.css") return send("css", STYLE);
      const picture = PICTURES[url];
      if (picture !== undefined) {
        response.setHeader("Content-Type", "image/svg+xml");
        return response.end(picture);
      }
      response.setHeader("Content-Security-Policy", policy ?? policyOf(server));
      const written = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`);
      return send(
        "html",
        `<!doctype html><html lang="${lang}" dir="${dir}"><head><title>The Corner Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<link rel="stylesheet" href="/page.css"><script src="/page.js"></script>
<script src="${server}/widget/${token}.js" async ${written.join(" ")}></script></head>
<body class="${isDark ? "dark" : ""}"><main><h1>The Corner Shop</h1><p>Open from eight to eight. Bread at seven.</p>
<p><a href="#offers">See the offers</a></p></main></body></html>`,
      );
    });
    await new Promise<void>((resolve) => http.listen(0, "localhost", resolve));
    const close = () =>
      new Promise<void>((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      });
    return new HostSite(`http://localhost:${(http.address() as AddressInfo).port}`, options, close);
  }

  /** Opens it in a browser of its own, with nothing remembered. */
  async visit(
    browser: Browser,
    options: HostOptions = {},
    { isPhone = false, ...context }: { isPhone?: boolean } & BrowserContextOptions = {},
  ): Promise<Visit> {
    this.#options.current = options;
    const viewport = isPhone ? { width: 390, height: 844 } : { width: 1280, height: 800 };
    const opened = await browser.newContext({
      viewport,
      hasTouch: isPhone,
      isMobile: isPhone,
      reducedMotion: "reduce",
      ...context,
    });
    return Visit.open(opened, this.url);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

/** Somebody's visit to the site. */
export class Visit implements AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained about. */
  readonly complaints: string[] = [];
  /** Every host that was asked for anything. */
  readonly hosts = new Set<string>();

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
  }

  static async open(context: BrowserContext, url: string): Promise<Visit> {
    const visit = new Visit(context, await context.newPage());
    visit.page.on("pageerror", (error) => visit.complaints.push(error.message));
    visit.page.on("console", (message) => {
      if (message.type() === "error") visit.complaints.push(message.text());
    });
    visit.page.on("request", (request) => visit.hosts.add(new URL(request.url()).host));
    await visit.page.goto(url);
    await visit.told("onReady");
    return visit;
  }

  /** A second tab of the same browser. */
  another(): Promise<Visit> {
    return Visit.open(this.context, this.page.url());
  }

  get panel(): FrameLocator {
    return this.page.frameLocator("#parley-widget iframe");
  }

  get launcher(): Locator {
    return this.page.locator("#parley-widget .icon");
  }

  get field(): Locator {
    return this.panel.getByRole("textbox");
  }

  get messages(): Locator {
    return this.panel.locator(".message");
  }

  /** Opens the panel, and waits for the greeting. */
  async open(): Promise<void> {
    await this.launcher.click();
    await this.panel.locator(".suggestions").waitFor();
  }

  async say(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press("Enter");
  }

  /** Says so many things in a row, and waits for the last answer. */
  async ask(count: number): Promise<void> {
    await this.page.evaluate(async (total) => {
      const { WebchatAPI: api } = globalThis as unknown as HostWindow;
      const numbers = Array.from({ length: total }, (_, index) => index + 1);
      await Promise.all(numbers.map((number) => api.sendMessage(`Question ${number}`)));
    }, count);
    await this.sees(`You said: Question ${count}`);
  }

  async sees(text: string | RegExp): Promise<Locator> {
    const found = this.messages.filter({ hasText: text }).last();
    await found.waitFor();
    return found;
  }

  /** Calls the API in the page. @returns what it resolved with, or the code it was rejected with */
  call(name: keyof WebchatAPI, ...args: unknown[]): Promise<unknown> {
    return this.page.evaluate(
      async ([method, values]) => {
        const api = (globalThis as unknown as HostWindow).WebchatAPI;
        try {
          return await (api[method] as (...args: unknown[]) => unknown)(...values);
        } catch (error) {
          return `rejected: ${(error as { code?: string }).code ?? error}`;
        }
      },
      [name, args] as const,
    );
  }

  /** Waits until the page was told something, and gives the last such. */
  async told(name: string): Promise<unknown> {
    await this.page.waitForFunction(
      (wanted) => (globalThis as unknown as HostWindow).told.some(([one]) => one === wanted),
      name,
    );
    return (await this.allTold(name)).at(-1);
  }

  /** Everything of this name that the page was told so far. */
  allTold(name: string): Promise<unknown[]> {
    return this.page.evaluate(
      (wanted) =>
        (globalThis as unknown as HostWindow).told
          .filter(([one]) => one === wanted)
          .map(([, event]) => event),
      name,
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.context.close();
  }
}
