import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EVENT } from "@parley/protocol";
import { expect, it } from "vitest";
import { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";

const cleanUp = useCleanUp();

const SERVER = new URL("../../packages/server/src/index.ts", import.meta.url).pathname;
const KEY = "an-operator-key-of-this-test-0123456789";

/** An agent that pays once, however often it is asked, and never ends its first attempt. */
const CONFIG = `
import { defineConfig, functionAgent, reply, remember } from ${JSON.stringify(SERVER)};

const agent = functionAgent({
  name: "Cashier",
  async *respond({ reason, messages, prompt, tools, memory, attempt, interrupted }) {
    if (reason === "greeting") { yield "Hello."; return; }
    if (reason === "prompted") { yield reply("About this: " + prompt); return; }
    if (interrupted !== null) { yield reply("You have read: " + interrupted.seen); return; }
    if (messages.at(-1)?.text === "pay") {
      if (tools.length === 0) {
        yield { type: "tool_call", id: "1", name: "pay", arguments: { euros: 5 } };
        yield { type: "tool_result", id: "1", result: { receipt: 77 } };
        yield remember({ ...memory, paid: true });
      }
      yield "Paying ";
      if (attempt === 1) await new Promise(() => {});
      yield { type: "usage", inputTokens: 12, outputTokens: 3 };
      yield reply("done: receipt " + tools[0].result.receipt);
      return;
    }
    if (messages.at(-1)?.text === "story") {
      yield "Once upon a time ";
      await new Promise(() => {});
    }
    yield reply(memory.paid ? "You have paid." : "You have not paid.");
  },
});

export default defineConfig({
  connectors: [{ id: "shop", token: "shop", hosts: ["localhost"], agent, interrupt: true }],
  operators: [{ id: "ops", key: "${KEY}", scopes: ["sessions:read", "turns:write"] }],
});
`;

async function start(data: string): Promise<Program> {
  const program = await Program.start({ PARLEY_DATA: join(data, "data") }, { cwd: data });
  cleanUp().defer(async () => {
    await program.end("SIGKILL");
  });
  return program;
}

it("a turn's tools and memory, an operator's words and the record outlive the process", async () => {
  const { path } = cleanUp().use(await temporaryDirectory());
  await writeFile(join(path, "parley.config.ts"), CONFIG);
  const first = await start(path);
  const chat = await Chat.create(first.url, { streaming_enabled: true }, "shop");
  await chat.connect();
  await chat.join();
  const turns = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { Authorization: `Bearer ${KEY}`, ...init.headers };
    return fetch(`${url}/api/v1/sessions/${chat.sessionId}/turns`, { ...init, headers });
  };
  const ask = async (url: string, body: object, key: string) => {
    const headers = { "Idempotency-Key": key };
    const response = await turns(url, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as object };
  };
  chat.say("pay");
  await chat.until(() => chat.messages.at(-1)?.text === "Paying ", "the first words");
  // It waits for the agent, and for the user's messages.
  const asked = await ask(first.url, { prompt: "Order 7 was shipped." }, "order-7");
  expect(asked).toEqual({ status: 202, body: { prompt_id: expect.any(String) } });
  await first.end("SIGKILL");

  const second = await start(path);
  await chat.connect({ url: second.url });
  await chat.until(
    () => chat.messages.at(-1)?.text === "About this: Order 7 was shipped.",
    "the prompted turn",
  );
  expect(chat.messages.map(({ text }) => text)).toEqual([
    "Hello.",
    "Paying ",
    "Paying done: receipt 77",
    "About this: Order 7 was shipped.",
  ]);
  expect(await ask(second.url, { prompt: "Order 7 was shipped." }, "order-7")).toEqual(asked);
  expect(await ask(second.url, { text: "Order 7 was shipped." }, "order-7")).toMatchObject({ status: 409 });

  chat.say("story");
  await chat.until(() => chat.messages.at(-1)?.text === "Once upon a time ", "the story's beginning");
  chat.say("stop");
  await chat.until(
    () => chat.messages.at(-1)?.text === "You have read: Once upon a time ",
    "the interruption",
  );
  chat.say("did I pay?");
  await chat.until(() => chat.messages.at(-1)?.text === "You have paid.", "what was remembered");
  expect((await ask(second.url, { text: "A word of **ours**." }, "word")).status).toBe(202);
  await chat.until(() => chat.messages.at(-1)?.text === "A word of **ours**.", "the operator's words");
  expect(chat.messages.every(({ isComplete }) => isComplete)).toBe(true);

  const { turns: records } = (await (await turns(second.url)).json()) as { turns: Record<string, unknown>[] };
  const ids = chat.messages.map(({ id }) => id);
  const pay = [
    { id: "1", name: "pay", arguments: { euros: 5 }, result: { receipt: 77 }, failed: false, returned: true },
  ];
  expect(records).toMatchObject([
    { reason: "greeting", outcome: "answered", agent: "Cashier", message_ids: [ids[0]] },
    { reason: "messages", attempt: 1, outcome: "died", tools: pay, message_ids: [ids[1]] },
    { attempt: 2, outcome: "answered", tools: [], input_tokens: 12, output_tokens: 3, message_ids: [ids[2]] },
    { reason: "prompted", ...asked.body, message_ids: [ids[3]] },
    { outcome: "interrupted", message_ids: [ids[4]] },
    { outcome: "answered", message_ids: [ids[5]] },
    { outcome: "answered", message_ids: [ids[6]] },
    { reason: "prompted", agent: null, outcome: "answered", message_ids: [ids[7]] },
  ]);
  chat.send(EVENT.USER_END_SESSION);
  await chat.until(() => chat.of(EVENT.SESSION_END).length > 0, "the end");
  expect(await ask(second.url, { text: "Too late." }, "late")).toMatchObject({
    status: 409,
    body: { code: "SESSION_ENDED" },
  });
});
