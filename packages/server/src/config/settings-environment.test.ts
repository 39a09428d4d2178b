import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { Agent } from "../agents/agent.ts";
import { agent, connector, problems, withFile, without } from "../testing/settings.ts";
import type { Environment } from "./settings.ts";

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
