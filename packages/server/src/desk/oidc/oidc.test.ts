import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Hono } from "hono";
import Provider from "oidc-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { correlate } from "../../gateway/http/correlation.ts";
import { silentLogger } from "../../logger.ts";
import { ManualClock } from "../../testing/manual-clock.ts";
import { MemoryJournal } from "../../testing/memory-journal.ts";
import { Accounts } from "../accounts/accounts.ts";
import { SignIns } from "../accounts/sign-ins.ts";
import type { DeskEnv } from "../http/deps.ts";
import { deskRoutes } from "../http/routes.ts";
import { OidcDoor, type OidcSettings } from "./oidc.ts";

const PUBLIC_URL = "http://desk.example";
const CLIENT = { clientId: "parley", clientSecret: "a secret between the two of them" };

/** Whom the issuer knows; by the name that is typed into its form. */
const PEOPLE: Record<string, { email?: string; email_verified?: boolean; name?: string; picture?: string }> =
  {
    ada: { email: "Ada@Example.com", email_verified: true, name: "Ada Lovelace" },
    grace: {
      email: "grace@example.com",
      email_verified: true,
      name: "Grace Hopper",
      picture: "https://p.example/g",
    },
    eve: { email: "ada@example.com", email_verified: false },
    noone: {},
  };

let issuer: string;
let server: Server;

beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [`${PUBLIC_URL}/desk/api/oidc/callback`],
      },
    ],
    claims: { email: ["email", "email_verified"], profile: ["name", "picture"] },
    cookies: { keys: ["a key for tests"] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...PEOPLE[id] }),
    }),
  });
  server.on("request", provider.callback());
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

async function desk(changes: Partial<OidcSettings> = {}) {
  const clock = new ManualClock();
  const journal = new MemoryJournal();
  const accounts = await Accounts.load(journal);
  const signIns = await SignIns.load(journal, accounts, clock, 3_600_000);
  const settings = { ...CLIENT, issuer, label: "Example", domains: [], trustEmail: false, ...changes };
  const oidc = new OidcDoor(settings, PUBLIC_URL, clock);
  const app = new Hono<DeskEnv>();
  app.use(correlate(randomUUID));
  app.route(
    "/desk/api",
    deskRoutes({
      accounts,
      signIns,
      oidc,
      development: [],
      publicUrl: PUBLIC_URL,
      journal,
      clock,
      logger: silentLogger,
    }),
  );
  return { app, accounts, signIns, clock };
}

type Desk = Awaited<ReturnType<typeof desk>>;

/** A browser, as far as it matters: it keeps cookies for each site, follows redirects, and fills in the issuer's forms. */
class Browser {
  readonly #jars = new Map<string, Map<string, string>>();
  readonly #desk: Desk;
  readonly #person: string;

  constructor(to: Desk, person: string) {
    this.#desk = to;
    this.#person = person;
  }

  /** Goes somewhere, and on until it is back at the desk's page or in front of it. @returns where it ended */
  async visit(start: string, stopAt = "\0"): Promise<string> {
    let url = new URL(start);
    for (let step = 0; step < 20; step += 1) {
      if (url.href.includes(stopAt)) return url.href;
      const response = await this.#fetch(url);
      const next = response.headers.get("Location");
      if (next !== null) url = new URL(next, url);
      else {
        const form = await response.text();
        const action = /action="([^"]+)"/.exec(form)?.[1];
        if (action === undefined) return url.href;
        url = await this.#submit(new URL(action, url), /name="prompt" value="(\w+)"/.exec(form)?.[1]);
      }
      if (url.origin === PUBLIC_URL && url.pathname === "/desk") return url.href;
    }
    throw new Error("there is no end of redirects");
  }

  cookie(name: string): string | undefined {
    return this.#jars.get(PUBLIC_URL)?.get(name);
  }

  async #submit(url: URL, prompt = ""): Promise<URL> {
    const body = new URLSearchParams({ prompt, login: this.#person, password: "any" });
    const response = await this.#fetch(url, { method: "POST", body });
    return new URL(response.headers.get("Location") ?? "", url);
  }

  async #fetch(url: URL, init: RequestInit = {}): Promise<Response> {
    const jar = this.#jars.get(url.origin) ?? new Map<string, string>();
    this.#jars.set(url.origin, jar);
    const headers = { Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") };
    const response =
      url.origin === PUBLIC_URL
        ? await this.#desk.app.request(url.href, { headers })
        : await fetch(url, { ...init, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      const [name = "", value = ""] = pair.split("=", 2);
      if (/Max-Age=0|Expires=Thu, 01 Jan 1970/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }
}

const START = `${PUBLIC_URL}/desk/api/oidc/start`;

describe("signing in by OpenID Connect", () => {
  it("signs in whose verified address has an account", async () => {
    const to = await desk();
    await to.accounts.add({
      id: "1",
      login: "ada@example.com",
      name: "Ada",
      avatarUrl: "",
      role: "supervisor",
      skills: [],
      queues: [],
      capacity: 3,
      passwordHash: null,
      createdAt: 0,
    });
    const browser = new Browser(to, "ada");
    expect(await browser.visit(START)).toBe(`${PUBLIC_URL}/desk`);
    expect(to.signIns.find(browser.cookie("parley_desk"))?.account.id).toBe("1");
    expect(browser.cookie("parley_desk_oidc")).toBe(undefined);
  });

  it("makes an account for who comes of an admitted domain, once", async () => {
    const to = await desk({ domains: ["example.com"] });
    await new Browser(to, "grace").visit(START);
    await new Browser(to, "grace").visit(START);
    expect(to.accounts.all).toMatchObject([
      { login: "grace@example.com", name: "Grace Hopper", avatarUrl: "https://p.example/g", role: "agent" },
    ]);
  });

  it.each([
    ["who has no account", "ada", {}, "unknown_account"],
    ["who comes of another domain", "ada", { domains: ["other.com"] }, "unknown_account"],
    ["whose address nobody has verified", "eve", { domains: ["example.com"] }, "oidc_no_email"],
    ["who has no address", "noone", { domains: ["example.com"] }, "oidc_no_email"],
    ["by a wrong secret", "ada", { clientSecret: "wrong", domains: ["example.com"] }, "oidc_refused"],
    ["by an issuer that is not there", "ada", { issuer: "http://127.0.0.1:1" }, "oidc_unavailable"],
  ])("signs nobody in %s, and says why", async (_, person, changes, problem) => {
    const to = await desk(changes);
    const browser = new Browser(to, person);
    expect(await browser.visit(START)).toBe(`${PUBLIC_URL}/desk?problem=${problem}`);
    expect(browser.cookie("parley_desk")).toBe(undefined);
    expect(to.accounts.all).toEqual([]);
  });

  it("takes unverified addresses where the configuration trusts the issuer with them", async () => {
    const to = await desk({ domains: ["example.com"], trustEmail: true });
    expect(await new Browser(to, "eve").visit(START)).toBe(`${PUBLIC_URL}/desk`);
  });

  it("is finished by the browser that began it alone, once, and in time", async () => {
    const to = await desk({ domains: ["example.com"] });
    const browser = new Browser(to, "ada");
    const callback = await browser.visit(START, "/desk/api/oidc/callback?");
    const refused = `${PUBLIC_URL}/desk?problem=oidc_refused`;
    expect(await new Browser(to, "ada").visit(callback)).toBe(refused);
    expect(await browser.visit(callback)).toBe(`${PUBLIC_URL}/desk`);
    expect(await browser.visit(callback)).toBe(refused);
    const late = new Browser(to, "ada");
    const its = await late.visit(START, "/desk/api/oidc/callback?");
    to.clock.advance(600_001);
    expect(await late.visit(its)).toBe(refused);
  });

  it("does not take what was begun with another state", async () => {
    const to = await desk({ domains: ["example.com"] });
    const browser = new Browser(to, "ada");
    const callback = new URL(await browser.visit(START, "/desk/api/oidc/callback?"));
    callback.searchParams.set("state", "another");
    expect(await browser.visit(callback.href)).toBe(`${PUBLIC_URL}/desk?problem=oidc_refused`);
  });
});
