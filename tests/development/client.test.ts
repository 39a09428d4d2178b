import { Conversation, memoryStorage, type Snapshot } from "@parley/client";
import { functionAgent } from "@parley/server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { HASTY } from "../client/support/cuts.ts";
import { until } from "../client/support/until.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { developmentServer } from "../support/server.ts";
import { Faults } from "./support/faults.ts";

const cleanUp = useCleanUp();

const MESSAGES = ["one", "two", "three"];

/** Answers each message in pieces, and says which attempt it is. */
const agent = functionAgent({
  name: "Echo",
  respond: async function* ({ reason, messages, attempt }, signal) {
    if (reason === "greeting") yield "Hello.";
    for (const { text } of messages) {
      yield "You said ";
      if (text === "hold" && attempt === 1) {
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      }
      yield `<${text}>. `;
    }
  },
});

let server: Awaited<ReturnType<typeof developmentServer>>;
beforeAll(async () => {
  server = await developmentServer(agent);
});
afterAll(() => server?.[Symbol.asyncDispose]());

async function begun() {
  const conversation = new Conversation({
    url: server.url,
    connectorToken: "demo",
    host: "localhost",
    storage: memoryStorage(),
    environment: { timings: HASTY },
  });
  cleanUp().defer(() => conversation.stop());
  conversation.start();
  await until(conversation, ({ messages }) => messages[0]?.state === "complete");
  const { sessionId } = conversation.getSnapshot();
  return { conversation, faults: new Faults(server.url, sessionId ?? ""), sessionId };
}

it.each([
  ["a reset", [["drop", {}]]],
  ["a restart", [["drop", { code: 1012 }]]],
  ["a close as no Parley sends one", [["drop", { code: 1011 }]]],
  ["a stall", [["stall", { ms: 600 }]]],
  ["a slow line", [["delay", { ms: 120 }]]],
  ["an event twice", [["duplicate", {}]]],
  ["a cut in the middle of an answer", [["cut_mid_stream", {}]]],
  [
    "an expired token",
    [
      ["expire_token", {}],
      ["drop", {}],
    ],
  ],
] as [string, [string, object][]][])("nothing is lost, and nothing comes twice: %s", async (_, sequence) => {
  const { conversation, faults, sessionId } = await begun();
  for (const [fault, details] of sequence) await faults.make(fault, details);
  for (const text of MESSAGES) conversation.send(text);
  await until(conversation, ({ messages }) => said(messages).includes("<three>") && isWhole(messages));
  const { messages, sessionId: after } = conversation.getSnapshot();
  expect(after).toBe(sessionId);
  expect(messages.filter(({ author }) => author === "user").map(({ text, state }) => [text, state])).toEqual(
    MESSAGES.map((text) => [text, "sent"]),
  );
  expect(said(messages)).toBe(["Hello.", ...MESSAGES.map((text) => `You said <${text}>. `)].join(""));
});

it("an agent that is restarted: the fragment stays, and the answer comes", async () => {
  const { conversation, faults } = await begun();
  conversation.send("hold");
  await until(conversation, ({ messages }) => messages.at(-1)?.text === "You said ");
  await faults.make("restart_agent");
  await until(conversation, ({ messages }) => said(messages).includes("<hold>") && isWhole(messages));
  expect(said(conversation.getSnapshot().messages)).toBe("Hello.You said You said <hold>. ");
});

it("an end by idleness: the conversation is over, and says so", async () => {
  const { conversation, faults } = await begun();
  await faults.make("end_idle");
  await until(conversation, ({ connection }) => connection.state === "ended");
});

const said = (messages: Snapshot["messages"]) =>
  messages
    .filter(({ author }) => author === "agent")
    .map(({ text }) => text)
    .join("");
const isWhole = (messages: Snapshot["messages"]) =>
  messages.every(({ state }) => state === "complete" || state === "sent");
