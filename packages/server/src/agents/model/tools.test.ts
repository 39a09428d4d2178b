import { jsonSchema, tool } from "ai";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { useCleanUp } from "../../../../../tests/support/clean-up.ts";
import { ManualClock } from "../../testing/manual-clock.ts";
import { agentOf, only } from "../../testing/model-stage.ts";
import { OpenAiServer, type Reply, type Script } from "../../testing/openai-server.ts";
import { messagesTurn } from "../../testing/turn.ts";
import type { AgentPart, Turn } from "../agent.ts";
import { partsOf, textsOf } from "../contract.ts";

const cleanUp = useCleanUp();
const serve = async (script: readonly Reply[] | Script, options: { key?: string } = {}) =>
  cleanUp().use(await OpenAiServer.start(script, options));

const kinds = (parts: readonly AgentPart[]) => parts.map(({ type }) => type);

const lookUp = (execute: (input: { order: string }) => unknown = () => ({ state: "shipped" })) =>
  tool({ description: "Looks up an order.", inputSchema: z.object({ order: z.string() }), execute });

describe("the protocol's own tools", () => {
  it.each([
    [
      "hand_off",
      { reason: "wants a person" },
      { type: "handoff", handoff: { managed: "server", reason: "wants a person" } },
    ],
    ["end_conversation", {}, { type: "end" }],
  ])("%s is the last part, and the model is not asked again", async (name, given, part) => {
    const server = await serve([["One moment.", { tool: name, arguments: given }]]);
    const parts = await partsOf(agentOf(server), messagesTurn("hi"));
    expect(kinds(parts)).toEqual(["text", "usage", "tool_call", "tool_result", part.type]);
    expect(parts.at(-1)).toEqual(part);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [
      "show_cards",
      { cards: [{ title: "Menu", url: "https://a.example/menu" }] },
      {
        type: "attachments",
        attachments: [
          {
            title: "Menu",
            preview_image_url: "",
            content_url: "https://a.example/menu",
            content_type: "ATTACHMENT_CONTENT_TYPE_URL",
            call_to_action_text: "",
          },
        ],
      },
    ],
    [
      "suggest_replies",
      { replies: ["Yes"] },
      { type: "suggestions", suggestions: [{ message_text: "Yes" }] },
    ],
    [
      "offer_call",
      { numbers: [{ title: "Desk", number: "+44 20" }] },
      { type: "call_actions", actions: [{ title: "Desk", contact_number: "+44 20" }] },
    ],
  ])("%s goes with the text, and nothing need be said after it", async (name, given, part) => {
    const server = await serve([["Here.", { tool: name, arguments: given }]]);
    const parts = await partsOf(agentOf(server), messagesTurn("hi"));
    expect(parts.filter(({ type }) => type === part.type)).toEqual([part]);
    expect(server.requests).toHaveLength(1);
  });

  it("change_language comes before the text", async () => {
    const server = await serve([
      [{ tool: "change_language", arguments: { language: "fr-fr" } }],
      ["Bonjour."],
    ]);
    const parts = await partsOf(agentOf(server), messagesTurn("en français"));
    expect(parts.filter(({ type }) => type === "language" || type === "text")).toEqual([
      { type: "language", language: "fr-FR" },
      { type: "text", text: "Bonjour." },
    ]);
  });

  it("tells the model what was wrong with a card, and shows nothing", async () => {
    const server = await serve([
      [{ tool: "show_cards", arguments: { cards: [{ title: "Menu", url: "/menu" }] } }],
      ["There is no card."],
    ]);
    const parts = await partsOf(agentOf(server), messagesTurn("menu"));
    expect(kinds(parts)).not.toContain("attachments");
    expect(textsOf(parts)).toEqual(["There is no card."]);
  });

  it("hands off to a queue that there is, or elsewhere by a route that the model never sees", async () => {
    const server = await serve([[{ tool: "hand_off", arguments: { reason: "POLICY", queue: "sales" } }]]);
    const handoff = { managed: "client", routes: { sales: "app://desk/sales" } } as const;
    const parts = await partsOf(agentOf(server, { handoff }), messagesTurn("hi"));
    expect(parts.at(-1)).toEqual({
      type: "handoff",
      handoff: { managed: "client", reason: "POLICY", queue: "sales", route: "app://desk/sales" },
    });
    expect(JSON.stringify(server.requests)).not.toContain("app://desk");
  });

  it("are those that are wanted", async () => {
    const server = await serve([["Hi."]]);
    await partsOf(agentOf(server, { builtIn: ["suggest_replies"] }), messagesTurn("hi"));
    expect(server.requests[0]?.tools?.map(({ function: { name } }) => name)).toEqual(["suggest_replies"]);
  });
});

describe("the user's own tools", () => {
  it("are noted before they run, and the answer goes on with what came back", async () => {
    const ran: string[] = [];
    const tools = { look_up: lookUp(({ order }) => ran.push(order) && { state: "shipped" }) };
    const server = await serve([
      ["Let me see.", { tool: "look_up", arguments: { order: "7" } }],
      ["It is on its way."],
    ]);
    const iterator = agentOf(server, { tools }).respond(messagesTurn("7?"), new AbortController().signal);
    const parts: AgentPart[] = [];
    for await (const part of iterator) {
      parts.push(part);
      if (part.type === "tool_call") expect(ran).toEqual([]);
    }
    expect(parts).toEqual([
      { type: "text", text: "Let me see." },
      { type: "usage", inputTokens: 11, outputTokens: 7 },
      { type: "tool_call", id: "call_0", name: "look_up", arguments: { order: "7" } },
      { type: "tool_result", id: "call_0", result: { state: "shipped" }, failed: false },
      { type: "text", text: "\n\n" },
      { type: "text", text: "It is on its way." },
      { type: "usage", inputTokens: 11, outputTokens: 7 },
    ]);
    expect(server.requests[1]?.messages.at(-1)).toMatchObject({
      role: "tool",
      tool_call_id: "call_0",
      content: '{"state":"shipped"}',
    });
  });

  it("run side by side, and a step's calls have ids of their own where the provider's repeat", async () => {
    const gate = Promise.withResolvers<void>();
    const tools = { look_up: lookUp(({ order }) => (order === "1" ? gate.promise : gate.resolve())) };
    const both = ["1", "2"].map((order) => ({ tool: "look_up", arguments: { order } }));
    const server = await serve([both, [{ tool: "look_up", arguments: { order: "3" } }], ["Done."]]);
    const parts = await partsOf(agentOf(server, { tools }), messagesTurn("?"));
    expect(only(parts, "tool_call").map(({ id }) => id)).toEqual(["call_0", "call_1", "call_0-2"]);
    expect(only(parts, "tool_result").map(({ id }) => id)).toContain("call_0-2");
    expect(textsOf(parts)).toEqual(["Done."]);
  });

  it.each([
    ["fails", () => Promise.reject(new Error("the warehouse is closed")), "the warehouse is closed"],
    [
      "throws",
      () => {
        throw new Error("no such order");
      },
      "no such order",
    ],
    ["gives what is no JSON", () => 7n, "BigInt"],
  ])("are told to the model where one %s", async (_, execute, words) => {
    const server = await serve([[{ tool: "look_up", arguments: { order: "7" } }], ["I am sorry."]]);
    const parts = await partsOf(agentOf(server, { tools: { look_up: lookUp(execute) } }), messagesTurn("?"));
    expect(only(parts, "tool_result")).toMatchObject([
      { failed: true, result: expect.stringContaining(words) },
    ]);
    expect(textsOf(parts)).toEqual(["I am sorry."]);
  });

  it("are not waited for beyond their time, and are told to stop", async () => {
    const clock = new ManualClock();
    let signal: AbortSignal | undefined;
    const hanging = tool({
      inputSchema: jsonSchema({ type: "object" }),
      execute: (_, options) => {
        signal = options.abortSignal;
        clock.advance(5_000);
        return new Promise(() => {});
      },
    });
    const server = await serve([[{ tool: "hanging", arguments: {} }], ["It takes too long."]]);
    const parts = await partsOf(
      agentOf(server, { tools: { hanging }, toolSeconds: 5 }, clock),
      messagesTurn("?"),
    );
    expect(only(parts, "tool_result")).toMatchObject([
      { failed: true, result: expect.stringContaining("5 seconds") },
    ]);
    expect(signal?.aborted).toBe(true);
    expect(clock.size).toBe(0);
  });

  it("are cut off where they return too much", async () => {
    const tools = { look_up: lookUp(() => "ä".repeat(100_000)) };
    const server = await serve([[{ tool: "look_up", arguments: { order: "7" } }], ["A lot."]]);
    const parts = await partsOf(agentOf(server, { tools, toolResultBytes: 1_000 }), messagesTurn("?"));
    const [{ result } = { result: null }] = only(parts, "tool_result");
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(1_000);
    expect(result).toMatch(/^ä+… \[cut off; the whole has 200000 bytes\]$/);
  });

  it("end after so many steps: the last time the model has to answer", async () => {
    const server = await serve((_, count) =>
      count < 3 ? [{ tool: "look_up", arguments: { order: "7" } }] : ["I give up."],
    );
    const parts = await partsOf(
      agentOf(server, { tools: { look_up: lookUp() }, maxSteps: 3 }),
      messagesTurn("?"),
    );
    expect(server.requests.map(({ tool_choice }) => tool_choice)).toEqual(["auto", "auto", "none"]);
    expect(textsOf(parts)).toEqual(["I give up."]);
  });

  it("are made anew for each turn where they are a function of it", async () => {
    const server = await serve([[{ tool: "whoami", arguments: {} }], ["You are C-7."]]);
    const tools = ({ context }: Turn) => ({
      whoami: tool({ inputSchema: z.object({}), execute: () => context }),
    });
    const parts = await partsOf(agentOf(server, { tools }), {
      ...messagesTurn("?"),
      context: { customer: "C-7" },
    });
    expect(only(parts, "tool_result")).toMatchObject([{ result: { customer: "C-7" } }]);
  });
});

describe("a second attempt", () => {
  const record = { id: "call_0", name: "look_up", arguments: { order: "7" } };

  it("knows the results there are and calls nothing again", async () => {
    const execute = vi.fn();
    const server = await serve([["on its way."]]);
    const turn = {
      ...messagesTurn("7?"),
      attempt: 2,
      said: ["Your order is"],
      tools: [{ ...record, result: { state: "shipped" }, isDone: true }],
    };
    const parts = await partsOf(agentOf(server, { tools: { look_up: lookUp(execute) } }), turn);
    expect(textsOf(parts)).toEqual(["on its way."]);
    expect(execute).not.toHaveBeenCalled();
    expect(server.requests[0]?.messages.slice(-2)).toMatchObject([
      {
        role: "assistant",
        tool_calls: [{ id: "call_0", function: { name: "look_up", arguments: '{"order":"7"}' } }],
      },
      { role: "tool", tool_call_id: "call_0", content: '{"state":"shipped"}' },
    ]);
  });

  it("says of a call that did not come back that its effect is not known", async () => {
    const server = await serve([["I cannot tell."]]);
    const turn = { ...messagesTurn("7?"), attempt: 2, tools: [{ ...record, isDone: false }] };
    await partsOf(agentOf(server, { tools: { look_up: lookUp() } }), turn);
    expect(server.requests[0]?.messages.at(-1)?.content).toContain("not known");
  });

  it("carries out a handoff that was decided, without asking the model", async () => {
    const server = await serve([["?"]]);
    const tools = [{ id: "call_0", name: "hand_off", arguments: { reason: "asked" }, isDone: false }];
    const parts = await partsOf(agentOf(server), { ...messagesTurn("human"), attempt: 2, tools });
    expect(parts).toEqual([{ type: "handoff", handoff: { managed: "server", reason: "asked" } }]);
    expect(server.requests).toHaveLength(0);
  });

  it("gives the replies again that rode on the message that broke off", async () => {
    const server = await serve([["Well?"]]);
    const tools = [
      {
        id: "call_0",
        name: "suggest_replies",
        arguments: { replies: ["Yes"] },
        result: "done",
        isDone: true,
      },
    ];
    const parts = await partsOf(agentOf(server), { ...messagesTurn("hi"), attempt: 2, tools });
    expect(parts[0]).toEqual({ type: "suggestions", suggestions: [{ message_text: "Yes" }] });
  });
});
