import { describe, expect, it } from "vitest";
import { filled, matching, slashAt } from "./canned.ts";

const reply = (shortcut: string, title = "", text = "") => ({ id: shortcut, shortcut, title, text });

describe("a slash", () => {
  it.each<[string, number, ReturnType<typeof slashAt>]>([
    ["/", 1, { from: 0, word: "" }],
    ["/ref", 4, { from: 0, word: "ref" }],
    ["Hello /ref", 10, { from: 6, word: "ref" }],
    ["one\n/grüße", 10, { from: 4, word: "grüße" }],
    ["/ref and more", 4, { from: 0, word: "ref" }],
    ["/ref and more", 13, null],
    ["and/or", 6, null],
    ["https://a", 9, null],
    ["", 0, null],
  ])("in %j at %i", (text, caret, expected) => {
    expect(slashAt(text, caret)).toEqual(expected);
  });
});

it("finds by the shortcut first, then by title, then by text", () => {
  const replies = [
    reply("late", "", "about a refund"),
    reply("sorry", "refund refused"),
    reply("refund"),
    reply("hi"),
  ];
  expect(matching(replies, "ref").map(({ id }) => id)).toEqual(["refund", "sorry", "late"]);
  expect(matching(replies, "")).toHaveLength(4);
  expect(
    matching(
      Array.from({ length: 50 }, (_, index) => reply(`r${index}`)),
      "r",
    ),
  ).toHaveLength(8);
});

it.each([
  ["Hello {{name}}, I am {{me}}.", "Maria", "Hello Maria, I am Robin."],
  ["Hello {{name}}, I am {{me}}.", null, "Hello, I am Robin."],
  ["{{name}} {{other}}", "$& $1", "$& $1 {{other}}"],
])("fills in names: %j for %j", (text, user, expected) => {
  expect(filled(text, { user, me: "Robin" })).toBe(expected);
});
