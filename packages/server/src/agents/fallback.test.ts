import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { endless, says, simple } from "../testing/agents.ts";
import { ManualClock } from "../testing/manual-clock.ts";
import { makeTurn, messagesTurn } from "../testing/turn.ts";
import { type Agent, AgentOverloaded, type AgentPart, type Turn } from "./agent.ts";
import { agentContract, partsOf, textsOf } from "./contract.ts";
import { fallbackAgent } from "./fallback.ts";
import { functionAgent } from "./function.ts";

agentContract("a fallback", (clock) => fallbackAgent({ agents: [simple(clock)] }));

describe("a fallback", () => {
  const boom = new Error("boom");
  const second = says("Bruno", "I am here.");
  const tookOver = [
    { type: "retried", reason: "Ada: Error: boom" },
    { type: "chosen", name: "Bruno" },
    { type: "text", text: "I am here." },
  ];
  const call: AgentPart = { type: "tool_call", id: "1", name: "x", arguments: {} };

  it.each<[string, Agent, unknown[]]>([
    ["throws", says("Ada", boom), tookOver],
    ["throws behind a language", says("Ada", { type: "language", language: "fr" }, boom), tookOver],
    ["throws behind an empty text", says("Ada", "", { type: "message_end" }, boom), tookOver],
    ["throws behind a tool, which is noted", says("Ada", call, boom), [call, ...tookOver]],
    [
      "says nothing",
      says("Ada"),
      [{ type: "retried", reason: "Ada: Error: said nothing" }, ...tookOver.slice(1)],
    ],
    [
      "throws at once",
      {
        name: "Ada",
        avatarUrl: "",
        respond() {
          throw boom;
        },
      },
      tookOver,
    ],
  ])("takes over when the first %s", async (_, first, parts) => {
    expect(await partsOf(fallbackAgent({ agents: [first, second] }), messagesTurn("hi"))).toEqual(parts);
  });

  it.each<[string, Agent, unknown[]]>([
    [
      "has said a word, in its language",
      says("Ada", { type: "language", language: "fr" }, "Oui."),
      [
        { type: "language", language: "fr" },
        { type: "text", text: "Oui." },
      ],
    ],
    ["ends", says("Ada", { type: "end" }), [{ type: "end" }]],
  ])("does not when the first %s", async (_, first, parts) => {
    expect(await partsOf(fallbackAgent({ agents: [first, second] }), messagesTurn("hi"))).toEqual(parts);
  });

  it("does not wait for an agent that never comes to a word", async () => {
    const { agent, yielded } = endless();
    const parts = await partsOf(fallbackAgent({ agents: [agent, second] }), messagesTurn("hi"));
    expect(textsOf(parts)).toEqual(["I am here."]);
    expect(yielded()).toBeLessThan(2_000);
  });

  it("is refused without an agent, and with a time that is none", () => {
    expect(() => fallbackAgent({ agents: [] as never })).toThrow(/agents/);
    expect(() => fallbackAgent({ agents: [second], firstWordMs: Number.NaN })).toThrow(/firstWordMs/);
  });

  it("has what the first has called, so that it is not called again", async () => {
    const returned: AgentPart = { type: "tool_result", id: "1", result: "sold" };
    let tools: Turn["tools"] = [];
    const next = functionAgent({
      name: "Bruno",
      respond(turn) {
        tools = turn.tools;
        return "Sold.";
      },
    });
    const open = { id: "0", name: "look_up", arguments: {}, isDone: false };
    const turn = { ...messagesTurn("buy"), tools: [open] };
    await partsOf(fallbackAgent({ agents: [says("Ada", call, returned, boom), next] }), turn);
    const { type: _, ...called } = call as Extract<AgentPart, { type: "tool_call" }>;
    expect(tools).toEqual([open, { ...called, result: "sold", isDone: true }]);
    expect(turn.tools).toEqual([open]);
  });

  it("does not when the first breaks off, nor for an empty greeting; the last one's failure is the turn's", async () => {
    const broken = fallbackAgent({ agents: [says("Ada", "Well", boom), second] });
    await expect(partsOf(broken, messagesTurn("hi"))).rejects.toThrow("boom");
    const quiet = fallbackAgent({ agents: [says("Ada"), second] });
    expect(await partsOf(quiet, makeTurn({ reason: "greeting" }))).toEqual([]);
    const none = fallbackAgent({ agents: [says("Ada", boom), says("Bruno", new AgentOverloaded("full"))] });
    await expect(partsOf(none, messagesTurn("hi"))).rejects.toThrow(AgentOverloaded);
  });

  it("takes over when the first is silent for too long, and tells it", async () => {
    const clock = new ManualClock();
    let heard: AbortSignal | undefined;
    const silent: Agent = {
      name: "Ada",
      avatarUrl: "",
      async *respond(_, signal) {
        heard = signal;
        await new Promise(() => {});
      },
    };
    const agent = fallbackAgent({ agents: [silent, second], firstWordMs: 5_000, clock });
    const answer = partsOf(agent, messagesTurn("hi"));
    await setImmediate();
    clock.advance(5_000);
    expect(textsOf(await answer)).toEqual(["I am here."]);
    expect(heard?.aborted).toBe(true);
    expect(clock.size).toBe(0);
  });

  it("tries nobody else when nobody listens any more", async () => {
    const stop = new AbortController();
    const first = functionAgent({
      name: "Ada",
      respond() {
        stop.abort();
        throw boom;
      },
    });
    const agent = fallbackAgent({ agents: [first, second] });
    await expect(partsOf(agent, messagesTurn("hi"), stop.signal)).rejects.toThrow("boom");
  });
});
