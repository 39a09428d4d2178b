import { describe, expect, it } from "vitest";
import { sha256 } from "../identity/digest.ts";
import { connector, problems, withFile, without } from "../testing/settings.ts";
import { WEBHOOK_SECRET } from "../testing/webhook-receiver.ts";
import type { Environment } from "./settings.ts";

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
