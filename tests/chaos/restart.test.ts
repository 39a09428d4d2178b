import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { CLOSE, EVENT, LIMITS } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { Chat } from "../support/chat.ts";
import { useCleanUp } from "../support/clean-up.ts";
import { Program, temporaryDirectory } from "../support/program.ts";
import { Attempt, bareConnection, endingOf, type Key, type Outcome, upgradeRequest } from "./attempt.ts";

/** The process has to be gone so soon after the signal, milliseconds; a few are the test's own. */
const END_MS = 10_000;
/** The client's clock starts when it has read the 101, a little later than the server's, milliseconds. */
const READING_MS = 50;

const cleanUp = useCleanUp();

/** The program with its demo agent, on data of its own, and a way to start it again on the same port. */
async function running(environment: Record<string, string> = {}) {
  const { path } = cleanUp().use(await temporaryDirectory());
  const start = async (port: string) => {
    const program = await Program.start({ PARLEY_DATA: path, PORT: port, ...environment });
    cleanUp().defer(async () => {
      await program.end("SIGKILL");
    });
    return program;
  };
  const first = await start("0");
  const { port } = new URL(first.url);
  return { program: first, url: first.url, port: Number(port), again: () => start(port) };
}

/** Resolves when the server has read what so many new connections have sent. It accepts one in a turn of its loop. */
async function taken(url: string, connections: number): Promise<void> {
  for (let turn = 0; turn < connections + 2; turn += 1) await fetch(`${url}/health`);
}

describe("upgrades at SIGTERM", () => {
  it("that are pending get 101, and 1012 a second later", async () => {
    const { program, url, port } = await running({ PARLEY_UPGRADE_DELAY_MS: "400" });
    const chats = await Promise.all(Array.from({ length: 5 }, () => Chat.create(url)));
    const attempts = chats.map((chat) => new Attempt(port, chat));
    await Promise.all(attempts.map(({ sent }) => sent));
    await taken(url, attempts.length);
    const ended = program.end("SIGTERM");
    for (const attempt of attempts) {
      expect(await attempt.outcome).toBe(101);
      const { code, at } = await attempt.closed;
      expect(code).toBe(CLOSE.restart);
      expect(at - (attempt.openedAt ?? at)).toBeGreaterThan(LIMITS.socketMinimumMs - READING_MS);
    }
    expect(await ended).toBe(0);
  });

  it("that wait behind others of their session do not wait any longer", async () => {
    const { program, url, port } = await running({ PARLEY_MAX_CONNECTIONS: "100" });
    const chat = await Chat.create(url);
    // At 5 a second the last would be let in after 9 s.
    const attempts = Array.from({ length: 50 }, () => new Attempt(port, chat));
    await Promise.all(attempts.map(({ sent }) => sent));
    await taken(url, attempts.length);
    const ended = program.end("SIGTERM");
    expect(new Set(await Promise.all(attempts.map(({ outcome }) => outcome)))).toEqual(new Set([101]));
    expect(await ended).toBe(0);
  });

  it("a connection that has not asked for anything yet is reset, not half-closed", async () => {
    const { program, url, port } = await running();
    const chat = await Chat.create(url);
    const bare = [
      await bareConnection(port),
      await bareConnection(port, upgradeRequest(chat).slice(0, 100)),
      await bareConnection(port),
    ];
    await taken(url, bare.length);
    const endings = bare.map(endingOf);
    const ended = program.end("SIGTERM");
    expect(await Promise.all(endings)).toEqual(["reset", "reset", "reset"]);
    expect(await ended).toBe(0);
  });

  it("get nothing that clients do not bear, at any moment of a restart", async () => {
    const { program, url, port, again } = await running();
    const [talking, ...chats] = await Promise.all(Array.from({ length: 20 }, () => Chat.create(url)));
    if (talking === undefined) throw new Error("there is no session");
    await talking.connect();
    await talking.join();
    // A turn that runs holds the end up, and is given the time.
    talking.say("wait 3");
    await talking.until(() => talking.of(EVENT.USER_MESSAGE).length === 1, "the echo");
    // Connections that were made before, and ask in the middle of it.
    const early = await Promise.all(chats.map(() => bareConnection(port)));
    const answers = early.map((socket) => firstWord(socket));
    await taken(url, early.length);

    let isOver = false;
    const attempts: Attempt[] = [];
    const hammer = async () => {
      for (let i = 0; !isOver; i += 1) {
        const chat = chats[i % chats.length];
        if (chat !== undefined) attempts.push(brief(port, chat));
        await sleep(10);
      }
    };
    const asking = async () => {
      for (const [i, socket] of early.entries()) {
        const chat = chats[i];
        if (chat !== undefined && socket.writable) socket.write(upgradeRequest(chat));
        await sleep(250);
      }
    };
    const hammering = Promise.all([hammer(), asking()]);
    expect(await program.end("SIGTERM")).toBe(0);
    expect(talking.messages).toHaveLength(2);
    await again();
    isOver = true;
    await hammering;

    const count = new Map<Outcome, number>();
    for (const { outcome } of attempts) {
      const result = await outcome;
      count.set(result, (count.get(result) ?? 0) + 1);
    }
    expect([...count.keys()].filter((outcome) => ![101, "refused", "reset"].includes(outcome))).toEqual([]);
    expect(count.get(101), "before the drain is over, and after the start").toBeGreaterThan(20);
    expect(count.get("refused"), "while nobody listens").toBeGreaterThan(5);
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^(HTTP\/1\.1 101|reset)/);
  });
});

/** One that leaves as soon as it is in, so that it takes nobody's place. */
function brief(port: number, key: Key): Attempt {
  const attempt = new Attempt(port, key);
  attempt.socket.on("open", () => attempt.socket.terminate());
  return attempt;
}

/** What a bare connection hears first, or how it ends. */
function firstWord(socket: Awaited<ReturnType<typeof bareConnection>>): Promise<string> {
  return new Promise((resolve) => {
    socket.once("data", (data) => {
      resolve(String(data).slice(0, 12));
      socket.destroy();
    });
    socket.on("error", () => resolve("reset"));
    socket.on("end", () => resolve("half-closed"));
  });
}

describe("the process", () => {
  it("ends in time, whatever runs and whoever does not answer", async () => {
    const { program, url, port } = await running();
    const [busy, deaf, full] = [await Chat.create(url), await Chat.create(url), await Chat.create(url)];
    await busy.connect();
    await busy.join();
    busy.say("wait 60");
    await busy.until(() => busy.of(EVENT.USER_MESSAGE).length === 1, "the echo");
    // One never answers a close frame, the other never reads.
    const silent = await bareConnection(port, upgradeRequest(deaf));
    silent.resume();
    const unread = await bareConnection(port, upgradeRequest(deaf));
    unread.pause();
    const dead = Array.from(
      { length: LIMITS.socketsPerSession },
      () => new Attempt(port, full, { autoPong: false }),
    );
    expect(new Set(await Promise.all(dead.map(({ outcome }) => outcome)))).toEqual(new Set([101]));

    const start = performance.now();
    const ended = program.end("SIGTERM");
    // In the last moment of the drain one comes for whom others have to be pinged first.
    await sleep(4_700);
    const late = new Attempt(port, full);
    expect(await late.outcome).toBe(101);
    expect((await late.closed).code).toBe(CLOSE.restart);
    expect(await ended).toBe(0);
    expect(performance.now() - start).toBeLessThan(END_MS);
    for (const socket of [silent, unread]) socket.destroy();
  });

  it("answers after the next start what it owed", async () => {
    const { program, url, again } = await running();
    const [broken, late] = [await Chat.create(url), await Chat.create(url)];
    for (const chat of [broken, late]) {
      await chat.connect();
      await chat.join();
    }
    // Longer than a turn is given, so that it is broken off.
    broken.say("wait 6");
    await broken.until(() => broken.of(EVENT.USER_MESSAGE).length === 1, "the echo");
    const ended = program.end("SIGTERM");
    // Until the signal has come there, what is said is answered.
    while ((await fetch(`${url}/health`)).status !== 503);
    late.say("said while the server goes down");
    await late.until(() => late.of(EVENT.USER_MESSAGE).length === 1, "the echo");
    expect(await ended).toBe(0);
    await late.until(() => late.closed !== null && broken.closed !== null, "the close");
    expect([late.closed, broken.closed, late.messages.length, broken.messages.length]).toEqual([
      1012, 1012, 1, 1,
    ]);

    await again();
    await Promise.all([broken.connect(), late.connect()]);
    for (const chat of [broken, late]) {
      await chat.until(
        () => chat.messages.length === 2 && (chat.messages[1]?.isComplete ?? false),
        "the answer",
      );
      expect(chat.of(EVENT.USER_MESSAGE)).toHaveLength(1);
      expect(chat.messages).toHaveLength(2);
    }
    expect(late.messages[1]?.text).toContain("said while the server goes down");
  });

  it("lets a socket have its first second", async () => {
    const { program, url, port } = await running();
    const chat = await Chat.create(url);
    const old = new Attempt(port, chat);
    await once(old.socket, "open");
    const ended = program.end("SIGTERM");
    const { code, at } = await old.closed;
    expect(code).toBe(CLOSE.restart);
    expect(at - (old.openedAt ?? at)).toBeGreaterThan(LIMITS.socketMinimumMs - READING_MS);
    expect(await ended).toBe(0);
  });
});
