import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CLOSE, EVENT, LIMITS } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";
import { Attempt, type Key } from "./attempt.ts";
import { TcpProxy } from "./proxy.ts";

const cleanUp = useCleanUp();

async function running() {
  const data = cleanUp().use(await temporaryDirectory()).path;
  const program = await Program.start({ PARLEY_DATA: data });
  cleanUp().defer(async () => {
    await program.end("SIGKILL");
  });
  return { url: program.url, port: Number(new URL(program.url).port), data };
}

/** So many sockets of one session, all open. */
async function open(port: number, key: Key, count: number): Promise<Attempt[]> {
  const attempts = Array.from({ length: count }, () => attempt(port, key));
  for (const { outcome } of attempts) expect(await outcome).toBe(101);
  return attempts;
}

function attempt(port: number, key: Key): Attempt {
  const made = new Attempt(port, key);
  cleanUp().defer(() => made.socket.terminate());
  return made;
}

describe("ten sockets of a session", () => {
  it("that silently died make room for an eleventh", async () => {
    const { url, port } = await running();
    const proxy = cleanUp().use(await TcpProxy.start({ target: () => port, seed: 1 }));
    const chat = await Chat.create(url);
    await open(proxy.port, chat, LIMITS.socketsPerSession);
    for (const link of proxy.links) link.silence();

    const start = performance.now();
    const eleventh = attempt(port, chat);
    expect(await eleventh.outcome).toBe(101);
    expect(performance.now() - start, "they had their second").toBeGreaterThan(LIMITS.socketProbeMs - 5);
    // All of the dead have left: there is room for nine more without a wait for a probe.
    await open(port, chat, LIMITS.socketsPerSession - 1);
  });

  it("one of whom died make room for one", async () => {
    const { url, port } = await running();
    const proxy = cleanUp().use(await TcpProxy.start({ target: () => port, seed: 1 }));
    const chat = await Chat.create(url);
    const living = await open(port, chat, LIMITS.socketsPerSession - 1);
    await open(proxy.port, chat, 1);
    proxy.links[0]?.silence();
    expect(await attempt(port, chat).outcome).toBe(101);
    expect(await attempt(port, chat).outcome).toBe("answered 429");
    expect(living.every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true);
  });

  it("that live leave no place for an eleventh, and are not hurt by it", async () => {
    const { url, port } = await running();
    const chat = await Chat.create(url);
    const ten = await open(port, chat, LIMITS.socketsPerSession);
    expect(await attempt(port, chat).outcome).toBe("answered 429");
    expect(ten.every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true);
    ten[0]?.socket.close();
    await ten[0]?.closed;
    expect(await attempt(port, chat).outcome).toBe(101);
  });
});

it("upgrades of one session that come too fast wait, and are all answered 101", async () => {
  const { url, port } = await running();
  const chat = await Chat.create(url);
  const start = performance.now();
  let open = 0;
  for (let round = 0; round < 3; round += 1) {
    // Each socket leaves at once, so that it is the rate that holds them back and not the number.
    const attempts = Array.from({ length: LIMITS.upgradesPerSecond }, () => attempt(port, chat));
    for (const { outcome, socket } of attempts) {
      expect(await outcome).toBe(101);
      open += 1;
      socket.terminate();
    }
  }
  // The first five are free, the other ten come at five a second.
  expect(open).toBe(15);
  expect(performance.now() - start).toBeGreaterThan(1_900);
});

describe("a journal that fails", () => {
  it("resets upgrades, answers none with an error, and goes on where it was when it works again", async () => {
    const { url, port, data } = await running();
    const chats = await Promise.all(Array.from({ length: 5 }, () => Chat.create(url)));
    const talking = chats[0];
    if (talking === undefined) throw new Error("there is no session");
    await talking.connect();
    await talking.join();

    using other = new DatabaseSync(join(data, "journal.db"));
    other.exec("BEGIN IMMEDIATE");
    talking.say("while nothing can be written", { local_id: "1" });
    await talking.until(() => talking.closed !== null, "the close");
    expect(talking.closed).toBe(CLOSE.internal);
    expect(talking.of(EVENT.USER_MESSAGE), "nothing is told that is not kept").toEqual([]);
    for (const chat of [...chats, ...chats]) expect(await attempt(port, chat).outcome).toBe("reset");

    other.exec("ROLLBACK");
    const isBack = async () => {
      const { outcome, socket } = attempt(port, talking);
      const result = await outcome;
      socket.terminate();
      return result;
    };
    await expect.poll(isBack, { interval: 500 }).toBe(101);
    await talking.connect();
    talking.say("while nothing can be written", { local_id: "1" });
    await talking.until(() => talking.messages.length === 2, "the answer");
    expect(talking.of(EVENT.USER_MESSAGE)).toHaveLength(1);
  });
});
