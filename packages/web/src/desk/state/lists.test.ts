import { describe, expect, it } from "vitest";
import { conversation, lists as frame, person } from "../testing/stage.ts";
import type { DeskConversation, DeskPerson } from "../wire.ts";
import { listsBehind, NO_LISTS, nextFor } from "./lists.ts";
import { newsBetween, unreadOf } from "./news.ts";

const of = (conversations: DeskConversation[], me: DeskPerson = person()) =>
  listsBehind(NO_LISTS, frame({ conversations, people: [me] }));

describe("the lists", () => {
  it("take whole entries, and lose those that are over or hidden", () => {
    const before = of([conversation("a"), conversation("b"), conversation("c")]);
    const changed = conversation("a", { user_messages: 3 });
    const after = listsBehind(
      before,
      frame({
        full: false,
        revision: 2,
        conversations: [changed],
        over: [{ handoff: "b", outcome: "completed" }],
        hidden: ["c"],
        people: [],
      }),
    );
    expect([...after.conversations.values()]).toEqual([changed]);
    expect(after.people).toBe(before.people);
    expect(after.revision).toBe(2);
  });
  it("begin anew with a full frame", () => {
    const after = listsBehind(of([conversation("a")]), frame({ conversations: [conversation("b")] }));
    expect([...after.conversations.keys()]).toEqual(["b"]);
  });
});

describe("who is next for a person", () => {
  const cases: [string, DeskConversation[], Partial<DeskPerson>, string | null][] = [
    ["nobody", [], {}, null],
    ["the oldest", [conversation("b", { requested_at: 2 }), conversation("a", { requested_at: 1 })], {}, "a"],
    [
      "an offer before all",
      [conversation("a", { requested_at: 1 }), conversation("b", { state: "offered", person: "robin" })],
      {},
      "b",
    ],
    ["not what is offered to another", [conversation("a", { state: "offered", person: "sam" })], {}, null],
    ["not what another has", [conversation("a", { state: "joined", person: "sam" })], {}, null],
    [
      "only of their queues",
      [conversation("a"), conversation("b", { queue: "help" })],
      { queues: ["help"] },
      "b",
    ],
    [
      "what they have the skills for",
      [conversation("a", { skills: ["spanish"] }), conversation("b", { requested_at: 2_000 })],
      {},
      "b",
    ],
    [
      "what they have no skills for where there is nothing else",
      [conversation("a", { skills: ["spanish"] })],
      {},
      "a",
    ],
  ];
  it.each(cases)("is %s", (_, conversations, me, expected) => {
    expect(nextFor(of(conversations), person(me))?.handoff ?? null).toBe(expected);
  });
});

describe("what a person hears of", () => {
  const joined = (user_messages: number) =>
    conversation("a", { state: "joined", person: "robin", user_messages });
  const offered = conversation("a", { state: "offered", person: "robin" });
  const cases: [string, DeskConversation[], DeskConversation[], string[]][] = [
    ["an offer", [conversation("a")], [offered], ["offer"]],
    ["an offer once", [offered], [{ ...offered, user_messages: 2 }], []],
    [
      "an offer of what was passed on and came back",
      [conversation("a", { state: "waiting" })],
      [offered],
      ["offer"],
    ],
    ["a message", [joined(1)], [joined(2)], ["message"]],
    ["no message of what was said before they joined", [conversation("a")], [joined(2)], []],
    [
      "nothing of what others have",
      [],
      [conversation("a", { state: "joined", person: "sam", user_messages: 1 })],
      [],
    ],
  ];
  it.each(cases)("%s", (_, before, after, expected) => {
    expect(newsBetween(of(before), of(after), "robin").map(({ kind }) => kind)).toEqual(expected);
  });
  it("is unread until they look, and only in what is theirs", () => {
    expect(unreadOf(joined(3), { a: 1 }, "robin")).toBe(2);
    expect(unreadOf(joined(3), {}, "robin")).toBe(3);
    expect(unreadOf(joined(3), { a: 3 }, "robin")).toBe(0);
    expect(unreadOf(joined(3), {}, "sam")).toBe(0);
    expect(unreadOf(conversation("a", { user_messages: 3 }), {}, "robin")).toBe(0);
  });
});
