import { HTTP_ERRORS, LIMITS, UPGRADE_ERRORS } from "@parley/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Chat } from "../support/chat.ts";
import { endure } from "./endure.ts";
import { frame, OPCODE, RawWebSocket, upgradeRequest } from "./frames.ts";
import { exchange, RawSocket, readAnswers, request } from "./raw.ts";
import { Target } from "./target.ts";

let target: Target;
beforeAll(async () => {
  target = await Target.start();
});
afterAll(() => target[Symbol.asyncDispose]());

/** What one connection came to: the status of its answer, or `reset` where there was none. */
async function outcome(bytes: string): Promise<number | "reset"> {
  using raw = await RawSocket.open(target.url);
  raw.write(bytes);
  await raw.until(() => raw.ended || readAnswers(raw.received).answers.length > 0, "an outcome");
  return readAnswers(raw.received).answers[0]?.status ?? "reset";
}

const tally = (outcomes: (number | string)[]) =>
  outcomes.reduce<Record<string, number>>((counts, one) => {
    counts[one] = (counts[one] ?? 0) + 1;
    return counts;
  }, {});

async function inTurns<T>(count: number, atOnce: number, one: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  while (results.length < count) {
    results.push(
      ...(await Promise.all(Array.from({ length: Math.min(atOnce, count - results.length) }, one))),
    );
  }
  return results;
}

describe("upgrades", () => {
  it("with tokens that are none are all refused, while others come in", async () => {
    const { sessionId } = await target.place();
    await endure(target, async () => {
      const flood = inTurns(3_000, 300, () => outcome(upgradeRequest({ sessionId, accessToken: "a.b.c" })));
      using ws = await RawWebSocket.open(target.url, await target.place());
      await ws.beats();
      expect(tally(await flood)).toEqual({ 401: 3_000 });
    });
  });

  it("of one session that cannot be served in time are reset, which leaves their clients what they have", async () => {
    const place = await target.place();
    const many = 300;
    // Those that are let in at once, and those that are before shipped clients give up, 10 s.
    const served = 11 * LIMITS.upgradesPerSecond;
    await endure(target, async () => {
      using stack = new DisposableStack();
      const upgrades = await inTurns(many, many, async () => {
        const raw = stack.use(await RawSocket.open(target.url));
        raw.write(upgradeRequest(place));
        return raw;
      });
      const isReset = ({ ended, received }: RawSocket) => ended && received.length === 0;
      await expect.poll(() => upgrades.filter(isReset).length).toBe(many - served);
      const accepted = () => upgrades.filter(({ received }) => received.includes("HTTP/1.1 101")).length;
      await expect.poll(accepted).toBeGreaterThan(LIMITS.upgradesPerSecond);
    });
  });

  it("find a place where ten are taken by the dead, and none where they live", async () => {
    const place = await target.place();
    using stack = new DisposableStack();
    const open = async () => stack.use(await RawWebSocket.open(target.url, place));
    const dead: RawWebSocket[] = [];
    for (let i = 0; i < LIMITS.socketsPerSession; i += 1) dead.push(await open());
    const living = [await open()];
    await dead[0]?.raw.end();
    while (living.length < LIMITS.socketsPerSession) living.push(await open());
    for (const ws of living) {
      const answered = new Set<number>();
      ws.raw.socket.on("data", () => {
        ws.frames.forEach(({ opcode, payload }, i) => {
          if (opcode !== OPCODE.ping || answered.has(i)) return;
          answered.add(i);
          ws.write(frame({ opcode: OPCODE.pong, payload }));
        });
      });
    }
    const [refused] = await exchange(target.url, upgradeRequest(place));
    expect(refused?.status).toBe(UPGRADE_ERRORS.tooManySockets.status);
    expect(dead.map(({ raw }) => raw.ended)).toEqual(dead.map(() => true));
    for (const ws of living) await ws.beats();
  });

  it("that are refused leave no connection behind, even where their client keeps its side open", async () => {
    const { sessionId } = await target.place();
    const before = await target.openFiles();
    using stack = new DisposableStack();
    await inTurns(200, 100, async () => {
      const raw = stack.use(await RawSocket.open(target.url));
      raw.write(upgradeRequest({ sessionId, accessToken: "a.b.c" }));
      await raw.end();
    });
    await expect.poll(() => target.openFiles()).toBeLessThan(before + 50);
  });
});

describe("sessions", () => {
  it("beyond the rate are refused with a time to wait, for this connector and address alone", async () => {
    const { accessToken } = await target.chat();
    await endure(target, async () => {
      const create = request("POST", "/api/v1/sessions", { Authorization: `Bearer ${accessToken}` });
      const answers = (await inTurns(500, 100, () => exchange(target.url, create))).flat();
      const refused = answers.filter(({ status }) => status === HTTP_ERRORS.tooMany.status);
      const seconds = refused.map(({ headers }) => headers["retry-after"]);
      expect(seconds.filter((value) => !/^([1-9]|[12]\d|30)$/.test(value ?? ""))).toEqual([]);
      const made = answers.filter(({ status }) => status === 200).length;
      expect(made + refused.length).toBe(500);
      // The burst, and what flows back while the flood lasts.
      expect(made).toBeLessThan(LIMITS.handshakeBurst + 10 * LIMITS.handshakeRate);
      await target.chat();
    });
  });

  it("that guess connectors' tokens are slowed down as well", async () => {
    const guess = () =>
      outcome(
        request("POST", "/api/v1/access-token", {
          "X-Token": `guess-${Math.random()}`,
          "X-Host": "localhost",
        }),
      );
    const counts = tally(await inTurns(300, 100, guess));
    expect(counts[429]).toBeGreaterThan(100);
    await target.chat();
  });
});

describe("connections", () => {
  it("that send nothing make room for those that do", async () => {
    await endure(target, async () => {
      using stack = new DisposableStack();
      const idle: RawSocket[] = [];
      await inTurns(8_500, 100, async () => {
        idle.push(stack.use(await RawSocket.open(target.url)));
      });
      // Dropped, which is not the answer that all get when their time is over.
      const dropped = () => idle.filter(({ ended, received }) => ended && received.length === 0).length;
      await expect.poll(dropped).toBeGreaterThanOrEqual(300);
      const chat = await target.chat();
      await chat.connect();
      chat.drop();
    });
  });

  it("beyond the files that the process may open are turned away, and it goes on when they are gone", async () => {
    const limited = await Target.start({}, (node) => ["sh", "-c", 'ulimit -n 200; exec "$@"', "sh", ...node]);
    try {
      const chat = await limited.chat();
      await chat.connect();
      await chat.join();
      const idle = await Promise.all(
        Array.from({ length: 400 }, () => RawSocket.open(limited.url).catch(() => null)),
      );
      chat.say("still here");
      await chat.until(() => chat.messages.length === 2, "an answer");
      for (const raw of idle) raw?.drop();
      await expect
        .poll(() => Chat.create(limited.url, {}, limited.token).then(Boolean, () => false))
        .toBe(true);
      expect(limited.log).toEqual([]);
    } finally {
      await limited[Symbol.asyncDispose]();
    }
  });

  it("that send a thousand requests ahead are dropped", async () => {
    await endure(target, async () => {
      await inTurns(300, 20, async () => {
        using raw = await RawSocket.open(target.url);
        raw.write(request("GET", "/health").repeat(1_000));
        await raw.end();
      });
    });
  });

  it("that ask and do not read the answers are read no further", async () => {
    await endure(target, async (holdsLittle) => {
      using raw = await RawSocket.open(target.url);
      raw.socket.pause();
      // Until the network is full, since nobody reads the answers.
      const some = request("GET", "/health").repeat(16);
      for (let i = 0; i < 20_000 && raw.socket.write(some); i += 1) await new Promise(setImmediate);
      await holdsLittle();
    });
  });
});

it("nothing of all this was an error of the program's", () => {
  expect(target.log).toEqual([]);
});
