import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.ts";
import { makeTurn, messagesTurn } from "../testing/turn.ts";
import { type Agent, AgentOverloaded, type AgentPart, type Turn } from "./agent.ts";
import { agentContract, partsOf, textsOf } from "./contract.ts";
import { fallbackAgent } from "./fallback.ts";
import { filterAgent, redact } from "./filter.ts";
import { functionAgent } from "./function.ts";
import { pause } from "./pause.ts";
import { routerAgent } from "./router.ts";

const says = (name: string, ...parts: (AgentPart | string | Error)[]): Agent =>
  functionAgent({
    name,
    async *respond() {
      for (const part of parts) {
        if (part instanceof Error) throw part;
        yield part;
      }
    },
  });

/** An agent that says nothing, ten thousand times. */
function endless() {
  let count = 0;
  const agent = functionAgent({
    name: "Ada",
    async *respond() {
      for (; count < 10_000; count += 1) yield "";
    },
  });
  return { agent, yielded: () => count };
}

/** What `agentContract` asks for. */
const simple = (clock: ManualClock): Agent =>
  functionAgent({
    name: "Echo",
    async *respond(turn, signal) {
      if (turn.reason === "greeting") yield "Hello.";
      for (const [i, { text }] of turn.messages.entries()) {
        if (i > 0) yield { type: "message_end" };
        if (text === "fail") throw new Error("no");
        if (text === "wait") await pause(clock, 60_000, signal);
        yield text === "ping" ? "pong" : `You said ${text}.`;
      }
    },
  });

agentContract("a router", (clock) => routerAgent({ routes: [], otherwise: simple(clock) }));
agentContract("a fallback", (clock) => fallbackAgent({ agents: [simple(clock)] }));
agentContract("a filter", (clock) => filterAgent({ agent: simple(clock), filter: (text) => text }));

describe("a router", () => {
  const router = routerAgent({
    name: "Desk",
    routes: [
      { when: { context: { vip: true } }, agent: says("Vera", "vip") },
      { when: { language: "fr", attributes: { plan: "gold" } }, agent: says("Guy", "or") },
      { when: { language: "fr" }, agent: says("Fleur", "fr") },
      { when: ({ messages }) => messages.length > 1, agent: says("Max", "many") },
    ],
    otherwise: says("Ada", "else"),
  });
  const session = (change: object): Turn => {
    const turn = makeTurn();
    return { ...turn, session: { ...turn.session, ...change } };
  };

  it.each<[string, Turn, string, string]>([
    ["by the client's language", session({ locale: "fr-CA" }), "fr", "Fleur"],
    ["by the language that is spoken", { ...session({ locale: "en" }), language: "FR" }, "fr", "Fleur"],
    ["not by a language that begins alike", session({ locale: "fro" }), "else", "Ada"],
    ["by both", session({ locale: "fr", attributes: { plan: "gold" } }), "or", "Guy"],
    ["by what is vouched for", { ...session({ locale: "fr" }), context: { vip: true } }, "vip", "Vera"],
    ["not by what the client claims of it", session({ attributes: { vip: true } }), "else", "Ada"],
    ["by a function", messagesTurn("a", "b"), "many", "Max"],
    ["by nothing", messagesTurn("a"), "else", "Ada"],
  ])("picks %s, and says whom", async (_, turn, text, name) => {
    expect(router.name).toBe("Desk");
    expect(await partsOf(router, turn)).toEqual([
      { type: "chosen", name },
      { type: "text", text },
    ]);
  });

  it("refuses a language that is none when it is made", () => {
    const agent = says("Ada");
    expect(() =>
      routerAgent({ routes: [{ when: { language: "fr_FR!" }, agent }], otherwise: agent }),
    ).toThrow('"fr_FR!" is no BCP-47 language tag');
  });
});

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
