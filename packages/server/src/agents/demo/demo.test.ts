import { setImmediate } from "node:timers/promises";
import { ATTACHMENT_TYPE } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import type { AgentCommand } from "../../conversation/agent-commands.ts";
import { silentLogger } from "../../logger.ts";
import { ManualClock } from "../../testing/manual-clock.ts";
import { makeTurn, messagesTurn } from "../../testing/turn.ts";
import type { Turn } from "../agent.ts";
import { answer } from "../answer.ts";
import { demoAgent } from "./index.ts";

/** What the session gets to hear of a turn, and after how long. @param step how precisely time is told, milliseconds */
async function play(
  turn: Turn,
  { streaming = false, step = 4 } = {},
): Promise<{ commands: AgentCommand[]; ms: number }> {
  const clock = new ManualClock();
  const start = clock.now();
  const commands: AgentCommand[] = [];
  let isOver = false;
  const over = answer({
    agent: demoAgent(clock),
    turn,
    streaming,
    limits: { firstWordMs: 60_000, betweenWordsMs: 30_000, wholeAnswerMs: 600_000 },
    clock,
    logger: silentLogger,
    signal: new AbortController().signal,
    emit: async (given) => {
      commands.push(...given);
    },
  }).finally(() => {
    isOver = true;
  });
  for (;;) {
    // Whatever needs no time happens first.
    for (let i = 0; i < 5; i += 1) await setImmediate();
    if (isOver) break;
    clock.advance(step);
  }
  await over;
  return { commands, ms: clock.now() - start };
}

const say = async (...texts: string[]) => (await play(messagesTurn(...texts))).commands;

const kinds = (commands: AgentCommand[]) => commands.map(({ kind }) => kind);

function only(commands: AgentCommand[]) {
  const messages = commands.filter(({ kind }) => kind === "agent_message");
  const [message] = messages;
  if (messages.length !== 1 || message?.kind !== "agent_message") throw new Error("not one message");
  return message;
}

describe("Ada, to whom people test their clients", () => {
  it("greets with one attachment and three suggestions", async () => {
    const { commands } = await play(makeTurn({ reason: "greeting" }));
    const { attachments, suggestions, text } = only(commands);
    expect([attachments.length, suggestions.length, text !== ""]).toEqual([1, 3, true]);
  });

  it("menu: text, a URL and an IMAGE, suggestions", async () => {
    const { attachments, suggestions, text } = only(await say("May I see the MENU?"));
    expect(attachments.map((one) => one.content_type)).toEqual([ATTACHMENT_TYPE.url, ATTACHMENT_TYPE.image]);
    expect([suggestions.length > 0, text !== ""]).toEqual([true, true]);
  });

  it("call me: call actions", async () => {
    expect(only(await say("please call me")).callActions.length).toBeGreaterThan(0);
  });

  it("human: a handoff that the server manages", async () => {
    const commands = await say("a human, please");
    expect(kinds(commands)).toEqual(["agent_message", "agent_handoff"]);
    expect(commands[1]).toMatchObject({ handoff: { managed: "server" } });
  });

  it("elsewhere: a handoff that the client manages", async () => {
    const commands = await say("Elsewhere");
    expect(commands.at(-1)).toMatchObject({ kind: "agent_handoff", handoff: { managed: "client" } });
  });

  it("en français: French", async () => {
    expect(only(await say("En français, s'il vous plaît"))).toMatchObject({
      language: "fr-FR",
      text: expect.stringMatching(/avec plaisir/i),
    });
  });

  it("story: at least 1,000 characters; ten chunks and more, in some 3 to 5 seconds", async () => {
    expect(only(await say("a story!")).text.length).toBeGreaterThanOrEqual(1_000);
    const { commands, ms } = await play(messagesTurn("a story!"), { streaming: true });
    const texts = commands.map((command) => ("text" in command ? command.text : ""));
    expect(texts.join("").length).toBeGreaterThanOrEqual(1_000);
    expect(kinds(commands).filter((kind) => kind === "agent_chunk").length).toBeGreaterThanOrEqual(10);
    expect(ms).toBeGreaterThan(3_000);
    expect(ms).toBeLessThan(5_000);
  });

  it("goodbye: a farewell and the end", async () => {
    expect(kinds(await say("Goodbye, Ada"))).toEqual(["agent_message", "agent_end"]);
  });

  it("fail now, fail midway: failures, the second behind some chunks", async () => {
    expect(kinds(await say("fail now"))).toEqual(["agent_failed"]);
    const { commands } = await play(messagesTurn("fail midway"), { streaming: true });
    expect(kinds(commands).at(-1)).toBe("agent_failed");
    expect(kinds(commands).filter((kind) => kind === "agent_chunk").length).toBeGreaterThan(2);
    expect(kinds(await say("fail midway"))).toEqual(["agent_failed"]);
  });

  it.each([
    ["wait 0", 0],
    ["please wait 3", 3],
    ["wait 60", 60],
    ["wait 999", 60],
  ])("%s: so many seconds of thought, at most 60", async (text, seconds) => {
    const { commands, ms } = await play(messagesTurn(text), { step: 500 });
    expect(kinds(commands)).toEqual(["agent_message", "agent_done"]);
    expect(ms).toBe(seconds * 1_000);
  });

  it("waits also where that is not the first message of several", async () => {
    const { commands } = await play(messagesTurn("hello", "wait 45"), { step: 500 });
    expect(kinds(commands)).toEqual(["agent_message", "agent_message", "agent_done"]);
  });

  it("anything else: an answer that contains it; several messages one by one", async () => {
    const commands = await say("first *thing*", "second\n\nthing");
    expect(commands).toMatchObject([
      { text: expect.stringContaining("first *thing*") },
      { text: expect.stringContaining("second\n\nthing") },
      { kind: "agent_done" },
    ]);
  });

  it("says kindly why nobody took over", async () => {
    const { commands } = await play(
      makeTurn({
        reason: "returned",
        returned: { outcome: "failed", reason: "All are at lunch.", person: null },
      }),
    );
    expect(only(commands).text).toContain("All are at lunch.");
  });
});
