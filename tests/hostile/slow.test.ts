import { HTTP_ERRORS, LIMITS } from "@parley/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Place, RawWebSocket, upgradeRequest } from "./frames.ts";
import { RawSocket, readAnswers, request } from "./raw.ts";
import { Target } from "./target.ts";

/** A request has 10 s to arrive, and late ones are looked for every second; milliseconds, with room for the machine. */
const LATE_MS = 10_000 + 1_000 + 4_000;
/** How often a slow client sends a byte, milliseconds: often enough that its connection is never quiet. */
const TRICKLE_MS = 200;

const CASES: [what: string, begin: () => string, more: string][] = [
  ["one that never begins", () => "", ""],
  ["headers that stop", () => "GET /health HTTP/1.1\r\nHost: a\r\nX-A: ", ""],
  ["headers that trickle", () => "GET /health HTTP/1.1\r\nHost: a\r\nX-A: ", "a"],
  ["an upgrade whose headers trickle", () => upgradeRequest(place).replace("\r\n\r\n", "\r\nX-A: "), "a"],
  ["a body that stops", () => post({ "Content-Length": "100" }, "{"), ""],
  ["a body that trickles", () => post({ "Content-Length": "1000" }, "{"), " "],
  ["chunks that trickle", () => post({ "Transfer-Encoding": "chunked" }), "1\r\n \r\n"],
];

let target: Target;
let place: Place;
/** All run at the same time, since each takes the time that a request has. */
let received: Promise<Buffer>[];
beforeAll(async () => {
  target = await Target.start();
  place = await target.place();
  received = CASES.map(([, begin, more]) => send(begin(), more));
});
afterAll(() => target[Symbol.asyncDispose]());

const post = (headers: Record<string, string>, body = "") =>
  request(
    "POST",
    "/api/v1/access-token",
    { "X-Token": target.token, "X-Host": "localhost", ...headers },
    body,
  );

/** Sends the beginning, then more and more, until the server has had enough. @returns what it said */
async function send(begin: string, more: string): Promise<Buffer> {
  using raw = await RawSocket.open(target.url);
  raw.write(begin);
  const trickle = setInterval(() => raw.socket.writable && raw.write(more), TRICKLE_MS);
  await raw.end(LATE_MS).finally(() => clearInterval(trickle));
  return raw.received;
}

it.each(CASES.map(([what], i) => [what, i] as const))(
  "a request that takes for ever is given up: %s",
  async (_, i) => {
    const { answers, rest } = readAnswers((await received[i]) ?? Buffer.alloc(0));
    expect(rest).toHaveLength(0);
    expect(answers.map(({ status }) => status)).toEqual([HTTP_ERRORS.requestTimeout.status]);
    expect(JSON.parse(answers[0]?.body ?? "")).toMatchObject({ message: HTTP_ERRORS.requestTimeout.message });
    expect(answers[0]?.headers).toHaveProperty("x-polyai-correlation-id");
  },
);

describe("a connection that is half open", () => {
  it("is closed by the server when a client has ended its side", async () => {
    using ws = await RawWebSocket.open(target.url, place);
    await ws.beats();
    ws.raw.socket.end();
    await ws.raw.end();
  });

  it("is given back when its client had gone before the answer", async () => {
    const gone = await target.place();
    const before = await target.openFiles();
    const upgrades = await Promise.all(
      Array.from({ length: 2 * LIMITS.upgradesPerSecond }, () => RawSocket.open(target.url)),
    );
    for (const raw of upgrades) {
      raw.write(upgradeRequest(gone));
      raw.socket.end();
    }
    await expect.poll(() => target.openFiles(), { timeout: LATE_MS }).toBeLessThanOrEqual(before + 5);
    for (const raw of upgrades) raw.drop();
    using ws = await RawWebSocket.open(target.url, gone);
    await ws.beats();
  });
});

it("none of all this was an error of the program's", () => {
  expect(target.log).toEqual([]);
});
