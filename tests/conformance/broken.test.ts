import {
  checks,
  DEPARTURES,
  type Departure,
  demoProfile,
  explainResult,
  type Profile,
  type Result,
  run,
} from "@parley/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configuredServer } from "../support/server.ts";
import { documented } from "./documented.ts";
import { faults } from "./faults.ts";
import type { Mischief } from "./mischief.ts";
import { BrokenServer } from "./proxy.ts";

/** Broken servers that are looked at at once. */
const AT_ONCE = 24;

/** The longest that a test waits for its server's turn, and for checks that wait for what never comes, milliseconds. */
const PATIENCE_MS = 120_000;

/** The suite plays the people of this server. */
const people = { key: "the-suite-plays-people-with-this-key" };
const contextKey = { kid: "backend", secret: "un secret gardé 🔑 by the connector's own backend" };

interface Plan {
  mischief: Mischief;
  ids: readonly string[];
  departures?: Partial<Profile["departures"]>;
}

/** All that the table of faults names. */
const named = [...new Set(faults.flatMap(({ caughtBy, spares }) => [...caughtBy, ...spares]))];

/** Through a proxy without faults they are run in so many parts: each has a connector's whole rate of handshakes. */
const PARTS = 6;
const partOf = (id: string): string =>
  isAlone(id) ? "nothing, alone" : `nothing, part ${named.indexOf(id) % PARTS}`;

/** It measures time, or uses up what others share: nothing else may run beside it. */
function isAlone(id: string): boolean {
  return checks.find((check) => check.id === id)?.order === "alone";
}

/** Every run, by name. What a documented server does is run twice: once for each side that may be expected. */
const plans = new Map<string, Plan>([
  ...Map.groupBy(named, partOf)
    .entries()
    .map(([name, ids]): [string, Plan] => [name, { mischief: {}, ids }]),
  ...faults.map(({ does, mischief, caughtBy, spares }): [string, Plan] => [
    does,
    { mischief, ids: [...caughtBy, ...spares] },
  ]),
  ...documented.flatMap(({ departure, mischief, here, documentation, both }): [string, Plan][] => [
    [`${departure}, here`, { mischief, ids: [...here, ...documentation] }],
    [
      `${departure}, documentation`,
      { mischief, ids: [...here, ...documentation, ...both], departures: { [departure]: "documentation" } },
    ],
  ]),
]);

let server: { url: string } & AsyncDisposable;
const results = new Map(
  [...plans.keys()].map((name) => [name, Promise.withResolvers<Map<string, Result>>()]),
);

beforeAll(async () => {
  // A connector for each run: the server limits handshakes by connector.
  const connectors = [...plans.keys()].flatMap((_, n) => [
    { id: `run-${n}`, token: `run-${n}`, hosts: ["localhost"] },
    { id: `verified-${n}`, token: `verified-${n}`, hosts: ["localhost"], contextKeys: [contextKey] },
  ]);
  const operators = [{ id: "suite", key: people.key, scopes: ["handoffs:read", "handoffs:answer"] }];
  server = await configuredServer({ connectors, operators, handoff: { provider: "api" } });
  void lookAtAll();
});

afterAll(() => server[Symbol.asyncDispose]());

/** First one by one what must be alone, then the others. */
async function lookAtAll(): Promise<void> {
  const numbered = [...plans.keys()].entries().toArray();
  const isPlanAlone = ([, name]: [number, string]) => plans.get(name)?.ids.some(isAlone) ?? false;
  await inParallel(numbered.filter(isPlanAlone).values(), 1);
  await inParallel(numbered.filter((one) => !isPlanAlone(one)).values(), AT_ONCE);
}

async function inParallel(queue: IteratorObject<[number, string]>, workers: number): Promise<void> {
  const worker = async () => {
    for (const [n, name] of queue) {
      const plan = plans.get(name);
      const { resolve, reject } = results.get(name) ?? Promise.withResolvers();
      if (plan !== undefined) await look(n, plan).then(resolve, reject);
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

/** Runs checks against a broken server. */
async function look(n: number, { mischief, ids, departures }: Plan): Promise<Map<string, Result>> {
  await using broken = await BrokenServer.start(server.url, mischief);
  const profile = demoProfile(broken.url, {
    connector: { token: `run-${n}`, host: "localhost" },
    contextKey: { token: `verified-${n}`, host: "localhost", ...contextKey },
    sixthEvent: { type: "EVENT_TYPE_SIXTH", payload: {} },
    people,
    ...(departures && { departures }),
  });
  const selected = checks.filter(({ id }) => ids.includes(id));
  return new Map((await run(selected, profile)).map((result) => [result.id, result]));
}

/** What became of a check in a run. */
async function statusOf(name: string, id: string): Promise<{ status: string; told: string }> {
  const result = (await results.get(name)?.promise)?.get(id);
  if (result === undefined) throw new Error(`no check has the id ${id}`);
  return { status: result.status, told: explainResult(result) };
}

describe("the suite", { timeout: PATIENCE_MS }, () => {
  it.each(named)("sees nothing wrong through a proxy without faults: %s", async (id) => {
    const { status, told } = await statusOf(partOf(id), id);
    expect(status, told).toBe("pass");
  });

  it("is tried with each fault once, and each check has its reason to be there", () => {
    expect(plans.size).toBe(1 + PARTS + faults.length + 2 * documented.length);
    for (const { caughtBy, spares } of faults)
      expect(caughtBy.filter((id) => spares.includes(id))).toEqual([]);
  });

  describe.each(faults)("sees that a server $does", ({ does, caughtBy, spares }) => {
    it.each(caughtBy)("by %s", async (id) => {
      const { status, told } = await statusOf(does, id);
      expect(status, told).toBe("fail");
      expect(told).toContain("       expected: ");
      expect(told).toContain("       seen:     ");
      expect(told, "a failure in what the suite has foreseen").not.toContain("expected: the check to run");
    });

    it.each(spares)("and nothing wrong by %s", async (id) => {
      const { status, told } = await statusOf(does, id);
      expect(status, told).toBe("pass");
    });
  });
});

describe("where the documentation says otherwise", { timeout: PATIENCE_MS }, () => {
  it("there is a server for every departure", () => {
    expect(documented.map(({ departure }) => departure).toSorted()).toEqual(
      (Object.keys(DEPARTURES) as Departure[]).toSorted(),
    );
  });

  describe.each(documented)("$departure", ({ departure, here, documentation, both }) => {
    it("a server that follows it is broken where ours is expected", async () => {
      for (const id of here) expect((await statusOf(`${departure}, here`, id)).status, id).toBe("fail");
      for (const id of documentation) {
        expect((await statusOf(`${departure}, here`, id)).status, id).toBe("not applicable");
      }
    });

    it("it is a good one where the documentation's is expected", async () => {
      for (const id of [...documentation, ...both]) {
        const { status, told } = await statusOf(`${departure}, documentation`, id);
        expect(status, told).toBe("pass");
      }
      for (const id of here) {
        const { status, told } = await statusOf(`${departure}, documentation`, id);
        expect(status, told).toBe("not applicable");
        expect(told).toContain(`departures.${departure} is "documentation"`);
      }
    });
  });
});
