import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { EVENT } from "@parley/protocol";
import { expect, it } from "vitest";
import { WEBHOOK_SECRET } from "../../packages/server/src/testing/webhook-receiver.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";
import { configuredServer } from "../support/server.ts";
import { freePort, OPERATOR_KEY, userWhoAsks, webhookConfig } from "./support.ts";

const cleanUp = useCleanUp();
const DESK_KEY = "the-key-of-the-desk";

/** A desk that lets others name what they put into it. */
async function startDesk() {
  const puts = new Map<string, Record<string, unknown>>();
  const changed: (() => void)[] = [];
  const server = createServer(async (request, response) => {
    const isAllowed = request.method === "PUT" && request.headers.authorization === `Bearer ${DESK_KEY}`;
    if (isAllowed) puts.set(request.url ?? "", (await json(request)) as Record<string, unknown>);
    response.writeHead(isAllowed ? 204 : 401).end();
    for (const wake of changed.splice(0)) wake();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp().defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise<void>((resolve) => changed.push(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, puts, until };
}

it("docs/handoff.md: the bridge works as it stands", async () => {
  const page = await readFile(new URL("../../docs/handoff.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/```ts\n([\s\S]+?)```/g)].map(([, code = ""]) => code);
  const code = blocks.find((block) => block.includes("createServer(")) ?? "";
  const verification = blocks.find((block) => block.startsWith("function isFromParley")) ?? "?";
  expect(code).toContain(verification);
  expect(code.split("\n").length).toBeLessThan(110);

  const directory = cleanUp().use(await temporaryDirectory()).path;
  const file = join(directory, "bridge.ts");
  await writeFile(file, code);
  const port = await freePort();
  const bridgeUrl = `http://127.0.0.1:${port}`;
  const { url } = cleanUp().use(await configuredServer(webhookConfig({ url: `${bridgeUrl}/parley` })));
  const desk = await startDesk();
  const environment = {
    PARLEY_URL: url,
    PARLEY_KEY: OPERATOR_KEY,
    WEBHOOK_SECRET,
    DESK_URL: desk.url,
    DESK_KEY,
    PORT: String(port),
  };
  const bridge = Program.launch(process.execPath, [file], environment);
  cleanUp().defer(async () => {
    await bridge.end("SIGKILL");
  });
  await bridge.listening();

  const user = await userWhoAsks(url);
  cleanUp().defer(() => user.drop());
  await desk.until(() => desk.puts.size > 0);
  const [path = ""] = desk.puts.keys();
  const ticket = path.replace("/tickets/", "");
  expect(desk.puts.get(path)).toMatchObject({ subject: "The guest asked for a person." });
  user.say("Anybody?");
  await desk.until(() => [...desk.puts.values()].some(({ text }) => text === "Anybody?"));

  const hears = async (event: object, key = DESK_KEY) => {
    const headers = { Authorization: `Bearer ${key}` };
    return (await fetch(`${bridgeUrl}/desk`, { method: "POST", headers, body: JSON.stringify(event) }))
      .status;
  };
  const robin = { id: "robin", name: "Robin" };
  expect(await hears({ id: "1", ticket, agent: robin, text: "Hello" })).toBe(204);
  expect(await hears({ id: "1", ticket, agent: robin, text: "Hello" })).toBe(204);
  expect(await hears({ id: "2", ticket, agent: { id: "sam", name: "Sam" }, text: "Me too" })).toBe(204);
  expect(await hears({ id: "3", ticket }, "another")).toBe(401);
  expect(await hears({ id: "3", ticket })).toBe(204);
  await user.until(() => user.of(EVENT.POLY_AGENT_JOINED).length === 2, "the agent");
  expect(user.of(EVENT.LIVE_AGENT_MESSAGE).map(({ payload }) => payload.text)).toEqual(["Hello", "Me too"]);
  expect(user.of(EVENT.LIVE_AGENT_JOINED).map(({ payload }) => payload.agent_name)).toEqual(["Robin", "Sam"]);
  await desk.until(() => desk.puts.has(`${path}/state`));
  expect((await fetch(`${bridgeUrl}/parley`, { method: "POST", body: "{}" })).status).toBe(401);
});
