import type { Browser } from "playwright-core";
import { configuredServer } from "../../support/server.ts";
import { launchBrowser } from "./browser.ts";
import { HostSite } from "./host-page.ts";
import { Gate, OPERATOR_KEY, shopConfig } from "./shop.ts";

/** A shop's site, the server of its chat on another origin, and a browser to look at it. */
export class ShopWorld implements AsyncDisposable {
  readonly browser: Browser;
  readonly site: HostSite;
  /** Where the server is. */
  readonly url: string;
  readonly gate: Gate;
  readonly #server: AsyncDisposable;

  private constructor(
    browser: Browser,
    site: HostSite,
    server: { url: string } & AsyncDisposable,
    gate: Gate,
  ) {
    this.browser = browser;
    this.site = site;
    this.url = server.url;
    this.gate = gate;
    this.#server = server;
  }

  static async open(): Promise<ShopWorld> {
    const gate = new Gate();
    let url = "";
    const [browser, site] = await Promise.all([launchBrowser(), HostSite.serve(() => url)]);
    const server = await configuredServer(shopConfig(site.url, gate));
    url = server.url;
    return new ShopWorld(browser, site, server, gate);
  }

  /** The newest session, as operators see it. */
  async newestSession(): Promise<Record<string, unknown>> {
    const { sessions } = await this.#read("");
    return sessions[0];
  }

  /** The events of the newest session, as its client gets them. */
  async newestEvents(): Promise<{ type: string; metadata?: { custom: object } }[]> {
    const { session_id } = await this.newestSession();
    return (await this.#read(`/${session_id}/events`)).events;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the answers are those of docs/operations.md
  async #read(path: string): Promise<any> {
    const headers = { Authorization: `Bearer ${OPERATOR_KEY}` };
    return (await fetch(`${this.url}/api/v1/sessions${path}`, { headers })).json();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.site[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}
