import { EVENT, LIMITS, SYSTEM_MESSAGES } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { AgentOverloaded, type AgentPart } from "../agents/agent.ts";
import { functionAgent } from "../agents/function.ts";
import { reply, type Said } from "../agents/helpers.ts";
import { House, say } from "../testing/house.ts";
import type { ManualClock } from "../testing/manual-clock.ts";

const FIRST_WORD_MS = 60_000;
const BETWEEN_WORDS_MS = 30_000;
const WHOLE_ANSWER_MS = 600_000;

type Misbehave = (clock: ManualClock) => AsyncIterable<Said>;
const never = () => new Promise<never>(() => {});
const after = (clock: ManualClock, ms: number) =>
  new Promise<void>((resolve) => void clock.after(ms, resolve));

/** What an agent does, how far its answer gets, and what its user is told of it. */
const WAYS: [name: string, misbehave: Misbehave, heard: (texts: string[]) => void, told: string | null][] = [
  [
    "is slow, and in time",
    async function* (clock) {
      await after(clock, FIRST_WORD_MS - 1_000);
      yield reply("Here I am.");
    },
    (texts) => expect(texts).toEqual(["Here I am."]),
    null,
  ],
  [
    "is silent",
    async function* () {
      await never();
      yield "";
    },
    (texts) => expect(texts).toEqual([]),
    SYSTEM_MESSAGES.overloaded,
  ],
  [
    "is silent in the middle",
    async function* () {
      yield "Well, let me see. ";
      await never();
    },
    (texts) => expect(texts).toEqual(["Well, let me see. "]),
    SYSTEM_MESSAGES.overloaded,
  ],
  [
    "floods with parts that say nothing",
    async function* () {
      for (;;) yield "";
    },
    (texts) => expect(texts).toEqual([]),
    SYSTEM_MESSAGES.overloaded,
  ],
  [
    "floods with text",
    async function* () {
      for (;;) yield "word ".repeat(20_000);
    },
    (texts) => {
      const bytes = texts.reduce((sum, text) => sum + text.length, 0);
      expect(bytes).toBeGreaterThan(1_000_000);
      expect(bytes).toBeLessThanOrEqual(8_388_608);
      for (const text of texts) expect(text.length).toBeLessThanOrEqual(LIMITS.agentMessageBytes);
    },
    SYSTEM_MESSAGES.brokeOff,
  ],
  [
    "repeats itself for ever",
    async function* () {
      for (;;) yield reply("I said so.");
    },
    (texts) => expect(texts).toHaveLength(1_000),
    SYSTEM_MESSAGES.brokeOff,
  ],
  [
    "calls tools for ever",
    async function* () {
      for (let i = 0; ; i += 1) {
        yield { type: "tool_call", id: `${i}`, name: "again", arguments: {} } as AgentPart;
        yield { type: "tool_result", id: `${i}`, result: null } as AgentPart;
      }
    },
    (texts) => expect(texts).toEqual([]),
    SYSTEM_MESSAGES.failedBeforeWords,
  ],
  [
    "says nothing",
    async function* () {
      yield "  \n";
    },
    (texts) => expect(texts).toEqual([]),
    SYSTEM_MESSAGES.failedBeforeWords,
  ],
  [
    "sends 5 MB",
    async function* () {
      yield "word ".repeat(1_000_000);
    },
    (texts) => expect(texts.join("")).toBe("word ".repeat(1_000_000)),
    null,
  ],
  [
    "throws midway",
    async function* () {
      yield "One moment. ";
      throw new Error("boom");
    },
    (texts) => expect(texts).toEqual(["One moment. "]),
    SYSTEM_MESSAGES.brokeOff,
  ],
  [
    "throws before its first word",
    async function* () {
      throw new Error("boom");
    },
    (texts) => expect(texts).toEqual([]),
    SYSTEM_MESSAGES.failedBeforeWords,
  ],
  [
    "is overloaded",
    async function* () {
      throw new AgentOverloaded("429", { retryAfterMs: 1_000 });
    },
    (texts) => expect(texts).toEqual([]),
    SYSTEM_MESSAGES.overloaded,
  ],
  [
    "never comes to an end",
    async function* (clock) {
      for (;;) {
        yield "and ";
        await after(clock, BETWEEN_WORDS_MS - 1_000);
      }
    },
    (texts) => expect(texts).toEqual([expect.stringMatching(/^(and )+$/)]),
    SYSTEM_MESSAGES.overloaded,
  ],
];

describe.each([true, false])("an agent (streaming: %s) that", (streaming) => {
  it.each(WAYS)("%s", async (_, misbehave, heard, told) => {
    const house = new House(undefined, {
      source: functionAgent({
        name: "Ada",
        async *respond({ reason, messages }) {
          if (reason === "greeting") yield "Hello.";
          else if (messages.some(({ text }) => text === "next")) yield "Anew.";
          else yield* misbehave(house.clock);
        },
      }),
    });
    const user = await house.joined({ streaming });
    const before = user.socket.events.length;
    say(user, "hi");
    const news = () => user.socket.events.slice(before);
    const isOver = () => house.sessions.size > 0 && user.session.state.turn === null;
    for (let passed = 0; !isOver() && passed <= 2 * WHOLE_ANSWER_MS; passed += 1_000) {
      // A flood is taken piece by piece, each when the one before is on disk.
      await new Promise((resolve) => setImmediate(resolve));
      await house.advance(1_000);
      user.session.receive(user.reader, { type: EVENT.HEARTBEAT, payload: {} });
    }
    expect(isOver()).toBe(true);

    const texts = new Map<string, string>();
    const complete = new Map<string, boolean>();
    const errors: string[] = [];
    for (const event of news()) {
      if (event.type === EVENT.SYSTEM_MESSAGE) errors.push(event.payload.message);
      if (event.type !== EVENT.POLY_AGENT_MESSAGE && event.type !== EVENT.POLY_AGENT_MESSAGE_CHUNK) continue;
      const { message_id: id, text } = event.payload;
      texts.set(id, (texts.get(id) ?? "") + text);
      complete.set(id, event.type === EVENT.POLY_AGENT_MESSAGE || event.payload.is_complete);
    }
    const said = [...texts.values()];
    const isDropped = !streaming && told !== null && said.length === 0;
    // Without streaming, a message that was not whole is dropped.
    if (!isDropped) heard(said);
    expect([...complete.values()].every(Boolean), "every message is completed").toBe(true);
    expect(errors).toEqual(told === null ? [] : [told]);

    say(user, "next");
    const isAnswered = () => news().some((event) => JSON.stringify(event.payload).includes("Anew."));
    for (let i = 0; i < 100 && !isAnswered(); i += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      await house.settle();
    }
    expect(isAnswered(), "the next message is answered").toBe(true);
  });

  it("ends twice ends once, and nothing comes behind it", async () => {
    const house = new House(undefined, {
      source: functionAgent({
        name: "Ada",
        async *respond({ reason }) {
          if (reason === "greeting") yield "Hello.";
          else yield [reply("Bye."), { type: "end" }, reply("Wait!"), { type: "end" }];
        },
      }),
    });
    const user = await house.joined({ streaming });
    say(user, "hi");
    await house.settle();
    const types = user.socket.events.map(({ type }) => type);
    expect(types.filter((type) => type === EVENT.SESSION_END)).toHaveLength(1);
    expect(types.at(-1)).toBe(EVENT.SESSION_END);
    expect(JSON.stringify(user.socket.events)).not.toContain("Wait!");
  });
});
