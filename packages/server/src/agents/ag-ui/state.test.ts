import { type Event, EventType } from "@ag-ui/core";
import { describe, expect, it } from "vitest";
import { useCleanUp } from "../../../../../tests/support/clean-up.ts";
import { type Act, agentOf, type RunScript, says, startAgUiService } from "../../testing/ag-ui-service.ts";
import { ManualClock } from "../../testing/manual-clock.ts";
import { answerOf, only } from "../../testing/model-stage.ts";
import { messagesTurn } from "../../testing/turn.ts";
import type { Turn } from "../agent.ts";
import { partsOf, textsOf } from "../contract.ts";

const cleanUp = useCleanUp();
const serve = async (script: RunScript | readonly Act[]) => cleanUp().use(await startAgUiService(script));

describe("state", () => {
  it("is remembered, and sent back with the next run", async () => {
    const service = await serve([
      { type: EventType.STATE_SNAPSHOT, snapshot: { basket: ["tea"] } },
      { type: EventType.STATE_DELTA, delta: [{ op: "add", path: "/basket/-", value: "milk" }] },
      ...says("Milk."),
    ]);
    const agent = agentOf(service);
    const [memory] = only(await partsOf(agent, messagesTurn("milk")), "memory");
    expect(memory).toEqual({
      type: "memory",
      values: { "ag-ui:Frame": { state: { basket: ["tea", "milk"] } } },
    });
    await partsOf(agent, { ...messagesTurn("?"), memory: memory?.values ?? {} });
    expect(service.inputs[1]?.state).toEqual({ basket: ["tea", "milk"] });
  });

  it("is not written where it has not changed", async () => {
    const service = await serve([{ type: EventType.STATE_SNAPSHOT, snapshot: { a: 1 } }, ...says("Hi.")]);
    const parts = await partsOf(agentOf(service), {
      ...messagesTurn("?"),
      memory: { "ag-ui:Frame": { state: { a: 1 } } },
    });
    expect(only(parts, "memory")).toEqual([]);
  });

  it("is the turn's own, which stays as it was", async () => {
    const delta = [{ op: "add" as const, path: "/b", value: 2 }];
    const service = await serve([{ type: EventType.STATE_DELTA, delta }, ...says("Hi.")]);
    const memory = { "ag-ui:Frame": { state: { a: 1 } } };
    const turn = { ...messagesTurn("?"), memory: structuredClone(memory) };
    const parts = await partsOf(agentOf(service), turn);
    expect(only(parts, "memory")).toEqual([
      { type: "memory", values: { "ag-ui:Frame": { state: { a: 1, b: 2 } } } },
    ]);
    expect(turn.memory).toEqual(memory);
  });

  it("stands beside what other agents of the session remember", async () => {
    const service = await serve([{ type: EventType.STATE_SNAPSHOT, snapshot: { a: 1 } }, ...says("Hi.")]);
    const memory = { name: "Ada", "ag-ui:Other": { state: { secret: 1 }, interrupts: [{ id: "i-9" }] } };
    const parts = await partsOf(agentOf(service), { ...messagesTurn("?"), memory });
    expect(service.inputs[0]).toMatchObject({ state: {} });
    expect(service.inputs[0]).not.toHaveProperty("resume");
    const [noted] = only(parts, "memory");
    expect(noted?.values).toEqual({ ...memory, "ag-ui:Frame": { state: { a: 1 } } });
  });

  it("is bounded, however its changes make it grow", async () => {
    const delta = [
      { op: "add" as const, path: "/a", value: "x".repeat(1_000) },
      ...Array.from({ length: 60 }, (_, i) => ({ op: "copy" as const, from: "", path: `/${i}` })),
    ];
    const service = await serve([{ type: EventType.STATE_DELTA, delta }, ...says("Hi.")]);
    const clock = new ManualClock();
    const { error } = await answerOf(agentOf(service, {}, clock), messagesTurn("?"), clock);
    expect(error?.message).toMatch(/state of more than/);
  });

  it("has no way to the prototypes of objects", async () => {
    const delta = [{ op: "add" as const, path: "/__proto__/polluted", value: true }];
    const service = await serve([...says("Hi."), { type: EventType.STATE_DELTA, delta }]);
    await expect(partsOf(agentOf(service), messagesTurn("?"))).rejects.toThrow("do not fit");
    expect(Object.prototype).not.toHaveProperty("polluted");
  });

  it("of an interrupt is the question; the user's next message answers it", async () => {
    const finished: Event = {
      type: EventType.RUN_FINISHED,
      threadId: "t",
      runId: "r",
      outcome: { type: "interrupt", interrupts: [{ id: "i-1", reason: "input", message: "Which order?" }] },
    };
    const service = await serve((_, count) => (count === 1 ? [finished] : says("Found.")));
    const agent = agentOf(service);
    const first = await partsOf(agent, messagesTurn("where is it?"));
    expect(textsOf(first)).toEqual(["Which order?"]);
    const [memory] = only(first, "memory");
    const second = await partsOf(agent, { ...messagesTurn("7"), memory: memory?.values ?? {} });
    expect(service.inputs[1]?.resume).toEqual([{ interruptId: "i-1", status: "resolved", payload: "7" }]);
    expect(only(second, "memory")).toEqual([{ type: "memory", values: {} }]);
  });

  it("of an interrupt stays open where it is not the user who speaks", async () => {
    const service = await serve(says("Order 7 was shipped."));
    const memory = { "ag-ui:Frame": { interrupts: [{ id: "i-1" }] } };
    const turn: Turn = { ...messagesTurn(), reason: "prompted", prompt: "Order 7 was shipped.", memory };
    const parts = await partsOf(agentOf(service), turn);
    expect(service.inputs[0]).not.toHaveProperty("resume");
    expect(only(parts, "memory")).toEqual([]);
  });
});
