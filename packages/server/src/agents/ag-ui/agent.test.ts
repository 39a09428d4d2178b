import { type Event, EventType } from "@ag-ui/core";
import { EVENT, type ServerEvent } from "@parley/protocol";
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
import { only } from "../../testing/model-stage.ts";
import { makeTurn, messagesTurn } from "../../testing/turn.ts";
import type { Turn } from "../agent.ts";
import { partsOf, textsOf } from "../contract.ts";

const cleanUp = useCleanUp();
const serve = async (script: RunScript | readonly Act[]) => cleanUp().use(await startAgUiService(script));
const custom = (name: string, value: unknown): Event => ({ type: EventType.CUSTOM, name, value });

describe("a run", () => {
  it("streams its text as it comes, and notes what it cost", async () => {
    const gate = Promise.withResolvers<void>();
    const [start, first, second, end] = says("Hel", "lo.") as [Event, Event, Event, Event];
    const finished: Event = {
      type: EventType.RUN_FINISHED,
      threadId: "t",
      runId: "r",
      usage: [{ inputTokens: 11, outputTokens: 7 }],
    };
    const service = await serve([start, first, { until: gate.promise }, second, end, finished]);
    const iterator = agentOf(service)
      .respond(messagesTurn("hi"), new AbortController().signal)
      [Symbol.asyncIterator]();
    expect((await iterator.next()).value).toEqual({ type: "text", text: "Hel" });
    gate.resolve();
    expect((await iterator.next()).value).toEqual({ type: "text", text: "lo." });
    expect((await iterator.next()).value).toEqual({ type: "usage", inputTokens: 11, outputTokens: 7 });
    expect((await iterator.next()).done).toBe(true);
  });

  it("is asked for with the session as its thread, headers, and what was said", async () => {
    const service = await serve(says("Hi."));
    const turn: Turn = {
      ...messagesTurn("one", "two"),
      context: { customer: "C-7" },
      session: { ...makeTurn().session, attributes: { plan: "free" } },
      transcript: async () => [
        event(EVENT.POLY_AGENT_MESSAGE, 4, "Hello."),
        event(EVENT.USER_MESSAGE, 5, "one"),
      ],
    };
    const headers = ({ session }: Turn) => ({ Authorization: `Bearer for-${session.connector}` });
    await partsOf(agentOf(service, { headers, forwardedProps: { tenant: 1 } }), turn);
    const [input] = service.inputs;
    expect(service.headers[0]).toMatchObject({
      authorization: "Bearer for-demo",
      accept: "text/event-stream",
    });
    expect(input).toMatchObject({ threadId: turn.session.id, runId: `${turn.session.id}-7`, state: {} });
    expect(input?.messages.map(({ role, ...rest }) => [role, "content" in rest ? rest.content : ""])).toEqual(
      [
        ["assistant", "Hello."],
        ["user", "one"],
        ["user", "two"],
      ],
    );
    expect(input?.context.map(({ description, value }) => `${description}: ${value}`)).toEqual([
      expect.stringMatching(/^Verified.*\{"customer":"C-7"\}$/),
      expect.stringMatching(/not verified.*\{"plan":"free"\}$/),
    ]);
    expect(input?.forwardedProps).toMatchObject({
      tenant: 1,
      parley: { reason: "messages", attempt: 1, context: { customer: "C-7" }, attributes: { plan: "free" } },
    });
    expect(input?.tools.map(({ name }) => name)).toEqual([
      "hand_off",
      "end_conversation",
      "show_cards",
      "suggest_replies",
      "offer_call",
      "change_language",
    ]);
  });

  it("has only what is new, for a service that keeps the thread", async () => {
    const service = await serve(says("Hi."));
    const turn = {
      ...messagesTurn("two"),
      transcript: async () => [
        event(EVENT.USER_MESSAGE, 2, "one"),
        event(EVENT.POLY_AGENT_MESSAGE, 3, "Hello."),
      ],
    };
    await partsOf(agentOf(service, { history: "new" }), turn);
    expect(service.inputs[0]?.messages).toMatchObject([{ role: "user", content: "two" }]);
  });

  it.each<[string, Partial<Turn>, string]>([
    [
      "an operator asks for it",
      { reason: "prompted", prompt: "Order 7 was shipped." },
      "Order 7 was shipped.",
    ],
    [
      "nobody took over",
      { reason: "returned", returned: { outcome: "failed", reason: "closed", person: null } },
      "closed",
    ],
    [
      "a person gave it back",
      { reason: "returned", returned: { outcome: "returned", reason: "Refunded.", person: "Grace" } },
      "Grace, a person, has given the conversation back to you (Refunded.).",
    ],
  ])("says why, where %s", async (_, more, words) => {
    const service = await serve(says("Hi."));
    await partsOf(agentOf(service), makeTurn(more));
    expect(service.inputs[0]?.messages.at(-1)).toMatchObject({
      role: "developer",
      content: expect.stringContaining(words),
    });
  });

  it("is several messages where the service says several, and none of its subagents and thoughts", async () => {
    const service = await serve([
      { type: EventType.REASONING_START, messageId: "r" },
      { type: EventType.TEXT_MESSAGE_CHUNK, messageId: "a", delta: "One" },
      { type: EventType.TEXT_MESSAGE_CHUNK, delta: "." },
      { type: EventType.TEXT_MESSAGE_CONTENT, messageId: "s", delta: "psst", subagentRunId: "sub" },
      { type: EventType.TEXT_MESSAGE_CHUNK, messageId: "b", delta: "Two." },
      { raw: 'data: {"type":"FROM_THE_FUTURE"}\n\n' },
    ]);
    expect(textsOf(await partsOf(agentOf(service), messagesTurn("?")))).toEqual(["One.", "Two."]);
  });

  it("says the last message of its snapshot, where it does not stream", async () => {
    const messages = [
      { id: "1", role: "user" as const, content: "?" },
      { id: "2", role: "assistant" as const, content: "All at once." },
    ];
    const service = await serve([{ type: EventType.MESSAGES_SNAPSHOT, messages }]);
    expect(textsOf(await partsOf(agentOf(service), messagesTurn("?")))).toEqual(["All at once."]);
  });

  it("is cancelled by closing the request", async () => {
    const service = await serve([...says("Well").slice(0, 2), { until: new Promise(() => {}) }]);
    const stop = new AbortController();
    const iterator = agentOf(service).respond(messagesTurn("hi"), stop.signal)[Symbol.asyncIterator]();
    await iterator.next();
    const next = iterator.next();
    stop.abort(new Error("gone"));
    await expect(next).rejects.toThrow("gone");
    await service.closed;
  });

  it("is left to the connector where the user has just come in, unless the service greets", async () => {
    const service = await serve(says("Welcome!"));
    const turn = makeTurn({ reason: "greeting" });
    expect(await partsOf(agentOf(service), turn)).toEqual([]);
    expect(textsOf(await partsOf(agentOf(service, { greets: true }), turn))).toEqual(["Welcome!"]);
  });
});

describe("tools", () => {
  it("of the service are noted as they come and go", async () => {
    const service = await serve([
      ...calls("t-1", "look_up", { order: "7" }),
      { type: EventType.TOOL_CALL_RESULT, messageId: "m", toolCallId: "t-1", content: '{"state":"shipped"}' },
      { type: EventType.TOOL_CALL_CHUNK, toolCallId: "t-2", toolCallName: "look_up", delta: '{"order":' },
      { type: EventType.TOOL_CALL_CHUNK, delta: '"8"}' },
      ...says("Shipped."),
    ]);
    const parts = await partsOf(agentOf(service), messagesTurn("7?"));
    expect(parts).toEqual([
      { type: "tool_call", id: "t-1", name: "look_up", arguments: { order: "7" } },
      { type: "tool_result", id: "t-1", result: { state: "shipped" } },
      { type: "text", text: "Shipped." },
      { type: "tool_call", id: "t-2", name: "look_up", arguments: { order: "8" } },
    ]);
  });

  it("of the protocol are carried out, and go with the text", async () => {
    const service = await serve([...says("Tea?"), ...calls("t-1", "suggest_replies", { replies: ["Yes"] })]);
    const parts = await partsOf(agentOf(service), messagesTurn("hi"));
    expect(only(parts, "suggestions")).toEqual([
      { type: "suggestions", suggestions: [{ message_text: "Yes" }] },
    ]);
    expect(service.inputs).toHaveLength(1);
  });

  it("of the protocol have their results in a run that follows, where the service waits for them", async () => {
    const service = await serve((_, count) =>
      count === 1 ? calls("t-1", "change_language", { language: "fr-FR" }) : says("Bonjour."),
    );
    const parts = await partsOf(agentOf(service), messagesTurn("en français"));
    expect(parts.filter(({ type }) => type === "language" || type === "text")).toEqual([
      { type: "language", language: "fr-FR" },
      { type: "text", text: "Bonjour." },
    ]);
    expect(service.inputs[1]?.runId).toBe(`${service.inputs[0]?.runId}-2`);
    expect(service.inputs[1]?.messages.slice(-2)).toMatchObject([
      { role: "assistant", toolCalls: [{ id: "t-1", function: { name: "change_language" } }] },
      { role: "tool", toolCallId: "t-1", content: "done" },
    ]);
  });

  it("of the protocol always have their results, where the service keeps the thread", async () => {
    const service = await serve((_, count) =>
      count === 1 ? [...says("Tea?"), ...calls("t-1", "suggest_replies", { replies: ["Yes"] })] : [],
    );
    await partsOf(agentOf(service, { history: "new" }), messagesTurn("hi"));
    expect(service.inputs[1]?.messages).toMatchObject([
      { role: "assistant", content: "Tea?", toolCalls: [{ id: "t-1" }] },
      { role: "tool", toolCallId: "t-1" },
    ]);
  });

  it("do not go on for ever", async () => {
    const service = await serve((_, count) => calls(`t-${count}`, "change_language", { language: "fr" }));
    await expect(partsOf(agentOf(service), messagesTurn("?"))).rejects.toThrow("5 runs");
    expect(service.inputs).toHaveLength(5);
  });

  it.each<[string, Act[], object]>([
    ["a tool", calls("t-1", "hand_off", { reason: "asked" }), { managed: "server", reason: "asked" }],
    [
      "a custom event",
      [
        custom("parley.handoff", {
          managed: "client",
          reason: "POLICY",
          queue: "sales",
          route: "app://sales",
        }),
      ],
      { managed: "client", reason: "POLICY", queue: "sales", route: "app://sales" },
    ],
  ])("hand off by %s, behind all that was said", async (_, acts, handoff) => {
    const service = await serve([...acts, ...says("One moment.")]);
    const parts = await partsOf(agentOf(service), messagesTurn("human"));
    expect(textsOf(parts)).toEqual(["One moment."]);
    expect(parts.at(-1)).toEqual({ type: "handoff", handoff });
    expect(service.inputs).toHaveLength(1);
  });
});

it("custom events are parts of the answer, and those of others are not", async () => {
  const suggestions = [{ message_text: "Yes" }];
  const service = await serve([
    custom("parley.language", "fr-FR"),
    ...says("Oui."),
    custom("parley.suggestions", suggestions),
    custom("parley.call_actions", { actions: [{ title: "Desk", contact_number: "1" }] }),
    custom("somebody.else", { x: 1 }),
    custom("parley.end", null),
  ]);
  expect(await partsOf(agentOf(service), messagesTurn("?"))).toEqual([
    { type: "language", language: "fr-FR" },
    { type: "text", text: "Oui." },
    { type: "suggestions", suggestions },
    { type: "call_actions", actions: [{ title: "Desk", contact_number: "1" }] },
    { type: "end" },
  ]);
});

it("a second attempt is told what was said and what was called", async () => {
  const service = await serve(says("on its way."));
  const turn: Turn = {
    ...messagesTurn("7?"),
    attempt: 2,
    said: ["Your order is"],
    tools: [
      { id: "t-1", name: "look_up", arguments: { order: "7" }, result: { state: "shipped" }, isDone: true },
    ],
    transcript: async () => [
      event(EVENT.USER_MESSAGE, 5, "7?"),
      event(EVENT.POLY_AGENT_MESSAGE, 6, "Your order is"),
    ],
  };
  await partsOf(agentOf(service), turn);
  expect(service.inputs[0]?.messages).toMatchObject([
    { role: "user", content: "7?" },
    { role: "developer", content: expect.stringContaining("repeat nothing") },
    { role: "assistant", content: "Your order is" },
    { role: "assistant", toolCalls: [{ id: "t-1", function: { arguments: '{"order":"7"}' } }] },
    { role: "tool", toolCallId: "t-1", content: '{"state":"shipped"}' },
  ]);
});

it("a second attempt carries out what the first has decided", async () => {
  const service = await serve(says("Anything else?"));
  const cards = { replies: ["Yes"] };
  const given = { reason: "asked for a person" };
  const tools = [
    { id: "t-1", name: "suggest_replies", arguments: cards, result: "done", isDone: true },
    { id: "t-2", name: "hand_off", arguments: given, result: "done", isDone: true },
  ];
  expect(await partsOf(agentOf(service), { ...messagesTurn("a person"), attempt: 2, tools })).toEqual([
    { type: "suggestions", suggestions: [{ message_text: "Yes" }] },
    { type: "handoff", handoff: { managed: "server", ...given } },
  ]);
  expect(service.inputs).toEqual([]);
});

it("what the user has spoken over is decided anew", async () => {
  const service = await serve(says("Go on."));
  const tools = [{ id: "t-1", name: "end_conversation", arguments: {}, result: "done", isDone: true }];
  const turn: Turn = { ...messagesTurn("bye", "wait"), interrupted: { seen: "" }, tools };
  expect(await partsOf(agentOf(service), turn)).toEqual([{ type: "text", text: "Go on." }]);
  expect(JSON.stringify(service.inputs[0]?.messages)).not.toContain("end_conversation");
});

function event(type: string, sequence: number, text: string): ServerEvent {
  const payload = { message_id: `${sequence}`, text, attachments: [], response_suggestions: [] };
  return { id: `${sequence}`, sequence, timestamp: "2026-01-01T00:00:00.000Z", type, payload } as ServerEvent;
}
