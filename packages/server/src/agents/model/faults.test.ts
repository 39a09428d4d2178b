import { tool } from "ai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { useCleanUp } from "../../../../../tests/support/clean-up.ts";
import { ManualClock } from "../../testing/manual-clock.ts";
import { agentOf, answerOf, only } from "../../testing/model-stage.ts";
import { OpenAiServer, type Reply, type Script } from "../../testing/openai-server.ts";
import { messagesTurn } from "../../testing/turn.ts";
import { AgentOverloaded } from "../agent.ts";
import { partsOf, textsOf } from "../contract.ts";
import type { ModelAgentOptions } from "./options.ts";

const cleanUp = useCleanUp();
const serve = async (script: readonly Reply[] | Script, options: { key?: string } = {}) =>
  cleanUp().use(await OpenAiServer.start(script, options));

const lookUp = (execute: (input: { order: string }) => unknown = () => ({ state: "shipped" })) =>
  tool({ description: "Looks up an order.", inputSchema: z.object({ order: z.string() }), execute });

describe("the provider's faults", () => {
  const fail = async (script: readonly Reply[], options: Partial<ModelAgentOptions> = {}) => {
    const clock = new ManualClock();
    const server = await serve(script);
    return { server, ...(await answerOf(agentOf(server, options, clock), messagesTurn("hi"), clock)) };
  };

  it.each<[string, readonly Reply[]]>([
    ["429 with a short wait", [{ status: 429, headers: { "Retry-After": "2" } }, ["Hi."]]],
    ["500", [{ status: 500 }, ["Hi."]]],
    ["503 and 502", [{ status: 503 }, { status: 502 }, ["Hi."]]],
    ["a connection that is cut before the first word", [[{ cut: true }], ["Hi."]]],
    ["an answer that stops before the first word", [[{ stop: true }], ["Hi."]]],
    ["an answer that is no JSON", [[{ raw: "data: {nonsense\n\n" }], ["Hi."]]],
    [
      "an error in place of an answer",
      [[{ raw: 'data: {"error":{"message":"boom","type":"server_error"}}\n\n' }], ["Hi."]],
    ],
  ])("%s: asks again, and notes it", async (_, script) => {
    const { parts, error, server } = await fail(script);
    expect(error).toBeNull();
    expect(textsOf(parts)).toEqual(["Hi."]);
    expect(only(parts, "retried")).toHaveLength(script.length - 1);
    expect(server.requests).toHaveLength(script.length);
  });

  it.each<[string, Reply, number]>([
    ["429 with a long wait", { status: 429, headers: { "Retry-After": "120" } }, 1],
    ["429 without end", { status: 429 }, 3],
    ["529 without end", { status: 529 }, 3],
  ])("%s: the agent is overloaded", async (_, reply, asked) => {
    const { error, server } = await fail([reply]);
    expect(error).toBeInstanceOf(AgentOverloaded);
    expect(server.requests).toHaveLength(asked);
  });

  it("says how long the provider wants to be left alone", async () => {
    const { error } = await fail([{ status: 429, headers: { "Retry-After": "120" } }]);
    expect((error as AgentOverloaded).retryAfterMs).toBe(120_000);
  });

  it.each<[string, Reply, string, number]>([
    ["500 without end", { status: 500 }, "answered 500", 3],
    ["400", { status: 400, body: { error: { message: "no such model" } } }, "answered 400: no such model", 1],
    ["a cut in the middle", ["Hel", { cut: true }], "broke off", 1],
    ["an end in the middle", ["Hel", { stop: true }], "broke off", 1],
    ["nonsense in the middle", ["Hel", { raw: "data: {nonsense\n\n" }], "broke off", 1],
  ])("%s: fails", async (_, reply, words, asked) => {
    const { error, server } = await fail([reply]);
    expect(error?.message).toContain(words);
    expect(error).not.toBeInstanceOf(AgentOverloaded);
    expect(server.requests).toHaveLength(asked);
  });

  it("does not show the key that a provider shows", async () => {
    const server = await serve([["Hi."]], { key: "sk-right" });
    const answer = partsOf(agentOf(server, { key: "sk-wrong" }), messagesTurn("my secret"));
    const error: Error = await answer.then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(error.message).toBe("the model's provider answered 401");
    expect(error.cause).toBeUndefined();
  });

  it("follows no redirect: credentials go where they were meant to go", async () => {
    const elsewhere = await serve([["Hi."]]);
    const redirect = { status: 307, headers: { Location: `${elsewhere.url}/chat/completions` } };
    const { error, server } = await fail([redirect], { headers: { "api-key": "secret" } });
    expect(error?.message).toMatch(/answered 307, a redirect/);
    expect(server.requests).toHaveLength(1);
    expect(elsewhere.requests).toEqual([]);
  });

  it("gathers no arguments without end", async () => {
    const endless = { tool: "look_up", arguments: { order: "x".repeat(2_000_000) } };
    const { error, server } = await fail([[endless]], { tools: { look_up: lookUp() } });
    expect(error?.message).toMatch(/more than 1048576 characters/);
    expect(server.requests).toHaveLength(1);
  });

  it("names a provider that is not there", async () => {
    const server = await OpenAiServer.start([]);
    await server[Symbol.asyncDispose]();
    const clock = new ManualClock();
    const { error } = await answerOf(agentOf(server, {}, clock), messagesTurn("hi"), clock);
    expect(error?.message).toMatch(/cannot be reached \(ECONNREFUSED\)/);
  });

  it.each<[string, Reply]>([
    ["arguments that are no JSON", [{ tool: "look_up", arguments: '{"order": ' }]],
    ["arguments that do not fit", [{ tool: "look_up", arguments: { order: 7 } }]],
    ["a tool that is not there", [{ tool: "fly", arguments: {} }]],
  ])("%s: the model is told once", async (_, broken) => {
    const tools = { look_up: lookUp() };
    const mended = await fail([broken, ["I see."]], { tools });
    expect(mended.error).toBeNull();
    expect(textsOf(mended.parts)).toEqual(["I see."]);
    expect(only(mended.parts, "retried")).toHaveLength(1);
    const { error, server } = await fail([broken], { tools });
    expect(error?.message).toMatch(/the model called (look_up|fly), which it cannot/);
    expect(server.requests).toHaveLength(2);
  });
});
