import { EVENT } from "@parley/protocol";
import { expect, it } from "vitest";
import { OpenAiServer, type Reply, type Script } from "../../packages/server/src/testing/openai-server.ts";
import { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

const cleanUp = useCleanUp();

/** Starts an example by its own command, and joins. */
async function start(example: string, environment: Record<string, string> = {}) {
  const data = cleanUp().use(await temporaryDirectory()).path;
  const program = Program.launch(
    "npm",
    ["start", "-w", `examples/${example}`],
    { PORT: "0", PARLEY_DATA: data, ...environment },
    { cwd: ROOT },
  );
  cleanUp().defer(async () => {
    await program.end("SIGTERM");
  });
  await program.listening();
  const chat = await Chat.create(program.url);
  await chat.connect();
  await chat.join();
  const ask = async (text: string) => {
    const before = chat.messages.length;
    chat.say(text);
    await chat.until(() => chat.messages[before]?.isComplete === true, `the answer to ${text}`);
    return chat.messages[before]?.text;
  };
  return { program, chat, ask };
}

async function model(script: readonly Reply[] | Script) {
  const server = cleanUp().use(await OpenAiServer.start(script, { key: "sk-example" }));
  const environment = { PARLEY_MODEL: "m", PARLEY_MODEL_URL: server.url, PARLEY_MODEL_KEY: "sk-example" };
  return { server, environment };
}

it("function-agent answers, suggests, and hands off", async () => {
  const { program, chat, ask } = await start("function-agent");
  expect(chat.of(EVENT.POLY_AGENT_MESSAGE_CHUNK).at(-1)?.payload.response_suggestions).toHaveLength(2);
  expect(await ask("When are you open?")).toContain("9 to 18");
  expect(await ask("a person, please")).toContain("fetch somebody");
  await chat.until(() => chat.of(EVENT.POLY_AGENT_TRIGGERED_HANDOFF).length === 1, "the handoff");
  expect(await program.end("SIGTERM")).toBe(0);
});

it("model-with-tool looks up an order", async () => {
  const { server, environment } = await model([
    ["Let me see. ", { tool: "look_up_order", arguments: { number: "1001" } }],
    ["It arrives tomorrow."],
  ]);
  const { ask } = await start("model-with-tool", environment);
  expect(await ask("Where is order 1001?")).toBe("Let me see. It arrives tomorrow.");
  expect(server.requests[1]?.messages.at(-1)).toMatchObject({
    role: "tool",
    content: "shipped on Monday, arrives tomorrow",
  });
});

it("ag-ui-service answers with a tool of its own, and hands off with one of Parley's", async () => {
  const { server, environment } = await model([
    [{ tool: "check_stock", arguments: { bicycle: "tandem" } }],
    ["There is none."],
    ["I fetch somebody.", { tool: "hand_off", arguments: { reason: "asked" } }],
  ]);
  const { program, chat, ask } = await start("ag-ui-service", { AGENT_PORT: "0", ...environment });
  expect(await ask("Do you have a tandem?")).toBe("There is none.");
  expect(server.requests[1]?.messages.at(-1)).toMatchObject({ role: "tool", content: "0" });
  expect(await ask("a person, please")).toBe("I fetch somebody.");
  await chat.until(() => chat.of(EVENT.POLY_AGENT_TRIGGERED_HANDOFF).length === 1, "the handoff");
  expect(await program.end("SIGTERM")).toBe(0);
});
