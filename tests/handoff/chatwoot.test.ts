import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EVENT, TYPING_STATE } from "@parley/protocol";
import { expect, it } from "vitest";
import { WEBHOOK_SECRET } from "../../packages/server/src/testing/webhook-receiver.ts";
import type { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";
import { CHATWOOT_SECRET, CHATWOOT_TOKEN, ChatwootServer } from "./chatwoot-server.ts";
import { freePort, OPERATOR_KEY, userWhoAsks, webhookConfig } from "./support.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const ROBIN = { id: 7, name: "Robin" };
const SAM = { id: 8, name: "Sam" };

const cleanUp = useCleanUp();
/** Several programs are started and killed one after the other, milliseconds. */
const TIMEOUT_MS = 120_000;

async function setup() {
  const chatwoot = cleanUp().use(await ChatwootServer.start());
  const [port, bridgePort] = [await freePort(), await freePort()];
  const data = cleanUp().use(await temporaryDirectory()).path;
  chatwoot.webhookUrl = `http://127.0.0.1:${bridgePort}/chatwoot`;
  const environment = {
    PORT: String(port),
    PARLEY_DATA: join(data, "parley"),
    PARLEY_URL: `http://127.0.0.1:${port}`,
    PARLEY_KEY: OPERATOR_KEY,
    PARLEY_WEBHOOK_SECRET: WEBHOOK_SECRET,
    CHATWOOT_URL: chatwoot.url,
    CHATWOOT_ACCOUNT: "1",
    CHATWOOT_INBOX: "3",
    CHATWOOT_TOKEN,
    CHATWOOT_WEBHOOK_SECRET: CHATWOOT_SECRET,
    BRIDGE_PORT: String(bridgePort),
    BRIDGE_DATA: join(data, "bridge.db"),
  };
  return { chatwoot, data, environment, bridgePort };
}

const asks = async (url: string): Promise<Chat> => {
  const user = await userWhoAsks(url, { streaming_enabled: true, attributes: { name: "Ada L." } });
  cleanUp().defer(() => user.drop());
  return user;
};

const heard = (user: Chat) => {
  const events = new Map(user.of(EVENT.LIVE_AGENT_MESSAGE).map((event) => [event.id, event.payload.text]));
  return [...events.values()];
};

it("chatwoot-bridge, started with one command: talk, typing, notes, colleagues, back to the agent, and the end", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { chatwoot, environment } = await setup();
  const program = Program.launch("npm", ["start", "-w", "examples/chatwoot-bridge"], environment, {
    cwd: ROOT,
  });
  cleanUp().defer(async () => {
    await program.end("SIGTERM");
  });
  await program.listening();
  const url = environment.PARLEY_URL;
  const user = await asks(url);
  await chatwoot.until(() => chatwoot.conversations[0]?.messages.length === 1, "the request");
  expect(chatwoot.conversations[0]?.contact.name).toBe("Ada L.");
  expect(chatwoot.notes(1)[0]).toMatch(/\*\*User:\*\* human/);
  await user.until(() => user.of(EVENT.HANDOFF_ACCEPTED).length === 1, "the acceptance");

  user.say("Is anybody there?");
  await chatwoot.until(() => chatwoot.incoming(1).length === 1, "the user's words");
  chatwoot.says(1, ROBIN, "Regular guest", { isPrivate: true });
  chatwoot.says(1, ROBIN, "Yes, **Robin** here.");
  await user.until(() => heard(user).length === 1, "the agent's words");
  expect(user.of(EVENT.LIVE_AGENT_JOINED)[0]?.payload).toMatchObject({ agent_name: "Robin" });
  chatwoot.types(1, ROBIN, true);
  await user.until(() => user.of(EVENT.LIVE_AGENT_TYPING).length > 0, "the agent's typing");
  user.send(EVENT.USER_TYPING, { state: TYPING_STATE.started });
  await chatwoot.until(() => chatwoot.typing.some(({ status }) => status === "on"), "the user's typing");
  chatwoot.says(1, SAM, "Sam here, I go on.");
  await user.until(() => heard(user).length === 2, "the colleague's words");
  expect(user.of(EVENT.LIVE_AGENT_JOINED).map(({ payload }) => payload.agent_name)).toEqual(["Robin", "Sam"]);
  expect(heard(user)).toEqual(["Yes, **Robin** here.", "Sam here, I go on."]);
  expect(JSON.stringify(user.seen)).not.toContain("Regular guest");

  chatwoot.sets(1, "pending");
  await user.until(() => user.of(EVENT.POLY_AGENT_JOINED).length === 2, "the agent");
  expect(user.of(EVENT.LIVE_AGENT_LEFT)).toEqual([]);
  chatwoot.says(1, ROBIN, "One thing more");
  await chatwoot.until(
    () => chatwoot.notes(1).some((note) => note.startsWith("Not delivered")),
    "the refusal",
  );

  user.say("human, once more");
  await chatwoot.until(() => chatwoot.conversations[1]?.messages.length === 1, "the second request");
  expect(chatwoot.conversations[1]?.contact.id).toBe(chatwoot.conversations[0]?.contact.id);
  chatwoot.says(2, ROBIN, "Goodbye, then.");
  chatwoot.sets(2, "resolved");
  await user.until(() => user.closed === 1000, "the end");
  expect(heard(user).at(-1)).toBe("Goodbye, then.");
  expect(user.seen.at(-1)?.type).toBe(EVENT.SESSION_END);
  expect(await program.end("SIGTERM")).toBe(0);
});

it("loses and doubles nothing where Chatwoot fails, webhooks come twice or never, and either side is killed", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { chatwoot, data, environment } = await setup();
  const receiver = { url: `http://127.0.0.1:${environment.BRIDGE_PORT}/parley` };
  const config = JSON.stringify(webhookConfig(receiver));
  await writeFile(join(data, "parley.config.ts"), `export default ${config};\n`);
  const kill = (program: Program) => cleanUp().defer(async () => void (await program.end("SIGKILL")));
  const startParley = async () => {
    const program = await Program.start(environment, { cwd: data });
    kill(program);
    return program;
  };
  const main = join(ROOT, "examples/chatwoot-bridge/main.ts");
  const startBridge = () => {
    const program = Program.launch(process.execPath, [main], environment);
    kill(program);
    return program;
  };

  chatwoot.copies = 2;
  const seen = new Set<string>();
  // Each first attempt at a message, a contact or a conversation fails, in one way and then in the other.
  chatwoot.fault = (path, { source_id, content }) => {
    const key = `${path} ${content === undefined ? "" : source_id}`;
    if (seen.has(key)) return "none";
    seen.add(key);
    return seen.size % 2 === 0 ? "refuse" : "lose the answer";
  };
  let bridge = startBridge();
  let parley = await startParley();
  const user = await asks(environment.PARLEY_URL);
  user.say("message 1");
  await chatwoot.until(
    () => chatwoot.conversations.some(({ id }) => chatwoot.incoming(id).length === 1),
    "message 1",
  );
  chatwoot.says(1, ROBIN, "answer 1");
  await user.until(() => heard(user).length === 1, "answer 1");

  // Chatwoot has it, and the bridge dies before it knows.
  const done = Promise.withResolvers<void>();
  chatwoot.fault = (_, { content }) => {
    if (content !== "message 2") return "none";
    done.resolve();
    return "lose the answer";
  };
  user.say("message 2");
  await done.promise;
  await bridge.end("SIGKILL");
  chatwoot.fault = () => "none";
  chatwoot.copies = 0;
  user.say("message 3");
  chatwoot.says(1, ROBIN, "answer 2");
  bridge = startBridge();
  await chatwoot.until(() => chatwoot.incoming(1).length === 3, "message 3");
  await user.until(() => heard(user).length === 2, "answer 2");

  chatwoot.copies = 1;
  await parley.end("SIGKILL");
  chatwoot.says(1, ROBIN, "answer 3");
  chatwoot.says(1, ROBIN, "answer 4");
  parley = await startParley();
  await user.connect();
  await user.until(() => heard(user).length === 4, "answers 3 and 4");
  user.say("message 4");
  await chatwoot.until(() => chatwoot.incoming(1).length === 4, "message 4");
  user.send(EVENT.USER_END_SESSION);
  await chatwoot.until(() => chatwoot.conversations[0]?.status === "resolved", "the end");

  expect(chatwoot.conversations).toHaveLength(1);
  expect(chatwoot.incoming(1)).toEqual([1, 2, 3, 4].map((i) => `message ${i}`));
  expect(heard(user)).toEqual([1, 2, 3, 4].map((i) => `answer ${i}`));
  expect(chatwoot.notes(1)).toHaveLength(2);
  for (const printed of [bridge.output, parley.output]) {
    for (const secret of [WEBHOOK_SECRET, OPERATOR_KEY, CHATWOOT_TOKEN, CHATWOOT_SECRET]) {
      expect(printed).not.toContain(secret);
    }
    expect(printed).not.toContain("message 2");
  }
});
