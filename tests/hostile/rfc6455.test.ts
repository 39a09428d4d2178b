import { LIMITS } from "@parley/protocol";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Place, RawWebSocket } from "./frames.ts";
import { CASES, type Case } from "./rfc6455-cases.ts";
import { Target } from "./target.ts";

interface Outcome {
  ends: "open" | number | null;
  pongs: string[];
}

let target: Target;
/** All run at once: a socket is closed no sooner than a second after its 101. */
let outcomes: Map<Case, Promise<Outcome>>;

beforeAll(async () => {
  target = await Target.start();
  const places: Place[] = [];
  for (let i = 0; i < CASES.length; i += LIMITS.upgradesPerSecond) places.push(await target.place());
  outcomes = new Map(
    CASES.map((one, i) => {
      const place = places[Math.floor(i / LIMITS.upgradesPerSecond)];
      const outcome = place === undefined ? Promise.reject(new Error("no place")) : run(one, place);
      // Looked at by its own test.
      outcome.catch(() => {});
      return [one, outcome];
    }),
  );
});
afterAll(() => target[Symbol.asyncDispose]());

async function run({ send, ends }: Case, place: Place): Promise<Outcome> {
  using ws = await RawWebSocket.open(target.url, place);
  // Each piece on its way before the next: what is written in one turn would go out in one piece.
  ws.raw.socket.setNoDelay(true);
  for (const piece of send) {
    ws.write(piece);
    if (send.length > 1) await new Promise(setImmediate);
  }
  if (ends === "open") await ws.beats();
  const outcome = ends === "open" ? (ws.closeCode ?? "open") : await ws.closed();
  return { ends: outcome, pongs: ws.pongs.map((payload) => payload.toString("hex")) };
}

it.each(CASES.map((one) => [`${one.id} ${one.what}`, one] as const))("%s", async (_, one) => {
  const outcome = await outcomes.get(one);
  expect(outcome?.ends).toBe(one.ends);
  if (one.pongs !== undefined) {
    expect(outcome?.pongs).toEqual(one.pongs.map((payload) => Buffer.from(payload).toString("hex")));
  }
});

it("leaves the program in good health", async () => {
  await Promise.allSettled(outcomes.values());
  expect((await fetch(`${target.url}/health`)).status).toBe(200);
  expect(target.log.filter((line) => !line.includes('"a socket failed"'))).toEqual([]);
});
