import { inspect } from "node:util";
import { LIMITS } from "@parley/protocol";
import { VERSION } from "@parley/web/widget/version";
import { describe, expect, it } from "vitest";
import type { Agent } from "../agents/agent.ts";
import { sha256 } from "../identity/digest.ts";
import { WEBHOOK_SECRET } from "../testing/webhook-receiver.ts";
import type { Config } from "./schema.ts";
import { type Environment, resolve } from "./settings.ts";

const agent = (name: string): Agent => ({ name, avatarUrl: "", async *respond() {} });
const demoAgent = agent("demo");
const surroundings = { workingDirectory: "/srv/parley", demoAgent };
const connector = { id: "web", token: "web-token", hosts: ["yourcompany.com"] };

const withFile = (content: unknown, environment: Environment = {}) =>
  resolve(environment, { path: "/srv/parley/parley.config.ts", content }, surroundings);
const without = (environment: Environment = {}) => resolve(environment, null, surroundings);

/** The problems of a start that was stopped, one a line. */
function problems(start: () => unknown): string[] {
  try {
    start();
  } catch (error) {
    return String(error).split("\n  ").slice(1);
  }
  throw new Error("the start was not stopped");
}

describe("a start without a configuration", () => {
  it("is for development, with everything at its default", () => {
    expect(without()).toEqual({
      mode: "development",
      file: null,
      port: 8080,
      host: "127.0.0.1",
      dataDirectory: "/srv/parley/.parley",
      publicUrl: null,
      secrets: [],
      log: "info",
      idleSeconds: LIMITS.idleSeconds,
      idleMercySeconds: LIMITS.idleMercySeconds,
      endedGraceSeconds: LIMITS.endedGraceSeconds,
      maxConnections: LIMITS.socketsPerSession,
      upgradeDelayMs: LIMITS.upgradeDelayMs,
      keepAliveSeconds: 5,
      model: null,
      connectors: [
        {
          id: "demo",
          token: "demo",
          tokenHash: sha256("demo"),
          hosts: ["localhost", "127.0.0.1"],
          apps: [],
          origins: [],
          contextKeys: [],
          agent: demoAgent,
          greeting: "Hello! How can I help you?",
          limits: { firstWordSeconds: 60, betweenWordsSeconds: 30, wholeAnswerSeconds: 600 },
          interrupt: false,
          handoff: { queue: null, words: [], afterFailedTurns: null },
          widget: {
            version: VERSION,
            title: "",
            subtitle: "",
            logoUrl: "",
            color: "#0b6b5d",
            position: "right",
            theme: "system",
            sound: false,
            texts: {},
            disclaimer: null,
            verifiedContext: false,
          },
        },
      ],
      operators: [],
      handoff: { provider: "desk", webhook: null, waitMs: 300_000, defaultQueue: null, queues: [] },
      desk: { signInHours: 12, oidc: null },
    });
  });

  it.each([["127.0.0.1"], ["127.1.2.3"], ["localhost"], ["LOCALHOST"], ["::1"]])(
    "is development on %s",
    (HOST) => {
      expect(without({ HOST }).mode).toBe("development");
      expect(without({ HOST, PARLEY_DEMO: "1" }).mode).toBe("development");
    },
  );

  it.each([["0.0.0.0"], ["::"], ["192.168.1.5"], ["chat.example"], ["127.evil.example"]])(
    "stops on %s, unless an open demo is wanted",
    (HOST) => {
      expect(() => without({ HOST })).toThrow("PARLEY_DEMO=1");
      expect(() => without({ HOST, PARLEY_DEMO: "0" })).toThrow("PARLEY_DEMO=1");
      expect(without({ HOST, PARLEY_DEMO: "1" }).mode).toBe("demo");
    },
  );

  it("lets the page at its public URL in", () => {
    const { connectors } = without({
      HOST: "::",
      PARLEY_DEMO: "1",
      PARLEY_PUBLIC_URL: "https://demo.example",
    });
    expect(connectors[0]?.hosts).toEqual(["localhost", "127.0.0.1", "demo.example"]);
  });
});

describe("development with a configuration", () => {
  const content = { connectors: [{ id: "site", token: "site-token", hosts: ["localhost"] }] };
  const configured = (environment: Environment) => withFile(content, environment);

  it("is asked for, and then its connectors' tokens are known", () => {
    expect(configured({}).mode).toBe("configured");
    expect(configured({}).connectors[0]?.token).toBeNull();
    expect(configured({ PARLEY_DEVELOPMENT: "0" }).mode).toBe("configured");
    const settings = configured({ PARLEY_DEVELOPMENT: "1" });
    expect([settings.mode, settings.connectors[0]?.token]).toEqual(["development", "site-token"]);
  });

  it("stops where others can connect", () => {
    const HOST = "0.0.0.0";
    expect(() => configured({ HOST, PARLEY_DEVELOPMENT: "1" })).toThrow(
      /HOST 0.0.0.0 can be reached by others/,
    );
    expect(configured({ HOST }).mode).toBe("configured");
  });
});

describe("a widget", () => {
  it("has one text for all languages, or one for each, and knows whether users are vouched for", () => {
    const { connectors } = withFile({
      connectors: [
        {
          ...connector,
          widget: { disclaimer: { version: "1", text: "All" } },
          contextKeys: [{ kid: "k", secret: "s" }],
        },
        {
          id: "b",
          token: "b",
          widget: {
            disclaimer: { version: "2", text: { de: "Deutsch" } },
            texts: { "*": { send: "Go" } },
            color: "#F00",
          },
        },
      ],
    } satisfies Config);
    expect(connectors.map(({ widget }) => widget)).toMatchObject([
      { disclaimer: { version: "1", text: { "*": "All" } }, verifiedContext: true },
      {
        disclaimer: { version: "2", text: { de: "Deutsch" } },
        texts: { "*": { send: "Go" } },
        color: "#F00",
        verifiedContext: false,
      },
    ]);
  });
});

describe("a configuration file", () => {
  it("decides, with the defaults where it is silent", () => {
    const own = agent("own");
    const settings = withFile({
      port: 9000,
      host: "0.0.0.0",
      data: "/var/lib/parley",
      publicUrl: "https://chat.yourcompany.com/",
      connectors: [
        {
          ...connector,
          hosts: ["https://YourCompany.com/"],
          apps: ["com.Acme.App"],
          origins: ["https://Partner.example:443", "null"],
          contextKeys: [{ kid: "k1", secret: "short" }],
          agent: own,
          greeting: "Hi",
          limits: { firstWordSeconds: 5 },
        },
        { id: "app", token: "app-token" },
      ],
      operators: [
        { id: "ops", key: "k".repeat(32), scopes: ["sessions:read"] },
        { id: "ci", keyHash: sha256("x"), scopes: ["sessions:read"] },
      ],
    } satisfies Config);
    expect(settings).toMatchObject({
      mode: "configured",
      file: "/srv/parley/parley.config.ts",
      port: 9000,
      dataDirectory: "/var/lib/parley",
      publicUrl: "https://chat.yourcompany.com",
      operators: [
        { id: "ops", keyHash: sha256("k".repeat(32)) },
        { id: "ci", keyHash: sha256("x") },
      ],
    });
    const [web, app] = settings.connectors;
    expect(web).toMatchObject({
      hosts: ["yourcompany.com"],
      apps: ["com.acme.app"],
      origins: ["https://partner.example", "null"],
      greeting: "Hi",
      limits: { firstWordSeconds: 5, betweenWordsSeconds: 30, wholeAnswerSeconds: 600 },
    });
    expect(web?.agent).toBe(own);
    expect(web?.contextKeys[0]?.secret.export().toString()).toBe("short");
    expect(app?.agent).toBe(demoAgent);
  });

  it("keeps the secrets' order, and nothing of them in print", () => {
    const secrets = ["first".padEnd(32, "1"), "second".padEnd(32, "2")];
    const settings = withFile({ secrets, connectors: [connector] });
    expect(settings.secrets.map((secret) => secret.export().toString())).toEqual(secrets);
    const printed = inspect(settings, { depth: 9 }) + JSON.stringify(settings);
    for (const text of [...secrets, connector.token]) expect(printed).not.toContain(text);
  });

  it("cannot be changed afterwards", () => {
    const settings = withFile({ connectors: [connector] });
    expect(Object.isFrozen(settings)).toBe(true);
    for (const value of [settings.connectors, settings.connectors[0], settings.connectors[0]?.hosts]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
    expect(Object.isFrozen(demoAgent)).toBe(false);
  });
});

describe("the environment", () => {
  it("wins over the file, in every key that it sets", () => {
    const file = {
      port: 1,
      host: "10.0.0.1",
      data: "/a",
      idleSeconds: 1,
      log: "warn",
      secrets: ["f".repeat(32)],
    };
    const settings = withFile(
      { ...file, connectors: [connector] },
      {
        PORT: "2",
        HOST: "10.0.0.2",
        PARLEY_DATA: "b",
        PARLEY_SECRET: "e".repeat(32),
        PARLEY_PUBLIC_URL: "http://b.example",
        PARLEY_LOG: "debug",
        PARLEY_IDLE_SECONDS: "2.5",
        PARLEY_IDLE_MERCY_SECONDS: "0",
        PARLEY_ENDED_GRACE_SECONDS: "3",
        PARLEY_MAX_CONNECTIONS: "4",
        PARLEY_UPGRADE_DELAY_MS: "0",
        PARLEY_KEEP_ALIVE_SECONDS: "75",
      },
    );
    expect(settings).toMatchObject({
      port: 2,
      host: "10.0.0.2",
      dataDirectory: "/srv/parley/b",
      publicUrl: "http://b.example",
      log: "debug",
      idleSeconds: 2.5,
      idleMercySeconds: 0,
      endedGraceSeconds: 3,
      maxConnections: 4,
      upgradeDelayMs: 0,
      keepAliveSeconds: 75,
    });
    expect(settings.secrets.map((secret) => secret.export().toString())).toEqual(["e".repeat(32)]);
  });

  it("counts an empty variable as not set", () => {
    expect(without({ PORT: "", PARLEY_SECRET: "", PARLEY_DEMO: "" })).toEqual(without());
  });

  it("does not look at what is not its own", () => {
    expect(without({ PARLEY_SERVICE_HOST: "10.0.0.1", PATH: "/bin" })).toEqual(without());
  });
});

describe("a wrong value stops the start", () => {
  it.each<[string, Environment, string]>([
    ["text", { PORT: "abc" }, "PORT: expected a whole number from 0 to 65535; got 'abc'"],
    ["too large", { PORT: "65536" }, "PORT: expected a whole number from 0 to 65535; got 65536"],
    ["a fraction", { PORT: "80.5" }, "PORT: expected a whole number from 0 to 65535; got 80.5"],
    ["with blanks", { PORT: " 80" }, "PORT: expected a whole number from 0 to 65535; got ' 80'"],
    ["hexadecimal", { PORT: "0x50" }, "PORT: expected a whole number from 0 to 65535; got '0x50'"],
    [
      "a URL",
      { HOST: "http://x" },
      "HOST: expected an IP address or host name, without scheme and port; got 'http://x'",
    ],
    [
      "negative",
      { PARLEY_IDLE_SECONDS: "-1" },
      "PARLEY_IDLE_SECONDS: expected a number from 0.1 to 1000000; got -1",
    ],
    [
      "more than a timer can hold together with its mercy",
      { PARLEY_IDLE_SECONDS: "1500000" },
      "PARLEY_IDLE_SECONDS: expected a number from 0.1 to 1000000; got 1500000",
    ],
    [
      "zero",
      { PARLEY_MAX_CONNECTIONS: "0" },
      "PARLEY_MAX_CONNECTIONS: expected a whole number from 1 to 10000; got 0",
    ],
    [
      "no level",
      { PARLEY_LOG: "loud" },
      "PARLEY_LOG: expected one of: fatal, error, warn, info, debug, trace, silent; got 'loud'",
    ],
    ["yes", { PARLEY_DEMO: "yes" }, "PARLEY_DEMO: expected 0 or 1; got 'yes'"],
    [
      "too short a secret",
      { PARLEY_SECRET: "hunter2" },
      "PARLEY_SECRET: expected a text of at least 32 bytes; got one that is not shown, since it is secret",
    ],
    [
      "a URL with a password",
      { PARLEY_PUBLIC_URL: "https://me:hunter2@x.example" },
      "PARLEY_PUBLIC_URL: expected an http or https URL without query and user, such as https://chat.yourcompany.com; got 'https://…@x.example'",
    ],
  ])("in the environment: %s", (_, environment, problem) => {
    expect(problems(() => without(environment))).toEqual([problem]);
  });

  const hidden = "got one that is not shown, since it is secret";
  it.each<[string, object, string]>([
    [
      "a colour that is none",
      { connectors: [{ ...connector, widget: { color: "teal" } }] },
      "connectors[0].widget.color: expected a colour such as #0b6b5d; got 'teal'",
    ],
    [
      "a side that is none",
      { connectors: [{ ...connector, widget: { position: "top" } }] },
      "connectors[0].widget.position: expected left or right; got 'top'",
    ],
    [
      "a disclaimer without a version",
      { connectors: [{ ...connector, widget: { disclaimer: { text: "x" } } }] },
      "connectors[0].widget.disclaimer.version: expected a text of 1 to 64 characters, such as 2026-11; got nothing",
    ],
    [
      "a text that is not in the catalogue",
      { connectors: [{ ...connector, widget: { texts: { en: { placehodler: "x" } } } }] },
      'connectors[0].widget.texts.en.placehodler: unknown; expected an object such as { en: { placeholder: "Ask us anything…" } }, with the keys of the catalogue',
    ],
    [
      "no connectors",
      { connectors: undefined },
      "connectors: expected a list; each entry an object with at least id and token; got nothing",
    ],
    ["an empty list", { connectors: [] }, "connectors: expected at least one entry; got a list"],
    [
      "an object for a list",
      { connectors: connector },
      "connectors: expected a list; each entry an object with at least id and token; got a value of type object",
    ],
    [
      "an unknown key",
      { prot: 1 },
      "prot: unknown; the keys here are port, host, data, publicUrl, secrets, log, idleSeconds, idleMercySeconds, endedGraceSeconds, maxConnections, upgradeDelayMs, keepAliveSeconds, connectors, handoff, operators, desk",
    ],
    [
      "a sign-in by OpenID Connect without an address to come back to",
      {
        connectors: [connector],
        desk: { oidc: { issuer: "https://id.example", clientId: "parley", clientSecret: "secret" } },
      },
      "desk.oidc: needs publicUrl, the address to which the issuer sends browsers back",
    ],
    [
      "an issuer that anybody on the way can read",
      {
        connectors: [connector],
        publicUrl: "https://chat.example",
        desk: { oidc: { issuer: "http://id.example", clientId: "parley", clientSecret: "secret" } },
      },
      "desk.oidc.issuer: expected an https URL, or an http one on this machine; got 'http://id.example'",
    ],
    [
      "an unknown key within",
      { connectors: [{ ...connector, tokn: "x" }] },
      "connectors[0].tokn: unknown; the keys here are id, token, hosts, apps, origins, contextKeys, agent, greeting, limits, widget, interrupt, handoff",
    ],
    [
      "a text for an object",
      { connectors: ["web-token"] },
      "connectors[0]: expected an object with the keys id, token, hosts, apps, origins, contextKeys, agent, greeting, limits, widget, interrupt, handoff; got a string",
    ],
    ["a number as text", { port: "80" }, "port: expected a whole number from 0 to 65535; got '80'"],
    [
      "a wildcard",
      { connectors: [{ ...connector, hosts: ["a.com", "*.a.com"] }] },
      "connectors[0].hosts[1]: expected a domain or address without wildcards, such as yourcompany.com; got '*.a.com'",
    ],
    [
      "one host for a list",
      { connectors: [{ ...connector, hosts: "a.com" }] },
      "connectors[0].hosts: expected a list; each entry a domain or address without wildcards, such as yourcompany.com; got a string",
    ],
    [
      "a URL for an app",
      { connectors: [{ ...connector, apps: ["https://a"] }] },
      "connectors[0].apps[0]: expected an app id, such as com.acme.app; got 'https://a'",
    ],
    [
      "an origin without scheme",
      { connectors: [{ ...connector, origins: ["a.com"] }] },
      "connectors[0].origins[0]: expected an origin such as https://partner.example:8443 or capacitor://localhost, or \"null\"; got 'a.com'",
    ],
    [
      "a token with a blank",
      { connectors: [{ ...connector, token: "hunter 2" }] },
      `connectors[0].token: expected 1 to 256 visible ASCII characters without blanks; ${hidden}`,
    ],
    [
      "no token",
      { connectors: [{ id: "web" }] },
      "connectors[0].token: expected 1 to 256 visible ASCII characters without blanks; got nothing",
    ],
    [
      "an agent that cannot respond",
      { connectors: [{ ...connector, agent: { name: "x" } }] },
      "connectors[0].agent: expected an agent (an object with name, avatarUrl and respond), or a function that makes one; wrap an async generator in functionAgent; got a value of type object",
    ],
    [
      "a bare generator for an agent",
      { connectors: [{ ...connector, agent: async function* () {} }] },
      "connectors[0].agent: expected an agent (an object with name, avatarUrl and respond), or a function that makes one; wrap an async generator in functionAgent; got a value of type function",
    ],
    [
      "an empty context secret",
      { connectors: [{ ...connector, contextKeys: [{ kid: "a", secret: "" }] }] },
      `connectors[0].contextKeys[0].secret: expected a text that is not empty; ${hidden}`,
    ],
    [
      "a silence of zero",
      { connectors: [{ ...connector, limits: { firstWordSeconds: 0 } }] },
      "connectors[0].limits.firstWordSeconds: expected a number from 0.001 to 1000000; got 0",
    ],
    [
      "one secret for a list",
      { secrets: "hunter2" },
      `secrets: expected a list; each entry a text of at least 32 bytes; ${hidden}`,
    ],
    ["no secret at all", { secrets: [] }, `secrets: expected at least one entry; ${hidden}`],
    [
      "a short operator key",
      { operators: [{ id: "o", key: "hunter2", scopes: ["sessions:read"] }] },
      `operators[0].key: expected at least 32 visible ASCII characters without blanks; ${hidden}`,
    ],
    [
      "an operator without a key",
      { operators: [{ id: "o", scopes: ["sessions:read"] }] },
      "operators[0]: exactly one of key and keyHash is expected",
    ],
    [
      "an unknown scope",
      { operators: [{ id: "o", keyHash: sha256("x"), scopes: ["all"] }] },
      "operators[0].scopes[0]: expected one of: sessions:read, turns:write, handoffs:read, handoffs:write, handoffs:answer; got 'all'",
    ],
    [
      "webhooks without a place to go",
      { handoff: { provider: "webhook" } },
      "handoff: provider webhook needs webhook, with at least url and secrets",
    ],
    [
      "a secret of a webhook that is none",
      { handoff: { webhook: { url: "https://bridge.example", secrets: ["hunter2"] } } },
      `handoff.webhook.secrets[0]: expected whsec_ and the base64 of 24 to 64 bytes, at most two such; ${hidden}`,
    ],
    [
      "a webhook with a password",
      { handoff: { webhook: { url: "https://me:hunter2@x.example", secrets: [WEBHOOK_SECRET] } } },
      "handoff.webhook.url: expected an http or https URL without query and user; got 'https://…@x.example'",
    ],
    [
      "a third secret",
      { handoff: { webhook: { url: "https://x.example", secrets: Array(3).fill(WEBHOOK_SECRET) } } },
      `handoff.webhook.secrets: expected a list; each entry whsec_ and the base64 of 24 to 64 bytes, at most two such; ${hidden}`,
    ],
    [
      "the same token twice",
      { connectors: [connector, { ...connector, id: "b" }] },
      "connectors: connectors[1].token is the same as connectors[0].token",
    ],
    [
      "the same id twice",
      { connectors: [connector, { id: "web", token: "b" }] },
      "connectors: connectors[1].id is the same as connectors[0].id",
    ],
  ])("in the file: %s", (_, part, problem) => {
    expect(problems(() => withFile({ connectors: [connector], ...part }))).toEqual([problem]);
  });

  it.each([[5], ["text"], [[]], [() => ({})]])("and so does a file that exports %o", (content) => {
    expect(problems(() => withFile(content, { PORT: "80" }))[0]).toMatch(
      /^the configuration: expected an object with the keys port, .*; got /,
    );
  });

  it("and all of them are told at once, each once", () => {
    const start = () =>
      withFile(
        {
          connectors: [{ ...connector, id: "" }],
          operators: [{ id: "o", key: " ", scopes: ["sessions:read"] }],
        },
        { PORT: "x", PARLEY_DEMO: "x" },
      );
    expect(problems(start).map((line) => line.split(":")[0])).toEqual([
      "PARLEY_DEMO",
      "PORT",
      "connectors[0].id",
      "operators[0].key",
    ]);
    expect(start).toThrow(
      "There are 4 problems in the configuration (/srv/parley/parley.config.ts and the environment):",
    );
    expect(() => without({ PORT: "x" })).toThrow("There is a problem in the environment:");
  });
});

describe("a model from the environment", () => {
  const PARLEY_MODEL = "llama3.2";
  const PARLEY_MODEL_URL = "http://localhost:11434/v1";

  it("answers where a connector names no agent", () => {
    const settings = without({
      PARLEY_MODEL,
      PARLEY_MODEL_URL,
      PARLEY_MODEL_INSTRUCTIONS: "You sell boats.",
    });
    expect(settings.model).toBe(PARLEY_MODEL);
    expect(settings.connectors[0]?.agent).toMatchObject({ name: "Assistant" });
    const own = agent("own");
    const connectors = [connector, { ...connector, id: "own", token: "own", agent: own }];
    const configured = withFile({ connectors }, { PARLEY_MODEL, PARLEY_MODEL_URL });
    expect(configured.connectors.map((one) => (one.agent as Agent).name)).toEqual(["Assistant", "own"]);
  });

  it("counts as not set where its variables are empty", () => {
    expect(without({ PARLEY_MODEL: "", PARLEY_MODEL_URL: "", PARLEY_MODEL_KEY: "" }).model).toBeNull();
  });

  it.each<[string, Environment, RegExp]>([
    ["no URL", { PARLEY_MODEL }, /^PARLEY_MODEL_URL: expected an http or https URL .*; got nothing$/],
    [
      "a wrong URL",
      { PARLEY_MODEL, PARLEY_MODEL_URL: "localhost:11434" },
      /^PARLEY_MODEL_URL: .*localhost:11434/,
    ],
    ["a URL alone", { PARLEY_MODEL_URL }, /^PARLEY_MODEL_URL: .*without PARLEY_MODEL/],
    ["a key alone", { PARLEY_MODEL_KEY: "sk-secret" }, /^PARLEY_MODEL_KEY: .*without PARLEY_MODEL/],
    [
      "a key with a blank",
      { PARLEY_MODEL, PARLEY_MODEL_URL, PARLEY_MODEL_KEY: "sk secret" },
      /^PARLEY_MODEL_KEY: expected visible ASCII .* secret$/,
    ],
  ])("stops the start: %s", (_, environment, line) => {
    const lines = problems(() => without(environment));
    expect(lines).toEqual([expect.stringMatching(line)]);
    expect(lines.join()).not.toMatch(/sk.secret/);
  });

  it("keeps its key out of sight", () => {
    const settings = without({ PARLEY_MODEL, PARLEY_MODEL_URL, PARLEY_MODEL_KEY: "sk-secret" });
    expect(inspect(settings, { depth: 10, showHidden: true })).not.toContain("sk-secret");
  });
});
