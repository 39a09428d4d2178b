import { type Event, EventType } from "@ag-ui/core";
import { describe, expect, it } from "vitest";
import { useCleanUp } from "../../../../../tests/support/clean-up.ts";
import {
  type Act,
  agentOf,
  calls,
  type RunScript,
  says,
  startAgUiService,
} from "../../testing/ag-ui-service.ts";
import { ManualClock } from "../../testing/manual-clock.ts";
import { answerOf, only } from "../../testing/model-stage.ts";
import { messagesTurn } from "../../testing/turn.ts";
import { AgentOverloaded } from "../agent.ts";
import { textsOf } from "../contract.ts";
import { agUiAgent } from "./agent.ts";
import type { AgUiAgentOptions } from "./options.ts";

const cleanUp = useCleanUp();
type Reply = ReturnType<RunScript>;

async function fail(script: readonly Reply[], options: Partial<AgUiAgentOptions> = {}) {
  const clock = new ManualClock();
  const service = cleanUp().use(
    await startAgUiService((_, count) => script[Math.min(count, script.length) - 1] ?? []),
  );
  const agent = agentOf(service, options, clock);
  return { service, clock, ...(await answerOf(agent, messagesTurn("hi"), clock)) };
}

const runError = (message: string, code?: string): Event => ({
  type: EventType.RUN_ERROR,
  message,
  ...(code !== undefined && { code }),
});
const hello = says("Hi.");

describe("a run that fails before its first word", () => {
  it.each<[string, Reply]>([
    ["500", { status: 500 }],
    ["429 with a short wait", { status: 429, headers: { "Retry-After": "2" } }],
    ["an error event", [runError("boom")]],
    ["an error event with what it cost", [{ ...runError("boom"), usage: [{ inputTokens: 3 }] } as Event]],
    ["a cut connection", [{ cut: true }]],
    ["an end without its last event", [{ stop: true }]],
    ["what is no JSON", [{ raw: "data: {nonsense\n\n" }]],
    ["an event that is not valid", [{ raw: 'data: {"type":"TEXT_MESSAGE_CONTENT"}\n\n' }]],
  ])("is asked for again under the same id: %s", async (_, reply) => {
    const { service, parts, error } = await fail([reply, hello]);
    expect(error).toBeNull();
    expect(textsOf(parts)).toEqual(["Hi."]);
    expect(only(parts, "retried")).toHaveLength(1);
    const ids = service.inputs.map(({ runId }) => runId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it.each<[string, Reply, number]>([
    ["429 with a long wait", { status: 429, headers: { "Retry-After": "120" } }, 1],
    ["503 without end", { status: 503 }, 3],
    ["an error event that says so", [runError("slow down", "RATE_LIMITED")], 3],
  ])("is overloaded: %s", async (_, reply, asked) => {
    const { service, error } = await fail([reply]);
    expect(error).toBeInstanceOf(AgentOverloaded);
    expect(service.inputs).toHaveLength(asked);
  });

  it.each<[string, Reply, RegExp, number]>([
    ["500 without end", { status: 500 }, /answered 500/, 3],
    ["401", { status: 401 }, /answered 401/, 1],
    ["another type", { status: 200, headers: { "Content-Type": "text/html" } }, /text\/html/, 1],
  ])("has failed: %s", async (_, reply, words, asked) => {
    const { error, parts } = await fail([reply]);
    expect(error?.message).toMatch(words);
    expect(error).not.toBeInstanceOf(AgentOverloaded);
    expect(only(parts, "retried")).toHaveLength(asked - 1);
  });
});

it("a redirect is not followed: credentials go where they were meant to go", async () => {
  const elsewhere = cleanUp().use(await startAgUiService(hello));
  const redirect = { status: 307, headers: { Location: elsewhere.url } };
  const { error } = await fail([redirect], { headers: { Authorization: "Bearer secret" } });
  expect(error?.message).toMatch(/failed/);
  expect(elsewhere.inputs).toEqual([]);
});

it("nothing is left of a run that failed before its first word", async () => {
  const snapshot: Event = { type: EventType.STATE_SNAPSHOT, snapshot: { half: true } };
  const { parts } = await fail([[snapshot, runError("boom")], hello]);
  expect(textsOf(parts)).toEqual(["Hi."]);
  expect(only(parts, "memory")).toEqual([]);
});

it("arguments of a tool without end are not gathered", async () => {
  const delta = "x".repeat(500_000);
  const more: Act[] = Array.from({ length: 3 }, () => ({
    type: EventType.TOOL_CALL_ARGS,
    toolCallId: "1",
    delta,
  }));
  const start: Act = { type: EventType.TOOL_CALL_START, toolCallId: "1", toolCallName: "look_up" };
  const { error, parts, service } = await fail([[start, ...more]]);
  expect(error?.message).toMatch(/called tools with more than/);
  expect(parts).toEqual([]);
  expect(service.inputs).toHaveLength(1);
});

describe("a run that fails behind its first word", () => {
  const begun = says("Hel").slice(0, 2);

  it.each<[string, Act[], RegExp]>([
    ["an error event", [...begun, runError("boom")], /the run failed: boom/],
    ["a cut connection", [...begun, { cut: true }], /connection/],
    ["an end without its last event", [...begun, { stop: true }], /broke off/],
    ["what is no JSON", [...begun, { raw: "data: {nonsense\n\n" }], /no JSON/],
    ["an event without end", [...begun, { raw: `data: "${"x".repeat(2_000_000)}` }], /connection/],
    ["a call of a tool, and an error", [...calls("t-1", "look_up", {}), runError("boom")], /boom/],
  ])("is not asked for again: %s", async (_, acts, words) => {
    const { service, error } = await fail([acts, hello]);
    expect(error?.message).toMatch(words);
    expect(service.inputs).toHaveLength(1);
  });
});

it.each<[string, () => Act[], number, RegExp]>([
  ["before its first word", () => [{ until: new Promise(() => {}) }], 0, /silent for 9 seconds/],
  [
    "in the middle",
    () => [...says("Hel").slice(0, 2), { until: new Promise(() => {}) }],
    1,
    /silent for 9 seconds/,
  ],
])("a service that falls silent %s has failed", async (_, acts, said, words) => {
  const clock = new ManualClock();
  const service = cleanUp().use(await startAgUiService(acts));
  const agent = agUiAgent({ name: "Frame", url: service.url, silenceSeconds: 9 }, clock);
  const iterator = agent.respond(messagesTurn("hi"), new AbortController().signal)[Symbol.asyncIterator]();
  for (let i = 0; i < said; i += 1) await iterator.next();
  const next = iterator.next();
  const settled = next.then(
    ({ value }) => String(value.reason),
    (error) => String(error),
  );
  // The silence begins with the event that was not shown: the start of the run.
  await expect.poll(() => service.inputs.length).toBe(1);
  await expect.poll(() => clock.size).toBe(1);
  await expect
    .poll(() => {
      clock.advance(9_000);
      return Promise.race([settled, "still waiting"]);
    })
    .toMatch(words);
  await iterator.return?.();
  await service.closed;
});

it("a service that is not there has failed", async () => {
  const service = await startAgUiService([]);
  await service[Symbol.asyncDispose]();
  const clock = new ManualClock();
  const agent = agUiAgent({ name: "Frame", url: service.url }, clock);
  const { error } = await answerOf(agent, messagesTurn("hi"), clock);
  expect(error?.message).toMatch(/failed \(ECONNREFUSED\)/);
});

it.each<[string, object, RegExp]>([
  ["no URL", { name: "Frame" }, /url/],
  ["no name", { url: "http://a.example" }, /name/],
  ["an unknown key", { name: "Frame", url: "http://a.example", header: {} }, /header/],
  ["a wrong number", { name: "Frame", url: "http://a.example", silenceSeconds: 0 }, /silenceSeconds/],
])("options: %s is refused", (_, options, words) => {
  expect(() => agUiAgent(options as AgUiAgentOptions)).toThrow(words);
});

it("options: no header is shown", () => {
  const options = { name: "Frame", url: "x", headers: { Authorization: ["Bearer secret"] } } as never;
  expect(() => agUiAgent(options)).toThrow(/^(?![\s\S]*secret)[\s\S]*headers/);
});
