import { setMaxListeners } from "node:events";
import { Conversation, memoryStorage, settled } from "@parley/client";
import { expect, it } from "vitest";
import { TcpProxy } from "../chaos/proxy.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { configuredServer } from "../support/server.ts";
import { cutSoon, HASTY } from "./support/cuts.ts";
import { echoConfig } from "./support/echo-agent.ts";
import { until } from "./support/until.ts";

const CLIENTS = 50;
const MESSAGES = 20;

const cleanUp = useCleanUp();

it("delivers 1,000 messages of 50 clients once and in order, though connections last half a second", async () => {
  setMaxListeners(0);
  const server = cleanUp().use(await configuredServer(echoConfig));
  const port = Number(new URL(server.url).port);
  const proxy = cleanUp().use(await TcpProxy.start({ target: () => port, seed: 4, plan: cutSoon }));
  const verdicts = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const conversation = new Conversation({
        url: `http://127.0.0.1:${proxy.port}`,
        connectorToken: "demo",
        host: "localhost",
        storage: memoryStorage(),
        maxReconnects: Number.POSITIVE_INFINITY,
        environment: { timings: HASTY },
      });
      conversation.start();
      const said = Array.from({ length: MESSAGES }, (_, index) => `message ${index + 1}`);
      const ids = said.map((text) => conversation.send(text));
      const sent = await Promise.all(ids.map((id) => settled(conversation, id)));
      expect(sent.map((message) => message?.error ?? message?.state)).toEqual(said.map(() => "sent"));
      await answered(conversation, `<message ${MESSAGES}>`);
      const { messages } = conversation.getSnapshot();
      conversation.stop();
      return {
        said,
        mine: messages.filter(({ author }) => author === "user"),
        theirs: messages.filter(({ author }) => author === "agent"),
      };
    }),
  );
  for (const { said, mine, theirs } of verdicts) {
    expect(mine.map(({ text }) => text)).toEqual(said);
    // What waited is answered in one message.
    const answers = theirs.map(({ text }) => text).join("");
    expect(answers).toBe(["Hello.", ...said.map((text) => `You said <${text}>.`)].join(""));
  }
  expect(proxy.connections).toBeGreaterThan(CLIENTS * 3);
}, 120_000);

/** Waits until a message was answered, and the answer is whole. */
const answered = (conversation: Conversation, words: string): Promise<void> =>
  until(conversation, ({ messages }) =>
    messages.some(({ text, state }) => state === "complete" && text.includes(words)),
  );
