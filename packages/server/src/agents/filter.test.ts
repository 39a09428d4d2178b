import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endless, says, simple } from "../testing/agents.ts";
import { makeTurn, messagesTurn } from "../testing/turn.ts";
import type { Agent, AgentPart } from "./agent.ts";
import { agentContract, partsOf, textsOf } from "./contract.ts";
import { filterAgent, redact } from "./filter.ts";

agentContract("a filter", (clock) => filterAgent({ agent: simple(clock), filter: (text) => text }));

describe("a filter", () => {
  const card = redact([/\b\d{4}( ?\d{4}){3}\b/g, "[card]"], [/secret/gi, "***"]);
  const through = (parts: AgentPart[], options: { lookBehind?: number } = {}) =>
    partsOf(filterAgent({ agent: says("Ada", ...parts), filter: card, ...options }), messagesTurn("hi"));
  const text = (given: string): AgentPart => ({ type: "text", text: given });

  it("finds what is spread over parts, and lets the rest go on", async () => {
    const words = "one two three four five ".repeat(4);
    const given = `${words}the card is 4111 1111 1111 1111, the SECRET too. ${words}`;
    const parts = await through([...given].map(text), { lookBehind: 20 });
    expect(textsOf(parts)).toEqual([`${words}the card is [card], the *** too. ${words}`]);
    expect(parts.length, "it streams").toBeGreaterThan(10);
    const held = given.length - textsOf(parts.slice(0, -1)).join("").length;
    expect(held).toBeLessThan(60);
  });

  it("gives what it would give for the whole text, however that comes in", async () => {
    const word = fc.constantFrom(
      "a",
      "hello ",
      "4111 1111 1111 1111",
      "4111",
      " ",
      "secret",
      "1",
      "\n",
      "x".repeat(30),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        async (list, size) => {
          const whole = list.join("");
          const pieces = whole.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
          // Room for the longest run of digits and blanks that these words can make.
          const parts = await through(pieces.map(text), { lookBehind: 400 });
          expect(textsOf(parts).join("")).toBe(await card(whole, makeTurn()));
        },
      ),
      { numRuns: 100 },
    );
  });

  it("streams where there is no white space, and finds there too", async () => {
    const words = "今日は良い天気ですね😀".repeat(10);
    const given = `${words}secret${words}`;
    const parts = await through([...given].map(text), { lookBehind: 20 });
    expect(textsOf(parts)).toEqual([`${words}***${words}`]);
    expect(parts.length).toBeGreaterThan(50);
    for (const part of parts) expect(part.type === "text" && part.text.isWellFormed()).toBe(true);
  });

  it("does not find across messages, and holds nothing back at the end of one", async () => {
    const parts = await through([text("4111 1111 "), { type: "message_end" }, text("1111 1111")]);
    expect(parts).toEqual([text("4111 1111 "), { type: "message_end" }, text("1111 1111")]);
  });

  it.each<[string, AgentPart]>([
    ["a handoff", { type: "handoff", handoff: { managed: "server" } }],
    ["an end", { type: "end" }],
    ["a language", { type: "language", language: "fr" }],
  ])("lets what was said go before %s", async (_, part) => {
    expect(await through([text("secret"), part])).toEqual([text("***"), part]);
  });

  it("sees what goes beside a message, and passes on what is none", async () => {
    const attachment = {
      title: "secret",
      content_url: "https://example.com/secret",
      preview_image_url: "",
      content_type: "ATTACHMENT_CONTENT_TYPE_URL",
      call_to_action_text: "secret",
    } as const;
    const usage: AgentPart = { type: "usage", inputTokens: 1 };
    expect(
      await through([
        { type: "suggestions", suggestions: [{ message_text: "a secret" }] },
        { type: "attachments", attachments: [attachment] },
        { type: "call_actions", actions: [{ title: "secret", contact_number: "1" }] },
        usage,
      ]),
    ).toEqual([
      { type: "suggestions", suggestions: [{ message_text: "a ***" }] },
      { type: "attachments", attachments: [{ ...attachment, title: "***", call_to_action_text: "***" }] },
      { type: "call_actions", actions: [{ title: "***", contact_number: "1" }] },
      usage,
    ]);
  });

  it("that throws lets nothing more out, and one that moderates whole messages sees each once", async () => {
    const seen: string[] = [];
    const moderated = filterAgent({
      agent: says(
        "Ada",
        "Fine.",
        { type: "message_end" },
        "Some",
        " thing bad",
        { type: "message_end" },
        "more",
      ),
      filter: async (given) => {
        seen.push(given);
        if (given.includes("bad")) throw new Error("not allowed");
        return given;
      },
      lookBehind: Number.POSITIVE_INFINITY,
    });
    const parts: AgentPart[] = [];
    const read = async () => {
      for await (const part of moderated.respond(messagesTurn("hi"), new AbortController().signal))
        parts.push(part);
    };
    await expect(read()).rejects.toThrow("not allowed");
    expect(parts).toEqual([text("Fine."), { type: "message_end" }]);
    expect(seen).toEqual(["Fine.", "Some thing bad"]);
  });

  it("finds what stands where it can hold no more", async () => {
    const number = "12 34 56 78 90 12 34 56";
    const given = (found: string) =>
      `${"x ".repeat(131)}${found} ${"y ".repeat(12)}${found} and ${"z ".repeat(400)}`;
    const agent = filterAgent({
      agent: says("Ada", given(number)),
      filter: redact([/\b\d\d( \d\d){7}\b/g, "[number]"]),
      lookBehind: 40,
    });
    expect(textsOf(await partsOf(agent, messagesTurn("hi")))).toEqual([given("[number]")]);
  });

  it("that throws at what goes beside a message lets nothing more out", async () => {
    const suggestions = [{ message_text: "bad" }];
    const agent = filterAgent({
      agent: says("Ada", "Held.", { type: "suggestions", suggestions }),
      filter: (given) => {
        if (given === "bad") throw new Error("not allowed");
        return given;
      },
    });
    const parts: AgentPart[] = [];
    const read = async () => {
      for await (const part of agent.respond(messagesTurn("hi"), new AbortController().signal))
        parts.push(part);
    };
    await expect(read()).rejects.toThrow("not allowed");
    expect(parts).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["no part at all", null],
    ["no list", { type: "suggestions" }],
    ["no item", { type: "call_actions", actions: [null, 7] }],
    ["no text", { type: "suggestions", suggestions: [{ message_text: 7 }] }],
  ])("leaves what is not valid to who checks it: %s", async (_, part) => {
    const agent: Agent = {
      name: "Ada",
      avatarUrl: "",
      async *respond() {
        yield part as AgentPart;
        yield text("Hi.");
      },
    };
    const filtered = filterAgent({ agent, filter: (given) => given.toUpperCase() });
    expect(await partsOf(filtered, messagesTurn("hi"))).toEqual([part, text("HI.")]);
  });

  it("lets out what was said before the agent failed", async () => {
    const parts: AgentPart[] = [];
    const agent = filterAgent({ agent: says("Ada", "A secret", new Error("boom")), filter: card });
    const read = async () => {
      for await (const part of agent.respond(messagesTurn("hi"), new AbortController().signal))
        parts.push(part);
    };
    await expect(read()).rejects.toThrow("boom");
    expect(parts).toEqual([text("A ***")]);
  });

  it("hands on what is empty, so that an endless agent does not block the process", async () => {
    const { agent, yielded } = endless();
    const filtered = filterAgent({ agent, filter: (given) => given });
    for await (const part of filtered.respond(messagesTurn("hi"), new AbortController().signal)) {
      expect(part).toEqual(text(""));
      break;
    }
    expect(yielded()).toBe(0);
  });

  it("holds no more than it may, where there is no place to cut", async () => {
    const shown: number[] = [];
    const agent = filterAgent({
      agent: says("Ada", "x".repeat(1_000_000)),
      filter: (given) => {
        shown.push(given.length);
        return given;
      },
    });
    const parts = await partsOf(agent, messagesTurn("hi"));
    expect(textsOf(parts).join("")).toHaveLength(1_000_000);
    expect(Math.max(...shown)).toBeLessThanOrEqual(1_600);
  });
});
