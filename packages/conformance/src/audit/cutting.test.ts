import { describe, expect, it } from "vitest";
import { badCut } from "./cutting.ts";

const japanese = "本日のおすすめは季節の野菜を使ったパスタと自家製のパンでございます";

describe("a text", () => {
  it.each([
    ["nowhere", ["whole"]],
    ["behind blanks", ["one ", "two ", "three"]],
    ["behind a line break", ["one\n", "two"]],
    ["around a link", ["see ", "[a b](https://c.d/e) ", "there"]],
    ["behind a code fence", ["so:\n", "```\na b\n```\n", "there"]],
    ["before an empty completing chunk", ["one", ""]],
    ["at 2 KB", ["x".repeat(2_048), "x"]],
    ["at 2 KB in a code fence", [`\`\`\`\n${"a b ".repeat(511)}`, "c\n```\n"]],
    ["behind punctuation, where there is no white space", [`${japanese.repeat(2)}。`, japanese]],
    ["between words, where there is no white space", [japanese.repeat(2), japanese]],
  ])("may be cut %s", (_, chunks) => {
    expect(badCut(chunks)).toBeNull();
  });

  it.each([
    ["in a word", ["on", "e two"], "white space"],
    ["before white space", ["one", " two"], "white space"],
    ["in a word at 2 KB, when there is white space before", [`a ${"x".repeat(2_046)}`, "x"], "word"],
    ["in a link", ["see [a ", "b](https://c.d/e)"], "link"],
    ["in a code fence", ["so:\n```\na ", "b\n```\n"], "code fence"],
    ["behind punctuation, while there is white space", ["one two, three.", "Four"], "white space"],
    ["in a word, where there is no white space", [`${japanese.repeat(2)}ございま`, `す${japanese}`], "word"],
  ])("may not be cut %s", (_, chunks, what) => {
    expect(badCut(chunks)).toContain(what);
  });
});
