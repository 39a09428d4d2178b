import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EVENT, SYSTEM_MESSAGES } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { OpenAiServer, type Reply, type Script } from "../../packages/server/src/testing/openai-server.ts";
import { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const KEY = "sk-of-the-test";
const OPERATOR_KEY = "an-operator-of-the-test-0123456789";

const cleanUp = useCleanUp();
const directory = async () => cleanUp().use(await temporaryDirectory()).path;

const serve = async (script: readonly Reply[] | Script) =>
  cleanUp().use(await OpenAiServer.start(script, { key: KEY }));

async function started(environment: Record<string, string>, cwd?: string): Promise<Program> {
  const program = await Program.start(environment, cwd === undefined ? {} : { cwd });
  cleanUp().defer(async () => {
    await program.end("SIGKILL");
  });
  return program;
}

/** The program without a configuration, and a client that has joined. */
async function chatWith(script: readonly Reply[] | Script) {
  const model = await serve(script);
  const program = await started({
    PARLEY_DATA: await directory(),
    PARLEY_MODEL: "test-model",
    PARLEY_MODEL_URL: model.url,
    PARLEY_MODEL_KEY: KEY,
    PARLEY_MODEL_INSTRUCTIONS: "You sell boats.",
  });
  const chat = await Chat.create(program.url);
  await chat.connect();
  await chat.join();
  return { model, program, chat };
}

describe("PARLEY_MODEL, its URL, its key and a line of instructions", () => {
  it("are enough: the model's text streams, and its tools are parts of the protocol", async () => {
    const gate = Promise.withResolvers<void>();
    const { model, program, chat } = await chatWith([
      [
        "We have ",
        { until: gate.promise },
        "two boats. ",
        { tool: "suggest_replies", arguments: { replies: ["The red one"] } },
      ],
      ["I fetch somebody.", { tool: "hand_off", arguments: { reason: "wants to buy" } }],
    ]);
    expect(program.output).toContain("chat with the model test-model");
    expect(chat.messages.map(({ text }) => text)).toEqual(["Hello! How can I help you?"]);

    chat.say("Which boats?");
    await chat.until(() => chat.messages.length === 2, "the first chunk");
    expect(chat.messages[1]).toMatchObject({ text: "We have ", isComplete: false });
    gate.resolve();
    await chat.until(() => chat.messages[1]?.isComplete === true, "the answer");
    expect(chat.messages[1]?.text).toBe("We have two boats. ");
    const last = chat.of(EVENT.POLY_AGENT_MESSAGE_CHUNK).at(-1);
    expect(last?.payload.response_suggestions).toEqual([{ message_text: "The red one" }]);

    chat.say("A person, please");
    await chat.until(() => chat.of(EVENT.POLY_AGENT_TRIGGERED_HANDOFF).length === 1, "the handoff");
    expect(chat.messages[2]?.text).toBe("I fetch somebody.");

    expect(model.requests[1]?.messages).toEqual([
      { role: "system", content: expect.stringContaining("You sell boats.") },
      { role: "user", content: "(The user has opened the chat.)" },
      { role: "assistant", content: "Hello! How can I help you?" },
      { role: "user", content: "Which boats?" },
      { role: "assistant", content: "We have two boats. " },
      { role: "user", content: "A person, please" },
    ]);
    expect(program.output).not.toContain(KEY);
  });

  it.each<[string, Reply, string]>([
    ["429 with a long wait", { status: 429, headers: { "Retry-After": "120" } }, SYSTEM_MESSAGES.overloaded],
    ["a refused key", { status: 401 }, SYSTEM_MESSAGES.failedBeforeWords],
    ["a cut in the middle", ["Well, ", { cut: true }], SYSTEM_MESSAGES.brokeOff],
  ])("the user is told in the protocol's words: %s", async (_, reply, words) => {
    const { program, chat } = await chatWith([reply, ["Here I am."]]);
    chat.say("hi");
    await chat.until(() => chat.of(EVENT.SYSTEM_MESSAGE).length === 1, "the error");
    expect(chat.of(EVENT.SYSTEM_MESSAGE)[0]?.payload.message).toBe(words);
    chat.say("again");
    await chat.until(() => chat.messages.at(-1)?.text === "Here I am.", "the next answer");
    expect(program.output).not.toContain(KEY);
  });

  it("stop the start where they are wrong, without showing the key", async () => {
    const program = Program.begin({
      PARLEY_DATA: await directory(),
      PARLEY_MODEL: "test-model",
      PARLEY_MODEL_URL: "localhost",
      PARLEY_MODEL_KEY: KEY,
    });
    expect(await program.ended()).toBe(1);
    expect(program.output).toMatch(/PARLEY_MODEL_URL: expected an http or https URL.*localhost/);
    expect(program.output).not.toContain(KEY);
  });
});

describe("a crash in the middle of a turn with a tool", () => {
  /** A project with a model and a tool that leaves a line in a file each time it is called. */
  async function project(model: OpenAiServer, tool: string) {
    const path = await directory();
    const calls = join(path, "calls.txt");
    await writeFile(
      join(path, "parley.config.ts"),
      `import { appendFileSync } from "node:fs";
       import { jsonSchema, tool } from ${JSON.stringify(join(ROOT, "node_modules/ai/dist/index.js"))};
       import { defineConfig, modelAgent } from ${JSON.stringify(join(ROOT, "packages/server/src/index.ts"))};
       const order = tool({
         description: "Orders a boat.",
         inputSchema: jsonSchema({ type: "object", properties: {} }),
         execute: async () => {
           appendFileSync(${JSON.stringify(calls)}, "ordered\\n");
           ${tool}
         },
       });
       export default defineConfig({
         connectors: [{
           id: "demo", token: "demo", hosts: ["localhost"],
           agent: modelAgent({ model: "test-model", url: ${JSON.stringify(model.url)}, key: "${KEY}", tools: { order } }),
         }],
         operators: [{ id: "test", key: "${OPERATOR_KEY}", scopes: ["sessions:read"] }],
       });`,
    );
    const data = join(path, "data");
    const start = () => started({ PARLEY_DATA: data }, path);
    return { start, calls: async () => (await readFile(calls, "utf8")).trim().split("\n") };
  }

  it.each<[string, string, string]>([
    ["behind the tool's result: the second attempt has it", "return { order: 7 };", '{"order":7}'],
    [
      "while the tool runs: the model is told that nobody knows",
      "await new Promise(() => {});",
      "The process stopped during this call.",
    ],
  ])("%s, and the tool is not called again", async (_, tool, told) => {
    const asked = Promise.withResolvers<void>();
    let faults = 0;
    const model = await serve((request, count) => {
      if (count === 1) return ["One moment. ", { tool: "order", arguments: {} }];
      // The first process dies while it waits for this answer, or before it asks for it.
      if (!request.messages.some(({ content }) => content?.includes("already read"))) {
        asked.resolve();
        return [{ until: new Promise(() => {}) }];
      }
      return faults++ === 0 ? { status: 500 } : ["You have ordered."];
    });
    const { start, calls } = await project(model, tool);
    const first = await start();
    const chat = await Chat.create(first.url);
    await chat.connect();
    await chat.join();
    chat.say("order");
    if (told.startsWith("The process")) await expect.poll(() => calls().catch(() => [])).toHaveLength(1);
    else await asked.promise;
    await first.end("SIGKILL");

    const second = await start();
    await chat.connect({ url: second.url });
    await chat.until(() => chat.messages.at(-1)?.text === "You have ordered.", "the rest of the answer");
    expect(chat.messages.map(({ text }) => text)).toEqual([
      "Hello! How can I help you?",
      "One moment. ",
      "You have ordered.",
    ]);
    expect(await calls()).toEqual(["ordered"]);
    const results = model.requests.at(-1)?.messages.filter(({ role }) => role === "tool");
    expect(results).toHaveLength(1);
    expect(results?.[0]?.content).toContain(told);

    const turns = await fetch(`${second.url}/api/v1/sessions/${chat.sessionId}/turns`, {
      headers: { Authorization: `Bearer ${OPERATOR_KEY}` },
    });
    const records = ((await turns.json()) as { turns: object[] }).turns.slice(-2);
    expect(records).toMatchObject([
      { attempt: 1, outcome: "died", agent: "Assistant", tools: [{ name: "order", arguments: {} }] },
      { attempt: 2, outcome: "answered", retries: [expect.stringContaining("answered 500")] },
    ]);
    expect(JSON.stringify(records)).not.toContain(KEY);
  });
});
