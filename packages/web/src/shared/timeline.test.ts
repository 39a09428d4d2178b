import { INITIAL, reduce, type ServerEvent } from "@parley/client";
import { describe, expect, it } from "vitest";
import { announcements } from "./announcements.ts";
import { en } from "./i18n/en.ts";
import { textsOf } from "./i18n/texts.ts";
import { type Item, itemsOf } from "./timeline.ts";

const texts = textsOf("en", en);

/** The events of a conversation, numbered; those of a type in `transient` are not. */
function told(...events: [type: string, payload?: object, at?: string][]) {
  const transient = ["HANDOFF_QUEUE_STATUS", "SYSTEM_MESSAGE", "POLY_AGENT_THINKING"];
  let sequence = 0;
  const list = events.map(([type, payload = {}, timestamp = "2026-11-27T10:00:00.000Z"], index) => ({
    id: `event ${index}`,
    sequence: transient.includes(type) ? null : ++sequence,
    timestamp,
    type: `EVENT_TYPE_${type}`,
    payload,
  })) as unknown as ServerEvent[];
  const { view } = reduce(INITIAL, list);
  return { ...view, sessionId: "s", messages: view.timeline.filter((item) => item.kind === "message") };
}

const shown = (items: readonly Item[]) =>
  items.map((item) => (item.kind === "day" ? "day" : `${item.kind}: ${item.text}`));

const MESSAGE = { message_id: "m", text: "Hi **there**", attachments: [], response_suggestions: [] };

describe("the list", () => {
  it.each<[string, Parameters<typeof told>, string[]]>([
    ["a join", [["POLY_AGENT_JOINED", { agent_name: "Ada" }]], ["line: Ada joined"]],
    ["a join without a name", [["POLY_AGENT_JOINED", { agent_name: "" }]], ["line: Assistant joined"]],
    ["a message", [["POLY_AGENT_MESSAGE", MESSAGE]], ["message: Hi **there**"]],
    [
      "a handoff",
      [
        ["POLY_AGENT_TRIGGERED_HANDOFF"],
        ["POLY_AGENT_LEFT"],
        ["HANDOFF_ACCEPTED", { queue_name: "Sales" }],
        ["HANDOFF_QUEUE_STATUS", { position_in_queue: 3, estimated_wait_seconds: 61 }],
      ],
      [
        "line: Looking for a person to help you",
        "line: Waiting for a person: Sales",
        "line: You are number 3 in the queue, about 2 min",
      ],
    ],
    [
      "a person",
      [
        ["LIVE_AGENT_JOINED", { agent: { id: "1", name: "Bo", avatar_url: "" }, agent_name: "Bo" }],
        ["LIVE_AGENT_LEFT", {}],
      ],
      ["line: Bo joined", "line: Bo left"],
    ],
    [
      "what the queue itself says",
      [["POLY_AGENT_TRIGGERED_HANDOFF"], ["HANDOFF_QUEUE_STATUS", { display_message: "Soon." }]],
      ["line: Looking for a person to help you", "line: Soon."],
    ],
    ["why nobody came", [["HANDOFF_FAILED", { reason: "closed" }]], ["line: Nobody could take over: closed"]],
    ["a language", [["LANGUAGE_CHANGED", { language_code: "fr-FR" }]], ["line: Language: French (France)"]],
    ["a language that is none", [["LANGUAGE_CHANGED", { language_code: "?" }]], ["line: Language: ?"]],
    [
      "the end",
      [["SESSION_END", { reason: "REASON_USER_ABANDONED" }]],
      ["line: The chat ended after a long silence"],
    ],
    [
      "an error that the catalogue knows",
      [
        [
          "SYSTEM_MESSAGE",
          {
            level: "SYSTEM_MESSAGE_LEVEL_ERROR",
            message: "Sorry, I encountered an error. Please try again.",
          },
        ],
      ],
      ["error: Sorry, something went wrong. Please try again."],
    ],
    [
      "a warning of another server",
      [["SYSTEM_MESSAGE", { level: "SYSTEM_MESSAGE_LEVEL_WARNING", message: "Slow." }]],
      ["warning: Slow."],
    ],
    [
      "another day",
      [
        ["USER_MESSAGE", { message_id: "a", text: "x" }, "2026-11-25T12:00:00.000Z"],
        ["USER_MESSAGE", { message_id: "b", text: "y" }, "2026-11-27T12:00:00.000Z"],
      ],
      ["message: x", "day", "message: y"],
    ],
  ])("shows %s", (_, events, expected) => {
    expect(shown(itemsOf(told(...events), texts))).toEqual(expected);
  });

  it("offers to go on where the page has to, until somebody is there again", () => {
    const away: Parameters<typeof told> = [
      ["CLIENT_HANDOFF_REQUIRED", { reason: "POLICY", queue_name: "q", route: "r" }],
    ];
    const isAway = (events: Parameters<typeof told>) =>
      itemsOf(told(...events), texts).some((item) => item.kind === "line" && item.isAway);
    expect(isAway(away)).toBe(true);
    expect(isAway([...away, ["POLY_AGENT_JOINED", { agent_name: "Ada" }]])).toBe(false);
  });
});

describe("what is read out", () => {
  const all = () => true;
  const chunk = (
    text: string,
    is_complete: boolean,
    chunk_index: number,
  ): Parameters<typeof told>[number] => [
    "POLY_AGENT_MESSAGE_CHUNK",
    { ...MESSAGE, text, chunk_index, is_complete },
  ];
  const read = (
    snapshot: ReturnType<typeof told>,
    before: Parameters<typeof announcements>[1],
    isNews = all,
  ) => announcements(snapshot as never, before, texts, isNews);

  it("is a message when it is whole, and once", () => {
    const growing = read(told(chunk("Hi ", false, 1)), null);
    expect(growing.news).toEqual([]);
    const whole = told(chunk("Hi ", false, 1), chunk("**there** [x](https://a.example)", true, 2));
    const first = read(whole, growing.announced);
    expect(first.news.map(({ text }) => text)).toEqual(["Assistant: Hi there x"]);
    expect(read(whole, first.announced).news).toEqual([]);
  });

  it("is not what the user wrote, nor what an earlier page has shown", () => {
    const snapshot = told(["USER_MESSAGE", { message_id: "u", text: "x" }], ["POLY_AGENT_MESSAGE", MESSAGE]);
    expect(read(snapshot, null).news).toHaveLength(1);
    expect(read(snapshot, null, () => false).news).toEqual([]);
  });

  it("is each place in the queue", () => {
    const at = (position: number) =>
      told(["POLY_AGENT_TRIGGERED_HANDOFF"], ["HANDOFF_QUEUE_STATUS", { position_in_queue: position }]);
    const first = read(at(2), null);
    expect(first.news.map(({ text }) => text)).toEqual([
      "Looking for a person to help you",
      "You are number 2 in the queue",
    ]);
    expect(read(at(1), first.announced).news.map(({ text }) => text)).toEqual([
      "You are number 1 in the queue",
    ]);
  });

  it("begins anew with another conversation", () => {
    const first = read(told(["POLY_AGENT_JOINED", { agent_name: "Ada" }]), null);
    const other = { ...told(["POLY_AGENT_JOINED", { agent_name: "Ada" }]), sessionId: "t" };
    expect(read(other, first.announced).news).toHaveLength(1);
  });
});
