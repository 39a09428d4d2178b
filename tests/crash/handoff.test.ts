import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EVENT } from "@parley/protocol";
import { expect, it } from "vitest";
import { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";

const cleanUp = useCleanUp();

const KEY = "a-key-of-those-who-take-over-here";
const CONFIG = `export default {
  connectors: [{ id: "demo", token: "demo", hosts: ["localhost"] }],
  handoff: { provider: "api" },
  operators: [{ id: "people", key: ${JSON.stringify(KEY)}, scopes: ["handoffs:read", "handoffs:answer"] }],
};
`;

interface Handoff {
  handoff_id: string;
  state: string;
  position_in_queue: number | null;
  times_out_at: string | null;
}

/** The server on one data directory, killed and started again, and the program that takes its conversations over. */
class Server {
  readonly #data: string;
  #program: Program | undefined;

  constructor(data: string) {
    this.#data = data;
  }

  get url(): string {
    return this.#program?.url ?? "";
  }

  async start(): Promise<void> {
    const config = join(this.#data, "parley.config.mjs");
    await writeFile(config, CONFIG);
    const program = await Program.start({ PARLEY_DATA: this.#data, PARLEY_CONFIG: config });
    this.#program = program;
    cleanUp().defer(async () => {
      await program.end("SIGKILL");
    });
  }

  async killAndStart(): Promise<void> {
    await this.#program?.end("SIGKILL");
    await this.start();
  }

  async handoffs(chat: Chat): Promise<Handoff[]> {
    const list = await this.#fetch(`/api/v1/handoffs?session_id=${chat.sessionId}`);
    return ((await list.json()) as { handoffs: Handoff[] }).handoffs;
  }

  async command(handoff: Handoff | undefined, command: object, key: string = randomUUID()): Promise<unknown> {
    const headers = { "Idempotency-Key": key };
    const path = `/api/v1/handoffs/${handoff?.handoff_id}/commands`;
    const answer = await this.#fetch(path, { method: "POST", headers, body: JSON.stringify(command) });
    const body = await answer.json();
    expect(answer.status, JSON.stringify(body)).toBe(200);
    return body;
  }

  #fetch(path: string, { headers = {}, ...init }: RequestInit = {}): Promise<Response> {
    const all = { ...headers, Authorization: `Bearer ${KEY}`, "Content-Type": "application/json" };
    return fetch(`${this.url}${path}`, { ...init, headers: all });
  }
}

it("a server that is killed while a user waits and while a person talks loses nothing and doubles nothing", async () => {
  const server = new Server(cleanUp().use(await temporaryDirectory()).path);
  await server.start();
  const chat = await Chat.create(server.url);
  await chat.connect();
  await chat.join();
  chat.say("human", { local_id: "human" });
  await chat.until(() => chat.of(EVENT.POLY_AGENT_LEFT).length === 1, "the handoff");
  const [before] = await server.handoffs(chat);
  await server.command(before, { type: "queue", position_in_queue: 3 });
  await chat.until(() => chat.of(EVENT.HANDOFF_QUEUE_STATUS).length === 1, "the place in the queue");

  // While the user waits.
  await server.killAndStart();
  await chat.connect({ url: server.url });
  await chat.until(() => chat.of(EVENT.HANDOFF_QUEUE_STATUS).length === 2, "the place in the queue again");
  const [waiting, ...others] = await server.handoffs(chat);
  expect(others).toEqual([]);
  expect(waiting).toEqual({
    ...before,
    state: "queued",
    position_in_queue: 3,
    queued_at: expect.any(String),
    accepted_at: expect.any(String),
  });
  chat.say("are you there?", { local_id: "are you there?" });
  await chat.until(
    () => chat.of(EVENT.USER_MESSAGE).some(({ payload }) => payload.text === "are you there?"),
    "the echo",
  );
  await server.command(waiting, { type: "join", agent: { id: "p1", name: "Grace" } });
  await chat.until(() => chat.of(EVENT.LIVE_AGENT_JOINED).length === 1, "the person");

  // While a person talks: neither side knows what arrived, and both send again what they have sent.
  const hello = { type: "message", text: "Hello, I am Grace." };
  chat.say("hi Grace", { local_id: "hi Grace" });
  const first = await server.command(waiting, hello, "delivery-1");
  await server.killAndStart();
  expect(await server.command(waiting, hello, "delivery-1")).toEqual({
    ...(first as object),
    repeated: true,
  });
  await chat.connect({ url: server.url });
  chat.say("hi Grace", { local_id: "hi Grace" });
  await server.command(waiting, { type: "message", text: "Where were we?" }, "delivery-2");
  const said = () => new Map(chat.of(EVENT.LIVE_AGENT_MESSAGE).map(({ id, payload }) => [id, payload.text]));
  await chat.until(() => [...said().values()].includes("Where were we?"), "the person's words");
  await chat.until(
    () => chat.of(EVENT.USER_MESSAGE).some(({ payload }) => payload.text === "hi Grace"),
    "the echo",
  );
  expect([...said().values()]).toEqual(["Hello, I am Grace.", "Where were we?"]);

  // The agent is back, and has nothing to answer.
  await server.command(waiting, { type: "return" });
  await chat.until(() => chat.of(EVENT.POLY_AGENT_JOINED).length === 2, "the agent");
  await chat.until(
    () => chat.messages.at(-1)?.isComplete === true && chat.messages.length === 3,
    "its words",
  );
  expect(chat.messages.at(-1)?.text).toContain("Grace");
  expect((await server.handoffs(chat))[0]).toMatchObject({
    state: "ended",
    outcome: "returned",
    transfers: 0,
  });

  // One who was never there reads the same history: without a hole, each thing once.
  const { length } = chat.seen;
  const last = chat.cursor;
  await chat.connect({ cursor: 0 });
  const replayed = () => new Map(chat.seen.slice(length).map((event) => [event.sequence, event]));
  await chat.until(() => replayed().has(last), "the replay");
  const kinds = [...replayed()]
    .filter(([sequence, { type }]) => sequence !== null && type !== EVENT.POLY_AGENT_MESSAGE_CHUNK)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, { type }]) => type.replace("EVENT_TYPE_", ""));
  expect(kinds).toEqual([
    "SESSION_START",
    "REQUEST_POLY_AGENT_JOIN",
    "POLY_AGENT_JOINED",
    "USER_MESSAGE",
    "POLY_AGENT_TRIGGERED_HANDOFF",
    "POLY_AGENT_LEFT",
    "HANDOFF_ACCEPTED",
    "USER_MESSAGE",
    "LIVE_AGENT_JOINED",
    "USER_MESSAGE",
    "LIVE_AGENT_MESSAGE",
    "LIVE_AGENT_MESSAGE",
    "POLY_AGENT_JOINED",
  ]);
});
