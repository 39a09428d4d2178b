import { EVENT, LIMITS } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import type { AgentPart, Turn } from "../agents/agent.ts";
import { functionAgent } from "../agents/function.ts";
import { House, REST_MS, say, types } from "../testing/house.ts";

/** An agent that yields what a test gives it, turn by turn, and then waits unless it is at an end. */
function puppet(...answers: (AgentPart | string | "wait")[][]) {
  const turns: Turn[] = [];
  const signals: AbortSignal[] = [];
  const source = functionAgent({
    name: "Ada",
    async *respond(turn, signal) {
      if (turn.reason === "greeting") {
        yield "Hello.";
        return;
      }
      turns.push(turn);
      signals.push(signal);
      for (const part of answers[turns.length - 1] ?? ["Yes."]) {
        if (part === "wait")
          await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        else yield part;
      }
    },
  });
  return { source, turns, signals };
}

const call: AgentPart = { type: "tool_call", id: "1", name: "pay", arguments: { euros: 5 } };
const result: AgentPart = { type: "tool_result", id: "1", result: "paid" };

describe("after a crash", () => {
  it("the second attempt has the tools that the first has called, in order, with what came back", async () => {
    const first = puppet([call, result, { ...call, id: "2" } as AgentPart, "wait"]);
    const before = new House(undefined, { source: first.source });
    const user = await before.joined();
    say(user, "pay");
    await before.settle();
    const second = puppet();
    const house = new House(before.journal.crash(), { source: second.source });
    await house.sessions.start();
    await house.settle();
    expect(second.turns).toMatchObject([
      {
        attempt: 2,
        tools: [
          { id: "1", name: "pay", arguments: { euros: 5 }, result: "paid", isDone: true },
          { id: "2", name: "pay", isDone: false },
        ],
      },
    ]);
  });

  it("the record says why no agent could be built", async () => {
    const before = new House(undefined, { source: puppet(["wait"]).source });
    const user = await before.joined();
    say(user, "hi");
    await before.settle();
    const house = new House(before.journal.crash(), {
      source: () => {
        throw new Error("no key");
      },
    });
    await house.sessions.start();
    await house.settle();
    const { key } = user.session.record;
    const rows = await house.journal.entries(key, { after: 0, rows: 1_000, bytes: 1_000_000 });
    const ended = rows.findLast(({ kind }) => kind === "turn_ended");
    expect(JSON.parse(ended?.data ?? "{}")).toMatchObject({ outcome: "failed", cause: "Error: no key" });
  });

  it("a later turn has none of them, and what was to be remembered", async () => {
    const { source, turns } = puppet([call, result, { type: "memory", values: { name: "Ada" } }, "Paid."]);
    const before = new House(undefined, { source });
    const user = await before.joined();
    say(user, "pay");
    await before.settle();
    say(user, "thanks");
    await before.settle();
    expect(turns[1]).toMatchObject({ tools: [], memory: { name: "Ada" } });
    const later = puppet();
    const house = new House(before.journal.crash(), { source: later.source });
    await house.sessions.start();
    const back = await house.connect(user.id);
    say(back, "and now?");
    await house.settle();
    expect(later.turns).toMatchObject([{ attempt: 1, tools: [], memory: { name: "Ada" } }]);
  });

  it("is not remembered where an agent only changes what it was given", async () => {
    const { source, turns } = puppet([{ type: "memory", values: { names: ["Ada"] } }, "Yes."]);
    const house = new House(undefined, { source });
    const user = await house.joined();
    for (const text of ["one", "two", "three"]) {
      say(user, text);
      await house.settle();
      const names = turns.at(-1)?.memory.names as string[] | undefined;
      names?.push("Eve");
    }
    expect(user.session.state.memory).toEqual({ names: ["Ada"] });
  });

  it("is remembered by a session that has slept", async () => {
    const { source, turns } = puppet([{ type: "memory", values: { name: "Ada" } }, "Yes."]);
    const house = new House(undefined, { source });
    const user = await house.joined();
    say(user, "hi");
    await house.settle();
    user.session.detach(user.reader);
    await house.advance(REST_MS);
    expect(house.sessions.size).toBe(0);
    say(await house.connect(user.id), "again");
    await house.settle();
    expect(turns[1]?.memory).toEqual({ name: "Ada" });
  });
});

describe("a user who speaks over the agent", () => {
  it("is waited with by default", async () => {
    const { source, turns, signals } = puppet(["One", "wait"]);
    const house = new House(undefined, { source });
    const user = await house.joined();
    say(user, "story");
    await house.settle();
    say(user, "stop");
    await house.settle();
    expect(signals[0]?.aborted).toBe(false);
    expect(turns).toHaveLength(1);
  });

  it("interrupts it where the connector says so: its next turn knows what was heard", async () => {
    const { source, turns, signals } = puppet(
      ["One.", { type: "message_end" }, "Two.", { type: "message_end" }, "Never heard", "wait"],
      ["wait"],
    );
    const house = new House(undefined, { source, policy: { interrupts: true } });
    const user = await house.joined();
    say(user, "story");
    await house.settle();
    await house.advance(LIMITS.chunkCollectMs);
    say(user, "stop");
    await house.settle();
    expect(signals[0]?.aborted).toBe(true);
    expect(turns[1]).toMatchObject({
      attempt: 1,
      reason: "messages",
      messages: [{ text: "stop" }],
      interrupted: { seen: "One.\n\nTwo." },
      said: [],
    });
    const crashed = puppet();
    const next = new House(house.journal.crash(), { source: crashed.source });
    await next.sessions.start();
    await next.settle();
    expect(crashed.turns).toMatchObject([{ attempt: 2, interrupted: { seen: "One.\n\nTwo." } }]);
  });
});

describe("an operator who has something said", () => {
  it("has the agent speak about it, once for a key, across a crash", async () => {
    const first = puppet(["wait"]);
    const before = new House(undefined, { source: first.source });
    const user = await before.joined();
    const request = { key: "order-7", prompt: "The order was shipped.", text: null };
    const [one, same] = await Promise.all([
      before.sessions.prompt(user.id, request),
      before.sessions.prompt(user.id, request),
    ]);
    expect(one).toEqual(same);
    await before.settle();
    expect(first.turns).toMatchObject([
      { reason: "prompted", prompt: "The order was shipped.", messages: [] },
    ]);

    const second = puppet(["It is on its way."]);
    const house = new House(before.journal.crash(), { source: second.source });
    await house.sessions.start();
    await house.settle();
    expect(second.turns).toMatchObject([
      { attempt: 2, reason: "prompted", prompt: "The order was shipped." },
    ]);
    expect(await house.sessions.prompt(user.id, request)).toEqual(one);
    expect(await house.sessions.prompt(user.id, { ...request, prompt: "Another" })).toEqual({
      refusal: "key_conflict",
    });
    await house.settle();
    expect(second.turns).toHaveLength(1);
  });

  it("has it said where nobody is connected, and read later", async () => {
    const house = new House();
    const user = await house.joined();
    user.session.detach(user.reader);
    await house.advance(REST_MS);
    expect(house.sessions.size).toBe(0);
    await house.sessions.prompt(user.id, { key: null, prompt: null, text: "Your order was shipped." });
    const { socket } = await house.connect(user.id);
    const last = socket.events.filter(({ sequence }) => sequence !== null).at(-1);
    expect(last).toMatchObject({
      type: EVENT.POLY_AGENT_MESSAGE,
      payload: { text: "Your order was shipped." },
    });
  });

  it("says it is on disk only when it is", async () => {
    const house = new House();
    const user = await house.joined();
    house.journal.hold();
    let isAnswered = false;
    const asked = house.sessions.prompt(user.id, { key: "k", prompt: null, text: "Shipped." });
    void asked.then(() => {
      isAnswered = true;
    });
    await house.settle();
    expect(isAnswered).toBe(false);
    expect(types(user.socket)).toHaveLength(5);
    house.journal.release();
    expect(await asked).toHaveProperty("id");
  });

  it("is told of sessions that there are not, that have ended, and that nobody has joined", async () => {
    const house = new House();
    const request = { key: null, prompt: null, text: "Hi." };
    expect(await house.sessions.prompt("nobody", request)).toEqual({ refusal: "unknown" });
    const fresh = await house.create();
    expect(await house.sessions.prompt(fresh, request)).toEqual({ refusal: "not_joined" });
    const user = await house.joined();
    user.session.receive(user.reader, { type: EVENT.USER_END_SESSION, payload: {} });
    await house.settle();
    expect(await house.sessions.prompt(user.id, request)).toEqual({ refusal: "ended" });
    await house.advance(200_000);
    expect(await house.sessions.prompt(user.id, request)).toEqual({ refusal: "ended" });
  });
});
