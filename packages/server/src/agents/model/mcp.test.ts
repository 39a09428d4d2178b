import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { useCleanUp } from "../../../../../tests/support/clean-up.ts";
import { ManualClock } from "../../testing/manual-clock.ts";
import { STDIO_SERVER, startMcpService } from "../../testing/mcp-server.ts";
import { agentOf, only } from "../../testing/model-stage.ts";
import { OpenAiServer, type Reply } from "../../testing/openai-server.ts";
import { messagesTurn } from "../../testing/turn.ts";
import { partsOf, textsOf } from "../contract.ts";
import { type McpServer, McpServers } from "./mcp.ts";

const cleanUp = useCleanUp();
const serve = async (script: readonly Reply[]) => cleanUp().use(await OpenAiServer.start(script));

const stdio: McpServer = { command: process.execPath, args: [STDIO_SERVER] };

afterEach(() => {
  delete process.env.PARLEY_TEST_SECRET;
});

describe.each([
  ["standard streams", async () => stdio],
  ["HTTP", async (): Promise<McpServer> => ({ url: cleanUp().use(await startMcpService()).url })],
])("an MCP server over %s", (_, serverOf) => {
  it("gives the model its tools, and runs what it calls", async () => {
    const model = await serve([[{ tool: "shop_find", arguments: { order: "7" } }], ["It was shipped."]]);
    const agent = cleanUp().use(agentOf(model, { mcp: { shop: await serverOf() } }));
    const parts = await partsOf(agent, messagesTurn("7?"));
    expect(only(parts, "tool_call")).toMatchObject([{ name: "shop_find", arguments: { order: "7" } }]);
    expect(only(parts, "tool_result")).toMatchObject([{ result: "order 7 was shipped", failed: false }]);
    expect(model.requests[0]?.tools?.find(({ function: { name } }) => name === "shop_find")).toMatchObject({
      function: { description: "Finds an order.", parameters: { properties: { order: { type: "string" } } } },
    });
    expect(textsOf(parts)).toEqual(["It was shipped."]);
  });

  it("tells the model where a tool fails", async () => {
    const model = await serve([[{ tool: "shop_refuse", arguments: {} }], ["I am sorry."]]);
    const agent = cleanUp().use(agentOf(model, { mcp: { shop: await serverOf() } }));
    const parts = await partsOf(agent, messagesTurn("?"));
    expect(only(parts, "tool_result")).toMatchObject([{ result: "the shop is closed", failed: true }]);
  });
});

it("an MCP server over HTTP gets its headers", async () => {
  const service = cleanUp().use(await startMcpService());
  const servers = new McpServers(
    { shop: { url: service.url, headers: { Authorization: "Bearer shop-key" } } },
    new ManualClock(),
  );
  cleanUp().defer(() => servers.close());
  expect((await servers.tools()).missing).toEqual([]);
  expect(new Set(service.headers)).toEqual(new Set(["Bearer shop-key"]));
});

it("a program gets no secrets of our environment", async () => {
  process.env.PARLEY_TEST_SECRET = "secret";
  const model = await serve([[{ tool: "shop_environment", arguments: {} }], ["?"]]);
  const agent = cleanUp().use(agentOf(model, { mcp: { shop: { ...stdio, env: { SHOP: "1" } } } }));
  const [{ result } = { result: "" }] = only(await partsOf(agent, messagesTurn("?")), "tool_result");
  expect(String(result).split(" ")).toContain("SHOP");
  expect(result).not.toContain("PARLEY_TEST_SECRET");
});

it("an MCP server that is missing leaves the others and the turn alone, and is tried again later", async () => {
  const clock = new ManualClock();
  const gone = await startMcpService();
  await gone[Symbol.asyncDispose]();
  const servers = new McpServers({ shop: { url: gone.url }, other: stdio }, clock);
  cleanUp().defer(() => servers.close());
  const first = await servers.tools();
  expect(first.missing).toEqual([expect.stringContaining("the MCP server shop is missing")]);
  expect(Object.keys(first.tools)).toContain("other_find");

  cleanUp().use(await startMcpService({ port: gone.port }));
  expect((await servers.tools()).missing, "left alone for a while").toHaveLength(1);
  clock.advance(30_000);
  const later = await servers.tools();
  expect(later.missing).toEqual([]);
  expect(Object.keys(later.tools)).toEqual(expect.arrayContaining(["shop_find", "other_find"]));
});

it("a call that a server answers with an error leaves the calls of other sessions alone", async () => {
  const servers = new McpServers({ shop: stdio }, new ManualClock());
  cleanUp().defer(() => servers.close());
  const { tools } = await servers.tools();
  const run = async (name: string) =>
    await tools[name]?.execute?.({}, { toolCallId: "1", messages: [], context: {} });
  const waiting = run("shop_wait");
  waiting.catch(() => {});
  await expect(run("shop_protest")).rejects.toThrow("not like this");
  await run("shop_go");
  expect(await waiting).toMatchObject({ content: [{ text: "waited" }] });
});

it("a server that hangs is replaced, once a call to it was given up", async () => {
  const clock = new ManualClock();
  const servers = new McpServers({ shop: stdio }, clock);
  cleanUp().defer(() => servers.close());
  const run = async (name: string, abortSignal?: AbortSignal) => {
    const { tools } = await servers.tools();
    const options = { toolCallId: "1", messages: [], context: {}, ...(abortSignal && { abortSignal }) };
    return await tools[name]?.execute?.({ order: "7" }, options);
  };
  await run("shop_freeze");
  const stop = new AbortController();
  const call = run("shop_find", stop.signal);
  await setImmediate();
  stop.abort();
  await expect(call).rejects.toThrow();
  clock.advance(5_000);
  await setImmediate();
  expect(await run("shop_find")).toMatchObject({ content: [{ text: "order 7 was shipped" }] });
});

it("a server that goes away in the middle fails the call, and is there again for the next turn", async () => {
  const model = await serve([
    [{ tool: "shop_leave", arguments: {} }],
    ["It left."],
    [{ tool: "shop_find", arguments: { order: "7" } }],
    ["Shipped."],
  ]);
  const agent = cleanUp().use(agentOf(model, { mcp: { shop: stdio } }));
  const first = await partsOf(agent, messagesTurn("?"));
  expect(only(first, "tool_result")).toMatchObject([{ failed: true }]);
  const second = await partsOf(agent, messagesTurn("7?"));
  expect(only(second, "tool_result")).toMatchObject([{ result: "order 7 was shipped" }]);
});
