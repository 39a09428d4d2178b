import { inspect } from "node:util";
import { LIMITS } from "@parley/protocol";
import { VERSION } from "@parley/web/widget/version";
import { describe, expect, it } from "vitest";
import { sha256 } from "../identity/digest.ts";
import { agent, connector, demoAgent, withFile, without } from "../testing/settings.ts";
import type { Config } from "./schema.ts";
import type { Environment } from "./settings.ts";

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
