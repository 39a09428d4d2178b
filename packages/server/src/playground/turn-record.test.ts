import { expect, it } from "vitest";
import { detailsOf, type TurnAnswer } from "./turn-record.ts";

const turn: TurnAnswer = {
  turn: 1,
  attempt: 1,
  reason: "messages",
  agent: "Ada",
  outcome: "answered",
  failure: null,
  cause: null,
  first_word_ms: null,
  total_ms: null,
  input_tokens: 0,
  output_tokens: 0,
  tools: [],
  retries: [],
};
const tool = { name: "weather", failed: false, returned: true };

it.each([
  ["nothing that is not known", {}, []],
  ["times", { first_word_ms: 0, total_ms: 1_234 }, ["first word 0 ms", "end 1.2 s"]],
  ["tokens", { input_tokens: 10, output_tokens: 2 }, ["tokens 10 in, 2 out"]],
  [
    "tools, and what became of them",
    { tools: [tool, { ...tool, failed: true }, { ...tool, returned: false }] },
    ["tools weather, weather (failed), weather (no result)"],
  ],
  ["why a provider was asked again", { retries: ["429", "503"] }, ["asked again: 429, 503"]],
] as const)("tells of a turn %s", (_, changes, details) => {
  expect(detailsOf({ ...turn, ...changes })).toEqual(details);
});
