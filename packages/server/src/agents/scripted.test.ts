import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { ManualClock } from "../testing/manual-clock.ts";
import { makeTurn, messagesTurn } from "../testing/turn.ts";
import type { AgentPart } from "./agent.ts";
import { agentContract, partsOf, textsOf } from "./contract.ts";
import type { ScriptSource } from "./script.ts";
import { scriptedAgent } from "./scripted.ts";

agentContract("a script", (clock) =>
  scriptedAgent(
    {
      name: "Echo",
      greeting: { text: "Hello." },
      returned: { text: "Nobody: {reason}" },
      rules: [
        { words: ["ping"], reply: { text: "pong" } },
        { words: ["fail"], reply: { fail: "before" } },
        { words: ["wait"], reply: { delay_seconds: 60, text: "Done." } },
      ],
      fallback: { text: "You said {text}." },
    },
    clock,
  ),
);

/** The texts with which a script with these rules answers messages. */
async function answers(rules: ScriptSource["rules"], ...texts: string[]): Promise<string[]> {
  const agent = scriptedAgent({ name: "Ada", rules, fallback: { text: "? {text}" } });
  return textsOf(await partsOf(agent, messagesTurn(...texts)));
}

describe("which rule answers", () => {
  it.each([
    ["a word anywhere, in any case", "Is there a MENU?", "menu"],
    ["a phrase", "please Call Me back", "call"],
    ["one of several words", "I want the card", "menu"],
    ["an accent in two characters", "en franc\u{327}ais", "french"],
    ["the first of several that fit", "menu, and call me", "menu"],
    ["a pattern, in any case", "TABLE 12 please", "table 12"],
    ["none", "hello", "? hello"],
  ])("%s", async (_name, text, expected) => {
    const rules = [
      { words: ["menu", "card"], reply: { text: "menu" } },
      { words: ["call me"], reply: { text: "call" } },
      { words: ["en français"], reply: { text: "french" } },
      { pattern: "table (\\d+)", reply: { text: "table {1}" } },
    ];
    expect(await answers(rules, text)).toEqual([expected]);
  });

  it("puts the user's text and groups in, as they are", async () => {
    const rules = [{ pattern: "(a)|b", reply: { text: "{text} {1} {2} {reason} {x}" } }];
    expect(await answers(rules, "b", "a {text} $&")).toEqual([
      "b  {2} {reason} {x}",
      "a {text} $& a {2} {reason} {x}",
    ]);
  });

  it("joins lines", async () => {
    expect(await answers([{ words: ["a"], reply: { text: ["One", "", "Two"] } }], "a")).toEqual([
      "One\n\nTwo",
    ]);
  });
});

it("yields the parts of a reply in order", async () => {
  const attachments = [
    {
      title: "Card",
      preview_image_url: "",
      content_url: "https://example.com/",
      content_type: "ATTACHMENT_CONTENT_TYPE_URL" as const,
      call_to_action_text: "Read",
    },
  ];
  const suggestions = [{ message_text: "Yes", payload: "y" }];
  const actions = [{ title: "Call", contact_number: "+1" }];
  const fallback = {
    end: true as const,
    call_actions: actions,
    suggestions,
    attachments,
    text: "Here",
    language: "fr-fr",
  };
  const agent = scriptedAgent({ name: "Ada", fallback });
  expect(await partsOf(agent, messagesTurn("x"))).toEqual([
    { type: "language", language: "fr-FR" },
    { type: "text", text: "Here" },
    { type: "attachments", attachments },
    { type: "suggestions", suggestions },
    { type: "call_actions", actions },
    { type: "end" },
  ]);
});

it("fails in the middle, behind half of its text", async () => {
  const agent = scriptedAgent({ name: "Ada", fallback: { text: "one two three four", fail: "midway" } });
  const parts: AgentPart[] = [];
  const listen = async () => {
    for await (const part of agent.respond(messagesTurn("x"), new AbortController().signal)) parts.push(part);
  };
  await expect(listen()).rejects.toThrow("in the middle");
  expect(parts).toEqual([{ type: "text", text: "one two " }]);
});

describe("time", () => {
  /** When each part comes, milliseconds from the start. */
  async function timesOf(reply: ScriptSource["fallback"], text = "x"): Promise<number[]> {
    const clock = new ManualClock();
    const agent = scriptedAgent(
      { name: "Ada", rules: [{ pattern: "(\\d+)", reply }], fallback: reply },
      clock,
    );
    const start = clock.now();
    const times: number[] = [];
    let isOver = false;
    const listen = (async () => {
      for await (const _ of agent.respond(messagesTurn(text), new AbortController().signal))
        times.push(clock.now() - start);
      isOver = true;
    })();
    while (!isOver) {
      for (let i = 0; i < 5; i += 1) await setImmediate();
      clock.advance(5);
    }
    await listen;
    return times;
  }

  it("passes before a reply and between its words", async () => {
    expect(await timesOf({ delay_seconds: 0.1, pace_ms: 20, text: "one two\n\nthree" })).toEqual([
      100, 120, 140,
    ]);
  });

  it.each([
    ["0", 0],
    ["1", 1_000],
    ["60", 60_000],
    ["999999999999", 60_000],
  ])("is taken from the user's text, up to a minute: %s", async (seconds, expected) => {
    const clock = new ManualClock();
    const reply = { delay_seconds: "{1}", text: "Done." };
    const agent = scriptedAgent(
      { name: "Ada", rules: [{ pattern: "(\\d+)", reply }], fallback: reply },
      clock,
    );
    let isOver = false;
    const answer = partsOf(agent, messagesTurn(seconds)).then(() => {
      isOver = true;
    });
    for (let i = 0; i < 5; i += 1) await setImmediate();
    clock.advance(Math.max(0, expected - 1));
    for (let i = 0; i < 5; i += 1) await setImmediate();
    expect(isOver).toBe(expected === 0);
    clock.advance(1);
    await answer;
  });

  it("does not pass where the pattern has no such group", async () => {
    expect(await timesOf({ delay_seconds: "{2}", text: "Done." })).toEqual([0]);
  });
});

describe("a second attempt", () => {
  const script: ScriptSource = {
    name: "Ada",
    greeting: { text: "Hello." },
    returned: { text: "Nobody." },
    fallback: { text: "You said {text}." },
  };
  const retry = async (texts: string[], said: string[], more: object = {}) =>
    textsOf(await partsOf(scriptedAgent(script), { ...messagesTurn(...texts), attempt: 2, said, ...more }));

  it.each([
    ["answers all where nothing was said", ["a", "b"], [], ["You said a.", "You said b."]],
    ["leaves out what was answered", ["a", "b"], ["You said a."], ["You said b."]],
    ["answers whole what broke off", ["a", "b"], ["You said a.", "You sa"], ["You said b."]],
    ["starts again where the first broke off", ["a", "b"], ["You sa"], ["You said a.", "You said b."]],
    ["says nothing where all was said", ["a"], ["You said a."], [""]],
    ["knows a text that became two messages", ["a", "b"], ["You sa", "id a."], ["You said b."]],
    ["answers the same message twice where it came twice", ["a", "a"], ["You said a."], ["You said a."]],
  ])("%s", async (_name, texts, said, expected) => {
    expect(await retry(texts, said)).toEqual(expected);
  });

  it("does not greet twice, nor say twice that nobody came", async () => {
    expect(await retry([], ["Hello."], { reason: "greeting" })).toEqual([""]);
    expect(await retry(["a"], ["Nobody."], { reason: "returned" })).toEqual(["You said a."]);
  });
});

it("says why nobody took over, then answers what was written meanwhile", async () => {
  const agent = scriptedAgent({
    name: "Ada",
    returned: { text: "Nobody: {reason}" },
    fallback: { text: "{text}!" },
  });
  const turn = {
    ...messagesTurn("a"),
    reason: "returned" as const,
    returned: { outcome: "failed" as const, reason: "All are busy.", person: null },
  };
  expect(textsOf(await partsOf(agent, turn))).toEqual(["Nobody: All are busy.", "a!"]);
});

it("takes over again from a person, by name, and has words of its own for that", async () => {
  const turn = makeTurn({
    reason: "returned",
    returned: { outcome: "returned", reason: "Refunded.", person: "Grace" },
  });
  const agent = scriptedAgent({
    name: "Ada",
    given_back: { text: "{person} says: {reason}" },
    fallback: { text: "?" },
  });
  expect(textsOf(await partsOf(agent, turn))).toEqual(["Grace says: Refunded."]);
  const silent = scriptedAgent({ name: "Ada", fallback: { text: "?" } });
  expect(textsOf(await partsOf(silent, turn))).toEqual(["I'm back. What else can I do for you?"]);
});

it("may have no greeting", async () => {
  const agent = scriptedAgent({ name: "Ada", fallback: { text: "?" } });
  expect(await partsOf(agent, makeTurn({ reason: "greeting" }))).toEqual([]);
});

describe("a script that is wrong", () => {
  const fallback = { text: "?" };
  it.each<[string, unknown, string[]]>([
    ["nothing", undefined, ["the script is not valid"]],
    ["no name, no fallback", {}, ["at name", "at fallback"]],
    ["a key nobody knows", { name: "Ada", fallback, rule: [] }, ['"rule"']],
    [
      "a rule without a trigger",
      { name: "Ada", fallback, rules: [{ reply: {} }] },
      ["either words or a pattern", "rules[0]"],
    ],
    [
      "a rule with two",
      { name: "Ada", fallback, rules: [{ words: ["a"], pattern: "a", reply: {} }] },
      ["either words or a pattern"],
    ],
    [
      "a pattern that is none",
      { name: "Ada", fallback, rules: [{ pattern: "(", reply: {} }] },
      ["is no regular expression", "rules[0].pattern"],
    ],
    [
      "a delay above a minute",
      { name: "Ada", fallback: { delay_seconds: 61 } },
      ["<=60", "fallback.delay_seconds"],
    ],
    ["an empty text", { name: "Ada", fallback: { text: [] } }, ["must not be empty", "fallback.text"]],
    [
      "a language that is none",
      { name: "Ada", fallback: { language: "fr_FR!" } },
      ["BCP-47", "fallback.language"],
    ],
    [
      "an attachment's URL",
      {
        name: "Ada",
        fallback: {
          attachments: [
            {
              title: "x",
              preview_image_url: "",
              content_url: "/menu.pdf",
              content_type: "ATTACHMENT_CONTENT_TYPE_URL",
              call_to_action_text: "x",
            },
          ],
        },
      },
      ["absolute URL", "fallback.attachments[0].content_url"],
    ],
    [
      "a handoff to nowhere",
      { name: "Ada", fallback: { handoff: { managed: "client" } } },
      ["fallback.handoff.route"],
    ],
  ])("says what and where: %s", (_name, source, expected) => {
    const make = () => scriptedAgent(source as ScriptSource);
    for (const part of expected) expect(make).toThrow(part);
  });
});

describe("a file", () => {
  function file(content: string): string {
    const folder = mkdtempSync(join(tmpdir(), "parley-script-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "waiter.json");
    writeFileSync(path, content);
    return path;
  }

  it("is read", () => {
    expect(scriptedAgent(file('{"name": "Ada", "fallback": {"text": "?"}}')).name).toBe("Ada");
  });

  it.each([
    ["is missing", () => "/nowhere/waiter.json", "cannot be read"],
    ["is no JSON", () => file("{"), "cannot be read"],
    ["is no script", () => file("{}"), "is not valid"],
  ])("that %s is named", (_name, path, problem) => {
    const make = () => scriptedAgent(path());
    expect(make).toThrow("waiter.json");
    expect(make).toThrow(problem);
  });
});
