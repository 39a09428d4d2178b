import { EVENT, type EventBatch, type ServerEvent, SYSTEM_LEVEL } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { problemsOf } from "./verdict.ts";
import { type Kept, View } from "./view.ts";

/** An event whose id is its sequence, unless told otherwise. */
const event = (sequence: number, type: string, payload: object = {}, extra: object = {}): Kept =>
  ({ id: `${sequence}`, sequence, timestamp: "t", type, payload, ...extra }) as Kept;

const told = (text: string): ServerEvent => ({
  ...event(0, EVENT.SYSTEM_MESSAGE, { level: SYSTEM_LEVEL.error, message: text }),
  sequence: null,
});
const nobody = told("Error: Conversation not found");
const join = event(2, EVENT.REQUEST_POLY_AGENT_JOIN);

const message = (sequence: number, key: string, text = `text ${key}`) =>
  event(sequence, EVENT.USER_MESSAGE, { text }, { metadata: { custom: { local_id: key } } });

const chunk = (sequence: number, index: number, text: string, first = index) =>
  event(sequence, EVENT.POLY_AGENT_MESSAGE_CHUNK, { text, chunk_index: index, first_chunk_index: first });

/** A whole short conversation, from its second event on. */
const journal = [
  message(2, "1"),
  chunk(3, 1, "You said <text 1>, "),
  chunk(4, 2, "and no more."),
  event(5, EVENT.SESSION_END),
];
const said = new Map([["1", "text 1"]]);

const batch = (events: readonly Kept[]): EventBatch => ({
  id: "batch",
  sequence: null,
  timestamp: "t",
  type: EVENT.EVENT_BATCH,
  payload: { events: [...events] },
});

/** A view that has seen these frames, each list on a socket of its own. */
function viewOf(...sockets: (ServerEvent | EventBatch)[][]): View {
  const view = new View();
  for (const frames of sockets) {
    const take = view.open();
    for (const frame of frames) take(frame);
  }
  return view;
}

const start = event(1, EVENT.SESSION_START);
const client = (view: View, refusals: string[] = []) => ({ view, said, refusals });

describe("a view", () => {
  it.each([
    ["all on one socket", [[start, ...journal]]],
    ["on two, the second behind the first", [[start, message(2, "1")], [batch(journal.slice(1))]]],
    ["that nobody has joined, before the join came through", [[start, nobody, join]]],
    [
      "chunks that are joined",
      [[batch([start, message(2, "1"), chunk(4, 2, "both", 1)]), event(5, EVENT.SESSION_END)]],
    ],
  ])("has nothing against %s", (_, sockets) => {
    expect(viewOf(...sockets).problems).toEqual([]);
  });

  it("has nothing against the echo of what was sent again", () => {
    const view = viewOf([start, message(2, "1")]);
    view.resent.add("1");
    const take = view.open();
    take(message(2, "1"));
    expect(view.problems).toEqual([]);
  });

  it.each([
    ["an event that comes twice", [[start, message(2, "1"), message(2, "1")]], /2 .* came again unasked/],
    [
      "one that comes again on another socket",
      [[start, message(2, "1")], [message(2, "1")]],
      /again unasked/,
    ],
    ["a hole", [[start, chunk(3, 1, "x")]], /3 .* came behind 1/],
    ["an event before the one below it", [[start, chunk(3, 1, "x"), message(2, "1")]], /3 .* behind 1/],
    [
      "two events under one number",
      [[start, message(2, "1"), { ...message(2, "1"), id: "x" }]],
      /2 is both 2 and x/,
    ],
    ["any other error", [[start, told("Sorry"), join]], /told: Sorry/],
    ["that nobody has joined, behind a join", [[start, join, nobody]], /told: .* not found/],
    [
      "that nobody has joined, twice",
      [
        [start, nobody],
        [nobody, join],
      ],
      /told: .* not found/,
    ],
    [
      "one event under two",
      [[start, message(2, "1"), { ...message(3, "1"), id: "2" }]],
      /2 came as 2 and as 3/,
    ],
  ])("notices %s", (_, sockets, problem) => {
    expect(viewOf(...sockets).problems.join("\n")).toMatch(problem);
  });
});

describe("a verdict", () => {
  const whole = viewOf([start, ...journal]);

  it("is clean where all is well", () => {
    expect(problemsOf(client(whole), journal)).toEqual([]);
  });

  it.each<[string, ReturnType<typeof client>, Kept[], RegExp]>([
    ["a refusal", client(whole, ["answered 503"]), journal, /503/],
    [
      "an event that was never seen",
      client(viewOf([start, ...journal.slice(0, 3)])),
      journal,
      /5 .* never seen/,
    ],
    ["one that is not kept", client(whole), journal.slice(0, 3), /5 was seen, and is not kept/],
    [
      "one that is kept as another",
      client(whole),
      journal.with(3, { ...event(5, EVENT.SESSION_END), id: "x" }),
      /5 was seen as 5, and is x/,
    ],
    ["a hole in the journal", client(whole), journal.toSpliced(1, 1), /the journal has 4 where 3 belongs/],
    ["a message that was lost", client(whole), journal.with(0, chunk(2, 1, "")), /message 1 is kept 0 times/],
    [
      "a message that is kept twice",
      client(whole),
      [...journal.slice(0, 3), message(5, "1")],
      /message 1 is kept 2 times/,
    ],
    [
      "a message that is kept as another",
      client(whole),
      journal.with(0, message(2, "1", "x")),
      /1 was said as another text/,
    ],
    [
      "a message without an answer",
      client(whole),
      journal.with(1, chunk(3, 1, "?")),
      /asked text 1 and was answered $/,
    ],
    [
      "one that is answered twice",
      client(whole),
      journal.with(2, chunk(4, 2, "<text 1>")),
      /answered text 1,text 1/,
    ],
  ])("names %s", (_, seen, kept, problem) => {
    expect(problemsOf(seen, kept).join("\n")).toMatch(problem);
  });
});
