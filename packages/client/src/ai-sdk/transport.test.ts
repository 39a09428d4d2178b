import { readUIMessageStream, type UIMessage } from "ai";
import { beforeEach, describe, expect, it } from "vitest";
import { chunk, said } from "../testing/events.ts";
import { FakeServer } from "../testing/fake-server.ts";
import { settle } from "../testing/manual-clock.ts";
import { ParleyTransport } from "./transport.ts";

let server: FakeServer;
let unasked: UIMessage[];
let transport: ParleyTransport;

beforeEach(async () => {
  server = new FakeServer();
  unasked = [];
  transport = new ParleyTransport(server.options, { onMessage: (message) => unasked.push(message) });
  await settle();
});

/** Says something as `useChat` does. @returns what it shows in the end, and what went wrong */
async function say(text: string, abortSignal?: AbortSignal) {
  const stream = await transport.sendMessages({
    trigger: "submit-message",
    chatId: "chat",
    messageId: undefined,
    messages: [{ id: "1", role: "user", parts: [{ type: "text", text }] }],
    abortSignal,
  });
  const errors: unknown[] = [];
  const states = Array.fromAsync(readUIMessageStream({ stream, onError: (error) => errors.push(error) }));
  return { states, errors };
}

const texts = (message: UIMessage | undefined) =>
  message?.parts.flatMap((part) => (part.type === "text" ? part.text : []));

const streamed = (id: string, text: string, index: number, isLast = false, more: object = {}) =>
  server.say("EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK", chunk(id, text, index, isLast, more));

describe("an answer", () => {
  it("streams, with what stands beside it, and ends when nothing follows", async () => {
    const { states } = await say("Hello");
    expect(server.messages).toEqual(["Hello"]);
    streamed("a", "One ", 1);
    await settle();
    const attachments = [
      { title: "T", content_url: "https://example.com/", content_type: "ATTACHMENT_CONTENT_TYPE_URL" },
      { title: "P", content_url: "https://example.com/p.png", content_type: "ATTACHMENT_CONTENT_TYPE_IMAGE" },
      { title: "X", content_url: "javascript:alert(1)", content_type: "ATTACHMENT_CONTENT_TYPE_URL" },
    ];
    streamed("a", "two.", 2, true, { attachments });
    const chat_call_actions = [{ title: "Desk", contact_number: "1" }];
    server.say("EVENT_TYPE_POLY_AGENT_MESSAGE", { ...said("b", ""), chat_call_actions });
    await server.clock.advance(400);
    const all = await states;
    expect(texts(all.find((state) => texts(state)?.[0] === "One "))).toEqual(["One "]);
    expect(all.at(-1)?.parts.map(({ type }) => type)).toEqual([
      "text",
      "source-url",
      "file",
      "data-call-action",
    ]);
    expect(texts(all.at(-1))).toEqual(["One two."]);
    expect(unasked).toEqual([]);
  });

  it("survives a lost connection", async () => {
    const { states } = await say("Hello");
    streamed("a", "One ", 1);
    server.drop();
    streamed("a", "two.", 2, true);
    await server.clock.advance(5_000);
    expect(texts((await states).at(-1))).toEqual(["One two."]);
  });

  it("that fails is an error", async () => {
    const { states, errors } = await say("Hello");
    server.mention("EVENT_TYPE_SYSTEM_MESSAGE", { level: "SYSTEM_MESSAGE_LEVEL_ERROR", message: "Sorry" });
    await states.catch(() => {});
    expect(String(errors[0])).toContain("Sorry");
  });

  it("that was aborted is not shown again", async () => {
    const aborter = new AbortController();
    const { states } = await say("Hello", aborter.signal);
    streamed("a", "One ", 1);
    await settle();
    aborter.abort();
    await states;
    streamed("a", "two.", 2, true);
    await settle();
    expect(unasked).toEqual([]);
  });
});

it("hands on what nobody asked for: a greeting, a person", async () => {
  server.say("EVENT_TYPE_POLY_AGENT_MESSAGE", said("g", "Welcome."));
  await settle();
  expect(unasked.map(texts)).toEqual([["Welcome."]]);
  server.say("EVENT_TYPE_LIVE_AGENT_JOINED", { agent: { id: "1", name: "Sam", avatar_url: "" } });
  const { states } = await say("Anybody?");
  await settle();
  expect((await states).at(-1)?.parts ?? []).toEqual([]);
  server.say("EVENT_TYPE_LIVE_AGENT_MESSAGE", said("p", "Me."));
  await settle();
  expect(unasked.at(-1)).toMatchObject({ role: "assistant", metadata: { author: "person", name: "Sam" } });
});

it("hands on what was said in another tab, and not what was said here", async () => {
  server.say("EVENT_TYPE_USER_MESSAGE", { message_id: "u", text: "From elsewhere" });
  await settle();
  expect(unasked).toMatchObject([{ role: "user", parts: [{ type: "text", text: "From elsewhere" }] }]);
});

it("hands on what another tab said meanwhile, once the answer is over", async () => {
  const { states } = await say("Hello");
  server.say("EVENT_TYPE_USER_MESSAGE", { message_id: "u", text: "From elsewhere" });
  streamed("a", "Hi.", 1, true);
  await server.clock.advance(400);
  await states;
  expect(unasked).toMatchObject([{ role: "user", parts: [{ type: "text", text: "From elsewhere" }] }]);
});

it("gives what was said before, once", async () => {
  server.say("EVENT_TYPE_USER_MESSAGE", { message_id: "u", text: "Hi" });
  server.say("EVENT_TYPE_POLY_AGENT_MESSAGE", said("a", "Hello."));
  const history = transport.history();
  expect(history.map(({ role }) => role)).toEqual(["user", "assistant"]);
  await settle();
  expect(unasked).toEqual([]);
});

it("resumes an answer that is under way", async () => {
  expect(await transport.reconnectToStream({ chatId: "chat" })).toBeNull();
  streamed("a", "One ", 1);
  const stream = await transport.reconnectToStream({ chatId: "chat" });
  const states = Array.fromAsync(readUIMessageStream({ stream: stream as never }));
  streamed("a", "two.", 2, true);
  await server.clock.advance(400);
  expect(texts((await states).at(-1))).toEqual(["One two."]);
});
