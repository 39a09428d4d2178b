import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { configSchema } from "../config/schema.ts";
import * as server from "../index.ts";
import { messagesTurn } from "../testing/turn.ts";
import type { Agent } from "./agent.ts";
import { partsOf, textsOf } from "./contract.ts";
import ada from "./demo/ada.json" with { type: "json" };
import { readPart } from "./parts.ts";
import { scriptedAgent } from "./scripted.ts";

const docs = readFileSync(new URL("../../../../docs/agents.md", import.meta.url), "utf8");

const directory = mkdtempSync(join(tmpdir(), "parley-docs-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** The agent of the configuration in the page that has these words. */
async function agentIn(words: string): Promise<Agent> {
  const blocks = [...docs.matchAll(/```ts\n([\s\S]+?)```/g)].map(([, code = ""]) => code);
  const code = blocks.find((block) => block.includes("export default") && block.includes(words)) ?? "";
  const server = new URL("../index.ts", import.meta.url).href;
  const file = join(directory, `${words}.config.ts`);
  writeFileSync(file, code.replace('"@parley/server"', JSON.stringify(server)));
  const { default: config } = await import(/* @vite-ignore */ pathToFileURL(file).href);
  return configSchema.parse(config).connectors[0]?.agent as Agent;
}

it("docs/agents.md: its first agent works as it stands", async () => {
  const agent = await agentIn("Echo");
  expect(textsOf(await partsOf(agent, messagesTurn("hi")))[0]).toBe("You said **hi**.");
});

it("docs/agents.md: the agent made with helpers works as it stands", async () => {
  const agent = await agentIn("Bruno");
  const turn = messagesTurn("the CARD, please", "a table for 4", "hm");
  const parts = await partsOf(agent, turn);
  expect(textsOf(parts)).toEqual([
    "Tonight: soup.",
    "For 4. And your name?",
    "I did not understand “hm”.",
    "",
  ]);
  for (const part of parts) expect(readPart(part)).toEqual({ part, problems: [] });
  expect(parts).toContainEqual({ type: "memory", values: { people: "4" } });
  const bye = await partsOf(agent, { ...messagesTurn("bye"), memory: { people: "4" } });
  expect(bye).toEqual([
    { type: "text", text: "Until then, all 4 of you!" },
    { type: "message_end" },
    { type: "end" },
  ]);
});

it("docs/agents.md: the agent made of agents works as it stands", async () => {
  const agent = await agentIn("fallbackAgent");
  const turn = messagesTurn("hi");
  expect(textsOf(await partsOf(agent, turn)).join("")).toBe("I can only take your number: [card] is yours?");
  const french = await partsOf(agent, { ...turn, language: "fr-FR" });
  expect(french).toEqual([
    { type: "chosen", name: "Fleur" },
    { type: "text", text: "Bonjour !" },
  ]);
});

it("docs/agents.md: every helper and every part stands in it", () => {
  for (const name of [
    "reply",
    "suggest",
    "attach",
    "call",
    "language",
    "handoff",
    "redirect",
    "end",
    "remember",
  ]) {
    expect(docs).toContain(`| \`${name}(`);
    expect(server).toHaveProperty(name);
  }
  for (const type of ["tool_call", "tool_result", "memory", "usage", "retried", "chosen"]) {
    expect(docs).toContain(`| \`{ type: "${type}"`);
  }
});

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
