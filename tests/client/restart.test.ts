import { Conversation, memoryStorage } from "@parley/client";
import { expect, it } from "vitest";
import { ChaosServer } from "../chaos/server.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { until } from "./support/until.ts";

const cleanUp = useCleanUp();

it("a server that is killed in the middle of an answer: a pause, a completed fragment, an answer, nothing twice", async () => {
  const server = cleanUp().use(await ChaosServer.start());
  const conversation = new Conversation({
    url: `http://127.0.0.1:${server.port}`,
    connectorToken: "demo",
    host: "localhost",
    storage: memoryStorage(),
  });
  cleanUp().defer(() => conversation.stop());
  const states = new Set<string>();
  conversation.connection.on("status", ({ state }) => states.add(state));
  conversation.start();
  await until(conversation, ({ messages }) => messages.some(({ state }) => state === "complete"));
  conversation.send("one");
  await until(conversation, ({ messages }) => messages.some(({ state }) => state === "streaming"));
  await server.end("SIGKILL");
  conversation.send("two");
  await server.start();
  await until(conversation, ({ messages }) => messages.at(-1)?.text === answerTo("two"));

  const { messages, sessionId } = conversation.getSnapshot();
  expect(messages.map(({ author, text, state }) => [author, text, state])).toEqual([
    ["agent", "Hello.", "complete"],
    ["user", "one", "sent"],
    ["agent", "You said <one>, ", "complete"],
    ...inEitherOrder(messages.slice(3).map(({ author, text, state }) => [author, text, state])),
  ]);
  expect(sessionId).toBe(conversation.connection.session?.id);
  expect(states).toContain("reconnecting");
  expect(states).not.toContain("failed");
}, 60_000);

const answerTo = (text: string) => `You said <${text}>, and there is nothing to add to it. `;

/** The second message is echoed before or behind the repeated answer to the first: both are in order. */
function inEitherOrder(rest: string[][]): string[][] {
  const two = ["user", "two", "sent"];
  const one = ["agent", answerTo("one"), "complete"];
  const last = ["agent", answerTo("two"), "complete"];
  return rest[0]?.[0] === "user" ? [two, one, last] : [one, two, last];
}
