import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, it } from "vitest";
import { Conversation } from "./conversation.ts";
import { useConversation } from "./react.ts";
import { said } from "./testing/events.ts";
import { FakeServer } from "./testing/fake-server.ts";
import { settle } from "./testing/manual-clock.ts";

function Chat({ source }: { source: Parameters<typeof useConversation>[0] }) {
  const { messages, connection, send } = useConversation(source);
  const items = messages.map(({ id, text }) => createElement("li", { key: id }, text));
  return createElement("ol", { className: connection.state, title: typeof send }, items);
}

it("renders on a server: idle and empty, without a connection", () => {
  const server = new FakeServer();
  const html = renderToString(createElement(Chat, { source: server.options }));
  expect(html).toBe('<ol class="idle" title="function"></ol>');
  expect(server.requests).toEqual([]);
});

it("shows a conversation that others share", async () => {
  const server = new FakeServer();
  const conversation = new Conversation(server.options);
  conversation.start();
  await settle();
  server.say("EVENT_TYPE_POLY_AGENT_MESSAGE", said("a", "Welcome."));
  expect(renderToString(createElement(Chat, { source: conversation }))).toContain("<li>Welcome.</li>");
});
