import { expect, it } from "vitest";
import { makeTurn, messagesTurn } from "../testing/turn.ts";
import { partsOf } from "./contract.ts";
import { functionAgent } from "./function.ts";
import {
  attach,
  call,
  end,
  handoff,
  language,
  partsIn,
  redirect,
  remember,
  reply,
  type Said,
  suggest,
} from "./helpers.ts";
import { match } from "./match.ts";
import { readPart } from "./parts.ts";

it.each<[string, Said, number]>([
  ["reply", reply("Hi.", suggest("Yes", { message_text: "No", payload: "n" })), 3],
  ["attach", attach({ title: "Menu", url: "https://example.com/menu" }), 1],
  ["a picture", attach({ title: "Us", url: "https://example.com/a.png", type: "image", action: "Look" }), 1],
  ["call", call("The desk", "+39 06 1234"), 1],
  ["language", language("fr-FR"), 1],
  ["handoff", handoff({ reason: "angry", queue: "desk" }), 1],
  ["handoff to anybody", handoff(), 1],
  ["redirect", redirect({ reason: "POLICY", queue: "q", route: "r" }), 1],
  ["end", end(), 1],
  ["remember", remember({ name: "Ada", visits: [1, 2] }), 1],
])("%s makes parts that can be used as they are", (_, said, count) => {
  const parts = [...partsIn(said)];
  expect(parts).toHaveLength(count);
  for (const part of parts) expect(readPart(part)).toEqual({ part, problems: [] });
});

it("nothing said is no part", () => {
  expect([...partsIn([null, undefined, false, []])]).toEqual([]);
});

it.each([
  ["at once", () => reply("Hi.")],
  ["later", async () => reply("Hi.")],
  [
    "as it goes on",
    async function* () {
      yield null;
      yield [reply("Hi.")];
    },
  ],
])("a function may say it %s", async (_, respond) => {
  const agent = functionAgent({ name: "Ada", respond });
  expect(await partsOf(agent, makeTurn())).toEqual([{ type: "text", text: "Hi." }, { type: "message_end" }]);
});

it("a function that says nothing says nothing", async () => {
  expect(await partsOf(functionAgent({ name: "Ada", respond: () => undefined }), makeTurn())).toEqual([]);
});

it("a function that throws fails", async () => {
  const respond = () => {
    throw new Error("boom");
  };
  await expect(partsOf(functionAgent({ name: "Ada", respond }), messagesTurn("hi"))).rejects.toThrow("boom");
});

it.each([
  ["The MENU, please", "menu"],
  ["a cafe\u0301", "coffee"],
  ["table for 4", "table 4"],
  ["TABLE FOR 12", "table 12"],
  ["goodbye", "nothing"],
  ["", "nothing"],
])("match: %s", (text, expected) => {
  const answer = match<string>(
    text,
    [
      [["menu", "card"], "menu"],
      ["café", () => "coffee"],
      [/table for (\d+)/gi, ([, people]) => `table ${people}`],
      ["table", "never: the one before fits"],
    ],
    "nothing",
  );
  expect(answer).toBe(expected);
});

it("match finds the same again with a pattern that remembers where it was", () => {
  const pattern = /a/g;
  for (let i = 0; i < 3; i += 1) expect(match("a", [[pattern, "found"]])).toBe("found");
  expect(match("b", [[pattern, "found"]])).toBeUndefined();
});
