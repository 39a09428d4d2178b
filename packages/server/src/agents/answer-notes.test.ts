import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { chunk, done, failed, limits, message, run, Stage, stepped, text } from "../testing/answer-stage.ts";

const call = { type: "tool_call", id: "1", name: "weather", arguments: { city: "Rome" } };
const result = { type: "tool_result", id: "1", result: { degrees: 31 } };
const note = (given: object) => ({ kind: "agent_note", turn: 7, note: given });

describe("what a turn notes", () => {
  it("is on disk before the agent is asked for its next part, and what was said before a tool goes out with it", async () => {
    const asked: number[] = [];
    const stage: Stage = new Stage(async function* () {
      yield text("One moment");
      asked.push(stage.commands.length);
      yield text(" please. ");
      yield call;
      asked.push(stage.commands.length);
      yield result;
      asked.push(stage.commands.length);
      yield text("31 degrees.");
    });
    await stage.ended;
    expect(asked).toEqual([1, 3, 4]);
    expect(stage.commands).toEqual([
      chunk("One "),
      chunk("moment please. "),
      note(call),
      note(result),
      message("31 degrees."),
      done,
    ]);
  });

  it("is asked for no further where nobody listens any more: the call is not on disk", async () => {
    let hasCalled = false;
    const stage = new Stage(async function* () {
      yield call;
      hasCalled = true;
    });
    stage.gate = stage.settle().then(() => stage.stop.abort());
    await stage.ended;
    await stage.settle();
    expect(hasCalled).toBe(false);
  });

  it.each([true, false])("breaks no message (streaming: %s)", async (streaming) => {
    const notes = [call, result, { type: "usage", inputTokens: 3 }, { type: "retried", reason: "429" }];
    const parts = notes.flatMap((each) => [text("word "), each]);
    const stage = await run([...parts, { type: "memory", values: { name: "Ada" } }, text("end")], {
      streaming,
    });
    const said = stage.commands.flatMap((command) => ("text" in command ? [command.text] : []));
    expect(said.join("")).toBe("word word word word end");
    expect(stage.commands.filter(({ kind }) => kind === "agent_message")).toHaveLength(1);
    expect(stage.logged.join()).toContain("429");
  });

  it("gives a tool the time of a first word, and the words behind it too", async () => {
    const { respond, next } = stepped(text("One "), call, undefined, result, undefined, text("two"));
    const stage = new Stage(respond);
    await stage.pass(limits.firstWordMs - 1);
    next();
    await stage.pass(limits.firstWordMs - 1);
    next();
    await stage.ended;
    expect(stage.commands.at(-1)).toEqual(done);
  });

  it.each([
    ["tokens", { type: "usage", inputTokens: 1 }],
    ["a retry", { type: "retried", reason: "503" }],
    ["a memory", { type: "memory", values: {} }],
  ])("is no sign of life where it is %s", async (_, part) => {
    const { respond, next } = stepped(undefined, part, undefined);
    const stage = new Stage(respond);
    await stage.pass(limits.firstWordMs - 1);
    next();
    await stage.pass(1);
    expect(stage.commands.at(-1)).toEqual(failed({ overloaded: true }));
  });

  it.each<[string, unknown, unknown, string]>([
    [
      "a result that is too large",
      { ...result, result: "é".repeat(40_000) },
      expect.stringMatching(/^"é{16383}$/),
      "more than",
    ],
    ["a result that is no JSON", { ...result, result: 7n }, null, "no JSON value"],
    ["a result that goes round in circles", { ...result, result: circle() }, null, "no JSON value"],
    ["a date", { ...result, result: new Date(0) }, "1970-01-01T00:00:00.000Z", ""],
  ])("keeps of %s what can be kept", async (_, part, kept, warning) => {
    const stage = await run([call, part, text("x")]);
    expect(stage.commands[1]).toEqual(note({ ...result, result: kept }));
    expect(stage.logged.join()).toContain(warning);
  });

  it.each([
    ["a result of no call", { ...result, id: "2" }, "not called"],
    ["a second result", result, "not called"],
    ["a memory that is none", { type: "memory", values: [1] }, "object of JSON values"],
    ["a memory that is too large", { type: "memory", values: { text: "x".repeat(20_000) } }, "16384 bytes"],
    ["tokens that are none", { type: "usage", inputTokens: -1 }, ""],
  ])("leaves out %s", async (_, part, warning) => {
    const stage = await run([call, result, part, text("x")]);
    expect(stage.commands).toEqual([note(call), note(result), message("x"), done]);
    expect(stage.logged.join()).toContain(warning);
  });

  it.each([
    ["without an id", { type: "tool_call", name: "x", arguments: {} }],
    ["without a name", { type: "tool_call", id: "1", arguments: {} }],
    ["that is a result without an id", { type: "tool_result", result: 1 }],
  ])("fails at a tool %s", async (_, part) => {
    expect((await run([part])).commands).toEqual([failed()]);
  });

  it("takes the result of a tool that an earlier attempt has called", async () => {
    const tool = { id: "1", name: "weather", arguments: {}, isDone: false };
    const stage = await run([result, text("x")], { turn: { tools: [tool] } });
    expect(stage.commands[0]).toEqual(note(result));
  });
});

describe("one whole answer is bounded", () => {
  it("in its tools", async () => {
    const stage = new Stage(async function* () {
      for (let i = 0; ; i += 1) yield { ...call, id: `${i}` };
    });
    await stage.ended;
    expect(stage.commands).toHaveLength(101);
    expect(stage.commands.at(-1)).toEqual(failed());
  });

  it("in its further notes, of which the rest is left out", async () => {
    const stage = await run([
      ...Array.from({ length: 1_000 }, () => ({ type: "usage", inputTokens: 1 })),
      text("x"),
    ]);
    expect(stage.commands).toHaveLength(402);
    expect(stage.commands.at(-1)).toEqual(done);
  });

  it("in its bytes", async () => {
    const stage = new Stage(async function* () {
      for (;;) yield text("word ".repeat(10_000));
    });
    await stage.ended;
    expect(stage.commands.at(-1)).toEqual(failed({ spoke: true }));
    const bytes = stage.commands.reduce((sum, each) => sum + ("text" in each ? each.text.length : 0), 0);
    expect(bytes).toBeGreaterThan(8_000_000);
    expect(bytes).toBeLessThanOrEqual(8_388_608);
  });

  it("in its messages", async () => {
    const stage = new Stage(async function* () {
      for (;;) {
        yield text("Hi.");
        yield { type: "message_end" };
      }
    });
    await stage.ended;
    expect(stage.commands.filter(({ kind }) => kind === "agent_message")).toHaveLength(1_000);
    expect(stage.commands.at(-1)).toEqual(failed({ spoke: true }));
  });

  it("in its time, however often it says a word", async () => {
    const stage = new Stage(async function* () {
      await setImmediate();
      for (;;) {
        await new Promise<void>((resolve) => {
          stage.clock.after(limits.betweenWordsMs - 1, resolve);
        });
        yield text("word ");
      }
    });
    const rounds = Math.ceil(limits.wholeAnswerMs / (limits.betweenWordsMs - 1));
    for (let i = 0; i < rounds; i += 1) await stage.pass(limits.betweenWordsMs - 1);
    await stage.ended;
    expect(stage.commands.at(-1)).toEqual(failed({ overloaded: true, spoke: true }));
    expect(stage.agentSignal?.aborted).toBe(true);
  });
});

function circle(): object {
  const self: Record<string, unknown> = {};
  self.self = self;
  return self;
}
