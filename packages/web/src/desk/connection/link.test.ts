import { expect, it } from "vitest";
import { ManualClock, settle } from "../../../../client/src/testing/manual-clock.ts";
import { hello, StagedSocket } from "../testing/stage.ts";
import type { DeskFrame } from "../wire.ts";
import { LINK_TIMES, Link, type LinkSocket } from "./link.ts";

function stage(isSignedIn: boolean | null = true) {
  const clock = new ManualClock();
  const sockets: StagedSocket[] = [];
  const frames: DeskFrame[] = [];
  const states: string[] = [];
  let since: { epoch: string; revision: number } | null = null;
  const link = new Link({
    open(query) {
      const socket = new StagedSocket(query);
      sockets.push(socket);
      return socket as unknown as LinkSocket;
    },
    since: () => since,
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    isSignedIn: async () => isSignedIn,
    clock,
    random: () => 0.5,
  });
  link.start();
  return {
    link,
    clock,
    sockets,
    frames,
    states,
    last: () => sockets.at(-1) as StagedSocket,
    has(revision: number) {
      since = { epoch: "first", revision };
    },
  };
}

it("is open with the first frame, and says what it has when it comes back", async () => {
  const { clock, last, sockets, states, frames, has } = stage();
  expect(last().query).toBe("");
  last().says(hello());
  expect(states).toEqual(["open"]);
  has(7);
  last().breaks();
  expect(states).toEqual(["open", "lost"]);
  await clock.advance(LINK_TIMES.backoffFirst);
  expect(sockets).toHaveLength(2);
  expect(last().query).toBe("?epoch=first&revision=7");
  last().says(hello());
  expect(states.at(-1)).toBe("open");
  expect(frames).toHaveLength(2);
});

it("waits longer each time, up to a bound, and begins anew behind a socket that opened", async () => {
  const { clock, last, sockets } = stage();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 7; attempt++) {
    last().breaks();
    const before = sockets.length;
    let waited = 0;
    while (sockets.length === before) {
      await clock.advance(100);
      waited += 100;
    }
    waits.push(waited);
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 7_500, 7_500, 7_500]);
  last().says(hello());
  last().breaks();
  const before = sockets.length;
  await clock.advance(500);
  expect(sockets).toHaveLength(before + 1);
});

it("asks a silent socket whether anybody is there, and gives up one that does not answer", async () => {
  const { clock, last, states, sockets } = stage();
  last().says(hello());
  await clock.advance(LINK_TIMES.ping);
  expect(last().sent).toEqual([{ type: "ping" }]);
  last().says({ type: "pong" });
  await clock.advance(LINK_TIMES.pong);
  expect(states.at(-1)).toBe("open");
  await clock.advance(LINK_TIMES.ping);
  expect(states.at(-1)).toBe("lost");
  expect(sockets[0]?.isClosed).toBe(true);
});

it("hears nothing of a socket it has given up", async () => {
  const { clock, sockets, frames } = stage();
  await clock.advance(LINK_TIMES.opening);
  sockets[0]?.says(hello());
  expect(frames).toEqual([]);
});

it("comes back at once where the network does", async () => {
  const { link, last, sockets } = stage();
  last().says(hello());
  last().breaks();
  link.wake();
  expect(sockets).toHaveLength(2);
});

it.each<[string, boolean, number]>([
  ["the server says so", true, 4401],
  ["no socket opens, and nobody is signed in", false, 1006],
])("is over where %s", async (_, isSignedIn, code) => {
  const { clock, last, sockets, states } = stage(isSignedIn);
  if (code === 4401) last().says(hello());
  last().breaks(code);
  await settle();
  expect(states.at(-1)).toBe("signed-out");
  await clock.advance(60_000);
  expect(sockets).toHaveLength(1);
});

it("goes on trying where the server cannot be asked who it is", async () => {
  const { clock, last, sockets, states } = stage(null);
  last().breaks();
  await clock.advance(1_000);
  expect(states.at(-1)).toBe("lost");
  expect(sockets).toHaveLength(2);
});
