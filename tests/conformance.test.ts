import {
  type Check,
  checks,
  demoProfile,
  explainResult,
  type Need,
  type Result,
  start,
} from "@parley/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configuredServer } from "./support/server.ts";

/** The longest a check may take, with all that wait before it, milliseconds. */
const PATIENCE_MS = 240_000;

const demo = { id: "demo", token: "demo", hosts: ["localhost"] };
/** The suite plays the people of this server. */
const people = { key: "the-suite-plays-people-with-this-key" };
const handoff = {
  handoff: { provider: "api" },
  operators: [{ id: "suite", key: people.key, scopes: ["handoffs:read", "handoffs:answer"] }],
};
const contextKey = { kid: "backend", secret: "un secret gardé 🔑 by the connector's own backend" };

/** What waits for a server's time limits runs against one whose limits are short; nothing else would have the time there. */
const limits: Need[] = ["shortIdle", "shortGrace"];
const waits = ({ needs = [] }: Check) => needs.some((need) => limits.includes(need));

let servers: AsyncDisposableStack;
let results: Map<string, Promise<Result>>;

beforeAll(async () => {
  servers = new AsyncDisposableStack();
  const full = servers.use(
    await configuredServer({
      publicUrl: "https://chat.example.org",
      ...handoff,
      connectors: [
        { ...demo, apps: ["com.acme.app"], origins: ["https://partner.example.net"] },
        { id: "verified", token: "verified-token", hosts: ["localhost"], contextKeys: [contextKey] },
        { id: "hostless", token: "hostless-token" },
      ],
    }),
  );
  const hasty = servers.use(
    await configuredServer({ idleSeconds: 2, idleMercySeconds: 1, endedGraceSeconds: 3, connectors: [demo] }),
  );
  const { connector } = demoProfile("");
  const fullProfile = demoProfile(full.url, {
    contextKey: { token: "verified-token", host: "localhost", ...contextKey },
    hostlessToken: "hostless-token",
    people,
    app: { token: "demo", id: "com.acme.app" },
    extraOrigin: { ...connector, origin: "https://partner.example.net" },
    publicUrl: "https://chat.example.org",
    sixthEvent: { type: "EVENT_TYPE_SIXTH", payload: {} },
  });
  const hastyProfile = demoProfile(hasty.url, { idleSeconds: 3, endedGraceSeconds: 3 });
  results = new Map([
    ...start(
      checks.filter((check) => !waits(check)),
      fullProfile,
    ),
    ...start(checks.filter(waits), hastyProfile),
  ]);
});

afterAll(() => servers.disposeAsync());

describe("the protocol", () => {
  for (const check of checks) {
    // What takes more than a minute is left to who runs the suite with --patient, and what the original's documentation
    // asks for in place of our own rules to the servers that follow it in tests/conformance.
    if (check.needs?.some((need) => need === "patience" || need.endsWith("=documentation"))) continue;
    it(`${check.id}: ${check.title}`, { timeout: PATIENCE_MS }, async () => {
      const result = await results.get(check.id);
      if (result === undefined) throw new Error("the check was not started");
      expect(result.status, explainResult(result)).toBe("pass");
    });
  }
});
