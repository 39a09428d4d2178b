import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { messagesTurn } from "../testing/turn.ts";
import { partsOf, textsOf } from "./contract.ts";
import ada from "./demo/ada.json" with { type: "json" };
import { scriptedAgent } from "./scripted.ts";

const docs = readFileSync(new URL("../../../../docs/agents.md", import.meta.url), "utf8");

it("docs/agents.md: the script in it works as it stands", async () => {
  const [, script = ""] = /```json\n([\s\S]+?)```/.exec(docs) ?? [];
  const agent = scriptedAgent(JSON.parse(script));
  expect(textsOf(await partsOf(agent, messagesTurn("the CARD", "what?")))).toEqual([
    "Tonight:\n\n- **Soup**\n- **Fish**",
    "I did not understand “what?”.",
  ]);
});

it("docs/agents.md: Ada's triggers stand in the order in which they win", () => {
  const table = docs.slice(docs.indexOf("## Ada"));
  const triggers = [...table.matchAll(/^\| (.+?) \| /gm)].map(([, cell = ""]) => cell);
  const documented = triggers.flatMap((cell) => [...cell.matchAll(/`(.+?)`/g)].map(([, word]) => word));
  expect(documented).toEqual(ada.rules.map(({ words, pattern }) => words?.[0] ?? (pattern ? "wait N" : "")));
});
