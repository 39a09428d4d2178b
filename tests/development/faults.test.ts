import { get } from "node:http";
import { CLOSE, EVENT } from "@parley/protocol";
import { functionAgent } from "@parley/server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { configuredServer, developmentServer } from "../support/server.ts";
import { Faults } from "./support/faults.ts";

const cleanUp = useCleanUp();

/** Lets the agent go on in the middle of its answer to `pause`. */
const goOn = Promise.withResolvers<void>();

/** Says a word at a time; `pause` and `hold` stop it in the middle, the second until its turn is broken off. */
const agent = functionAgent({
  name: "Echo",
  respond: async function* ({ reason, messages, attempt }, signal) {
    if (reason === "greeting") yield "Hello.";
    for (const { text } of messages) {
      yield `One (${attempt}). `;
      yield "two. ";
      if (text === "pause") await goOn.promise;
      if (text === "hold for ever" || (text === "hold" && attempt === 1)) {
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      }
      yield "three. ";
      yield "four.";
    }
  },
});

let server: Awaited<ReturnType<typeof developmentServer>>;
beforeAll(async () => {
  server = await developmentServer(agent);
});
afterAll(() => server?.[Symbol.asyncDispose]());

async function joined(body?: object) {
  const chat = await Chat.create(server.url, body);
  const faults = new Faults(server.url, chat.sessionId);
  await chat.connect();
  await chat.join();
  cleanUp().defer(() => chat.drop());
  return { chat, faults };
}

const isClosed = (chat: Chat) => chat.until(() => chat.closed !== null, "the close");
const answers = (chat: Chat) => chat.messages.slice(1);
const WHOLE = "One (1). two. three. four.";

it("drop: a reset, or the close code that was asked for", async () => {
  const { chat, faults } = await joined();
  const { connections } = await faults.make("drop");
  await isClosed(chat);
  expect([chat.closed, connections.length]).toEqual([1006, 1]);
  await chat.connect();
  await faults.make("drop", { code: 4001, reason: "because" });
  await isClosed(chat);
  expect(chat.closed).toBe(4001);
});

it("drop: one connection of several", async () => {
  const { chat, faults } = await joined();
  const [first] = (await faults.session()).connections;
  const second = await openBeside(server.url, chat);
  await faults.make("drop", { connection: first, code: CLOSE.restart });
  await isClosed(chat);
  expect((await faults.session()).connections).toHaveLength(1);
  second.close();
});

it("stall: nothing comes and nothing is read until it is cleared, then all of it", async () => {
  const { chat, faults } = await joined();
  await faults.make("stall");
  chat.say("hello");
  expect(await faults.active()).toEqual([{ fault: "stall", until: null }]);
  const before = await faults.wire();
  expect(before.some(({ text }) => text?.includes("hello"))).toBe(false);
  await faults.clear();
  await chat.until(() => answers(chat)[0]?.isComplete === true, "the answer");
  expect(answers(chat)[0]?.text).toBe(WHOLE);
  expect(await faults.active()).toEqual([]);
});

it("stall: of one connection, while another of the session hears all", async () => {
  const { chat, faults } = await joined();
  const [first] = (await faults.session()).connections;
  await faults.make("stall", { connection: first });
  const beside = await openBeside(server.url, chat);
  const heard = Promise.withResolvers<void>();
  beside.onmessage = ({ data }) => {
    if (String(data).includes("four.")) heard.resolve();
  };
  beside.send(JSON.stringify({ type: EVENT.USER_MESSAGE, payload: { text: "hello" } }));
  await heard.promise;
  expect(answers(chat)).toEqual([]);
  await faults.clear();
  await chat.until(() => answers(chat)[0]?.text === WHOLE, "the answer");
  beside.close();
});

it("stall: ends by itself where it has a time, and holds what connects meanwhile", async () => {
  const { chat, faults } = await joined();
  await faults.make("stall", { ms: 300 });
  await faults.make("drop");
  await isClosed(chat);
  await chat.connect();
  chat.say("hello");
  await chat.until(() => answers(chat)[0]?.isComplete === true, "the answer");
  expect(answers(chat)[0]?.text).toBe(WHOLE);
});

it("delay: every frame later, in order, until it is cleared", async () => {
  const { chat, faults } = await joined();
  await faults.make("delay", { ms: 150 });
  const began = performance.now();
  chat.send(EVENT.HEARTBEAT);
  await chat.until(() => chat.of(EVENT.HEARTBEAT).length === 1, "the heartbeat");
  // There and back again.
  expect(performance.now() - began).toBeGreaterThanOrEqual(290);
  chat.say("hello");
  await chat.until(() => answers(chat)[0]?.isComplete === true, "the answer");
  const sequences = chat.seen.map(({ sequence }) => sequence).filter((sequence) => sequence !== null);
  expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  await faults.make("delay", { ms: 60_000 });
  chat.say("again");
  await expect.poll(async () => (await faults.wire()).some(({ text }) => text?.includes("again"))).toBe(true);
  await faults.clear();
  await chat.until(() => answers(chat)[1]?.isComplete === true, "the second answer");
});

it("delay: what was received is dealt with though its connection is gone", async () => {
  const { chat, faults } = await joined();
  await faults.make("delay", { ms: 60_000 });
  chat.say("hello");
  await expect.poll(async () => (await faults.wire()).some(({ text }) => text?.includes("hello"))).toBe(true);
  chat.drop();
  await expect.poll(async () => (await faults.session()).connections).toEqual([]);
  await faults.clear();
  await chat.connect();
  await chat.until(() => answers(chat)[0]?.isComplete === true, "the answer");
});

it("duplicate: the newest event once more, or the one that is named; the same to the letter", async () => {
  const { chat, faults } = await joined();
  const newest = chat.seen.findLast(({ sequence }) => sequence !== null);
  await faults.make("duplicate");
  await chat.until(() => chat.seen.filter(({ id }) => id === newest?.id).length === 2, "the copy");
  expect(chat.seen.at(-1)).toEqual(newest);
  await faults.make("duplicate", { sequence: 1 });
  await chat.until(() => chat.of(EVENT.SESSION_START).length === 2, "the copy of the first");
  expect(await faults.ask("duplicate", { sequence: 999 })).toMatchObject({
    status: 409,
    body: { code: "EVENT_NOT_SENT" },
  });
});

it("cut mid-stream: the connection is reset within the frame behind so many chunks, once", async () => {
  const { chat, faults } = await joined();
  await faults.make("cut_mid_stream", { chunks: 1 });
  chat.say("pause");
  await chat.until(() => (answers(chat)[0]?.text.length ?? 0) > 0, "the first chunk");
  goOn.resolve();
  await isClosed(chat);
  expect([chat.closed, answers(chat)[0]?.isComplete]).toEqual([1006, false]);
  expect(await faults.active()).toEqual([]);
  await chat.connect();
  await chat.until(() => answers(chat)[0]?.isComplete === true, "the rest");
  expect(answers(chat)[0]?.text).toBe(WHOLE);
});

it("restart the agent: what it was saying is completed as it stands, and it is asked again", async () => {
  const { chat, faults } = await joined();
  chat.say("hold");
  await chat.until(() => answers(chat)[0]?.text === "One (1). two. ", "half of an answer");
  await faults.make("restart_agent");
  await chat.until(() => answers(chat)[1]?.isComplete === true, "the second attempt");
  expect(answers(chat).map(({ text, isComplete }) => [text, isComplete])).toEqual([
    ["One (1). two. ", true],
    ["One (2). two. three. four.", true],
  ]);
});

it("restart the agent, twice in one turn: the turn fails, and the next one is answered", async () => {
  const { chat, faults } = await joined();
  chat.say("hold for ever");
  for (const attempt of [1, 2]) {
    const half = `One (${attempt}). two. `;
    await chat.until(() => answers(chat).at(-1)?.text === half, `half of attempt ${attempt}`);
    await faults.make("restart_agent");
  }
  await chat.until(() => chat.of(EVENT.SYSTEM_MESSAGE).length === 1, "the failure");
  expect(chat.of(EVENT.SYSTEM_MESSAGE)[0]?.payload.message).toBe(
    "Sorry, I encountered an error. Please try again.",
  );
  chat.say("hello");
  await chat.until(() => answers(chat).at(-1)?.text === WHOLE, "the next answer");
});

it("expire the token: the next upgrade with it is refused 401, a fresh one is let in", async () => {
  const { chat, faults } = await joined();
  await faults.make("expire_token");
  await faults.make("drop");
  await isClosed(chat);
  await expect(chat.connect()).rejects.toThrow("401");
  const resume = { "X-Resume": `${chat.sessionId}.${chat.resumeToken}` };
  const minted = await fetch(`${server.url}/api/v1/access-token`, {
    method: "POST",
    headers: { "X-Token": "demo", "X-Host": "localhost", ...resume },
  });
  const { access_token } = (await minted.json()) as { access_token: string };
  const socket = await openBeside(server.url, chat, access_token);
  socket.close();
  expect((await faults.wire()).filter(({ kind }) => kind === "refused")).toMatchObject([
    { status: 401, message: "authentication failed" },
  ]);
});

it("end idle: as if the idle time had run out", async () => {
  const { chat, faults } = await joined();
  await faults.make("end_idle");
  await isClosed(chat);
  expect(chat.of(EVENT.SESSION_END)[0]?.payload.reason).toBe("REASON_USER_ABANDONED");
  expect(chat.closed).toBe(CLOSE.ended);
  expect(await faults.ask("drop")).toMatchObject({ status: 409, body: { code: "SESSION_ENDED" } });
});

it("says why it cannot", async () => {
  const { chat, faults } = await joined({ streaming_enabled: false });
  chat.drop();
  await expect.poll(async () => (await faults.session()).connections).toEqual([]);
  for (const [fault, details, status, code] of [
    ["drop", {}, 409, "NOT_CONNECTED"],
    ["duplicate", {}, 409, "NOT_CONNECTED"],
    ["drop", { connection: 999 }, 404, "CONNECTION_NOT_FOUND"],
    ["restart_agent", {}, 409, "NO_TURN_RUNNING"],
    ["cut_mid_stream", {}, 409, "NOT_STREAMING"],
    ["drop", { code: 1006 }, 400, "INVALID_BODY"],
    ["drop", { reason: "without a code" }, 400, "INVALID_BODY"],
    ["delay", {}, 400, "INVALID_BODY"],
    ["stall", { ms: -1 }, 400, "INVALID_BODY"],
    ["end_idle", { connection: 1 }, 400, "INVALID_BODY"],
    ["nonsense", {}, 400, "INVALID_BODY"],
  ] as const) {
    const answer = await faults.ask(fault, details);
    expect([fault, details, answer]).toMatchObject([fault, details, { status, body: { code } }]);
    expect(answer.body.message).toMatch(/\w{4}/);
  }
});

it("is impossible where there is a configuration", async () => {
  const { url } = cleanUp().use(
    await configuredServer({
      log: "warn",
      connectors: [{ id: "demo", token: "demo", hosts: ["localhost"] }],
    }),
  );
  const chat = await Chat.create(url);
  cleanUp().defer(() => chat.drop());
  await chat.connect();
  for (const id of [chat.sessionId, "latest"]) {
    expect(await new Faults(url, id).ask("drop")).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
  }
  for (const path of ["/playground/wire", "/playground/sessions", "/playground/faults"]) {
    expect((await fetch(url + path)).status).toBe(404);
  }
  await chat.join();
});

it("is there with a configuration where that is asked for, and never under the name that is configured for the world", async () => {
  const config = {
    log: "warn",
    publicUrl: "https://chat.yourcompany.example",
    connectors: [
      { id: "first", token: "first-token", hosts: ["localhost"] },
      { id: "second", token: "second-token", apps: ["com.yourcompany.app"] },
    ],
  };
  const { url } = cleanUp().use(await configuredServer(config, { PARLEY_DEVELOPMENT: "1" }));
  const { connectors } = (await (await fetch(`${url}/playground/connectors`)).json()) as {
    connectors: object[];
  };
  expect(connectors).toEqual([
    { id: "first", token: "first-token", host: "localhost", agent: "Ada" },
    { id: "second", token: "second-token", host: "com.yourcompany.app", agent: "Ada" },
  ]);
  const { port } = new URL(url);
  const status = await new Promise((resolve, reject) => {
    const headers = { Host: "chat.yourcompany.example" };
    get({ host: "127.0.0.1", port, path: "/playground/connectors", headers }, (answer) => {
      resolve(answer.statusCode);
      answer.resume();
    }).on("error", reject);
  });
  expect(status).toBe(403);
});

/** Another socket of the same session. */
async function openBeside(url: string, chat: Chat, token = chat.accessToken): Promise<WebSocket> {
  const query = new URLSearchParams({ session_id: chat.sessionId, access_token: token, cursor: "1000000" });
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws?${query}`);
  await new Promise((resolve, reject) => {
    socket.onmessage = resolve;
    socket.onerror = reject;
  });
  return socket;
}
