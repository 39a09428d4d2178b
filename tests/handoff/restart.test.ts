import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EVENT } from "@parley/protocol";
import { expect, it } from "vitest";
import { WEBHOOK_SECRET, WebhookReceiver } from "../../packages/server/src/testing/webhook-receiver.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";
import { command, OPERATOR_KEY, ROBIN, userWhoAsks, webhookConfig } from "./support.ts";

const cleanUp = useCleanUp();
/** Several programs are started and killed one after the other, milliseconds. */
const TIMEOUT_MS = 120_000;

async function setup() {
  const directory = cleanUp().use(await temporaryDirectory()).path;
  const receiver = cleanUp().use(await WebhookReceiver.start());
  const config = JSON.stringify(webhookConfig(receiver));
  await writeFile(join(directory, "parley.config.ts"), `export default ${config};\n`);
  const outputs: Program[] = [];
  const start = async () => {
    const program = await Program.start({ PARLEY_DATA: join(directory, "data") }, { cwd: directory });
    outputs.push(program);
    cleanUp().defer(async () => {
      await program.end("SIGKILL");
    });
    return program;
  };
  return { receiver, start, outputs };
}

it("a server that is killed loses nothing that it owes, and what it tells twice has the same id", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { receiver, start, outputs } = await setup();
  const first = await start();
  const user = await userWhoAsks(first.url);
  cleanUp().defer(() => user.drop());
  await receiver.until(() => receiver.told.length === 1, "the request");
  const handoff = receiver.told[0]?.data.handoff_id;
  await command(first.url, handoff, { type: "join", agent: ROBIN });
  // Taken by the receiver, and the server never learns of it.
  receiver.reply = ({ data }) => (data.text === "message 2" ? "silence" : 200);
  for (let i = 1; i <= 4; i += 1) user.say(`message ${i}`);
  await receiver.until(() => receiver.attempts.some(({ data }) => data.text === "message 2"), "the second");
  await user.until(() => user.of(EVENT.USER_MESSAGE).length === 5, "the echoes");
  await first.end("SIGKILL");
  const unanswered = receiver.attempts.find(({ data }) => data.text === "message 2");
  if (unanswered !== undefined) unanswered.isTaken = true;

  receiver.reply = () => 200;
  const second = await start();
  const texts = () => receiver.told.flatMap(({ data }) => (data.text === undefined ? [] : [data.text]));
  await receiver.until(() => texts().length === 4, "what was owed");
  expect(texts()).toEqual([1, 2, 3, 4].map((i) => `message ${i}`));
  const repeated = receiver.attempts.filter(({ data }) => data.text === "message 2");
  expect(new Set(repeated.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
  expect(receiver.of("handoff.requested")).toHaveLength(1);

  // The person goes on where they were.
  expect(await command(second.url, handoff, { type: "message", text: "I am still here" })).toMatchObject({
    status: 200,
  });
  await user.connect({ url: second.url });
  await user.until(() => user.of(EVENT.LIVE_AGENT_MESSAGE).length === 1, "the person's words");

  // The end is owed too, also where nobody wakes the session any more.
  receiver.reply = ({ type }) => (type === "handoff.ended" ? "silence" : 200);
  user.send(EVENT.USER_END_SESSION);
  await receiver.until(() => receiver.attempts.some(({ type }) => type === "handoff.ended"), "the end");
  await second.end("SIGKILL");
  receiver.reply = () => 200;
  await start();
  await receiver.until(() => receiver.of("handoff.ended").length === 1, "the end, once more");
  expect(receiver.of("handoff.ended")[0]?.data).toMatchObject({ handoff_id: handoff, outcome: "user_ended" });

  const printed = outputs.map(({ output }) => output).join("\n");
  expect(printed).not.toContain(WEBHOOK_SECRET);
  expect(printed).not.toContain(WEBHOOK_SECRET.slice("whsec_".length));
  expect(printed).not.toContain(OPERATOR_KEY);
  expect(printed).not.toContain("message 2");
});

it("a server that stops breaks nothing off for good", { timeout: TIMEOUT_MS }, async () => {
  const { receiver, start } = await setup();
  receiver.reply = () => "silence";
  const first = await start();
  const user = await userWhoAsks(first.url);
  cleanUp().defer(() => user.drop());
  await receiver.until(() => receiver.attempts.length === 1, "the request");
  expect(await first.end("SIGTERM")).toBe(0);
  receiver.reply = () => 200;
  const second = await start();
  await receiver.until(() => receiver.told.length === 1, "the request, once more");
  await user.connect({ url: second.url });
  await user.until(() => user.of(EVENT.HANDOFF_ACCEPTED).length === 1, "the acceptance");
});
