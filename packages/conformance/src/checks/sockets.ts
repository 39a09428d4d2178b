import { CLOSE, EVENT, LIMITS, UPGRADE_ERRORS } from "@parley/protocol";
import type { Check } from "../check.ts";
import { sleep } from "../client/pace.ts";
import type { Socket } from "../client/socket.ts";
import { type Context, type Session, socketPath } from "../context.ts";
import { ask, say } from "../conversation.ts";
import { ensure, same } from "../failure.ts";
import { expectFault } from "./faults.ts";

/** Fills a session's places; some of the sockets may be silent. */
async function fill(context: Context, session: Session, silent = 0): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let place = 0; place < context.profile.socketsPerSession; place++) {
    sockets.push(await context.open(session, { pong: place >= silent }));
  }
  return sockets;
}

/** What stands for a connection that ended without a close frame. */
const ABNORMAL = 1006;

/** How much of a second a frame may have been under way before the suite saw it, milliseconds. */
const TRANSIT = 50;

const faults: { name: string; title: string; code: number; commit(socket: Socket): void }[] = [
  {
    name: "too-large",
    title: "a frame above 1 MiB",
    code: CLOSE.tooLarge,
    commit: (socket) => void socket.sendText("x".repeat(LIMITS.frameBytes + 1)),
  },
  {
    name: "protocol-error",
    title: "a frame that breaks RFC 6455",
    code: CLOSE.protocolError,
    commit: (socket) => void socket.sendText("{}", { mask: false }),
  },
  {
    name: "invalid-text",
    title: "a text frame that is not UTF-8",
    code: CLOSE.invalidText,
    commit: (socket) => void socket.sendText(Buffer.from([0x7b, 0xff, 0x7d])),
  },
];

export const sockets: Check[] = [
  {
    id: "2.limit.refused",
    seconds: 60,
    title: "Beyond the sockets that a session may have: 429 connection limit exceeded for session",
    async run(context) {
      const session = await context.session();
      const open = await fill(context, session);
      expectFault(await context.upgrade(socketPath(session)), UPGRADE_ERRORS.tooManySockets);
      for (const socket of open) socket.ensureOpen();
    },
  },
  {
    id: "2.limit.user-first",
    seconds: 60,
    title: "Another user's token is refused before the number of sockets is looked at",
    async run(context) {
      const session = await context.session();
      await fill(context, session);
      const other = { ...session, accessToken: await context.mint() };
      expectFault(await context.upgrade(socketPath(other)), UPGRADE_ERRORS.unauthenticated);
    },
  },
  {
    id: "2.limit.silent-make-room",
    seconds: 60,
    title: "Before a 429 the sockets are pinged, and those silent for 1 s make room",
    async run(context) {
      const session = await context.session();
      const open = await fill(context, session, 2);
      const { status } = await context.upgrade(socketPath(session));
      ensure(status === 101, "101, held until silent sockets were dropped", status);
      for (const socket of open.slice(0, 2)) await socket.closed();
      for (const socket of open.slice(2)) socket.ensureOpen();
    },
  },
  {
    id: "2.limit.room-again",
    seconds: 60,
    title: "A place that was given up is free",
    async run(context) {
      const session = await context.session();
      const open = await fill(context, session);
      await open[0]?.leave();
      const { status } = await context.upgrade(socketPath(session));
      ensure(status === 101, "101 after one socket has left", status);
    },
  },
  {
    id: "2.second.sees-everything",
    needs: ["trigger:echo"],
    title: "All live sockets of a session see everything that is sequenced",
    async run(context) {
      const { session, socket: first } = await context.joined();
      const second = await context.open(session);
      const { answer } = await ask(first, "seen by both, from the first");
      const back = await ask(second, "seen by both, from the second");
      for (const socket of [first, second]) {
        await socket.wait("the first answer", ({ id }) => id === answer.last.event.id);
        await socket.wait("the second answer", ({ id }) => id === back.answer.last.event.id);
      }
      const through = Number(back.answer.last.event.sequence);
      const upTo = (socket: Socket) => socket.history.filter(({ sequence }) => Number(sequence) <= through);
      same(upTo(second), upTo(first), "what the first socket saw, on the second");
    },
  },
  {
    id: "2.second.thinking",
    needs: ["trigger:echo"],
    title: "All live sockets of a session see that the agent is thinking",
    async run(context) {
      const { session, socket: first } = await context.joined();
      const second = await context.open(session);
      await second.fence();
      const before = second.last;
      await say(first, "think about this, please");
      await second.waitFor(EVENT.POLY_AGENT_THINKING, { after: before });
    },
  },
  {
    id: "2.second.replaces",
    title: "A second socket replaces nothing: the first stays open and is served",
    async run(context) {
      const { session, socket: first } = await context.connected();
      await context.open(session);
      await say(first, "still here");
      first.ensureOpen();
    },
  },
  ...faults.map(({ name, title, code, commit }) => ({
    id: `2.minimum.${name}`,
    order: "alone" as const,
    title: `Closed no sooner than 1 s after its 101, also for ${title}, which is closed with ${code}`,
    async run(context: Context) {
      const { socket } = await context.connected();
      commit(socket);
      const closed = await socket.closed();
      same(closed.code, code, "the close code");
      const lived = closed.at - socket.recording.openedAt;
      const expected = `a life of ${LIMITS.socketMinimumMs} ms`;
      ensure(lived >= LIMITS.socketMinimumMs - TRANSIT, expected, `${lived.toFixed(0)} ms`);
    },
  })),
  {
    id: "2.ping.rhythm",
    needs: ["patience"],
    seconds: 90,
    title: "The server pings every 25 s",
    async run(context) {
      const { socket } = await context.connected();
      const first = await socket.pinged(LIMITS.pingMs + 5_000);
      const second = await socket.pinged(LIMITS.pingMs + 5_000);
      const gap = second - first;
      ensure(Math.abs(gap - LIMITS.pingMs) < 2_000, `${LIMITS.pingMs} ms between two pings`, gap);
    },
  },
  {
    id: "2.ping.dead",
    needs: ["patience"],
    seconds: 120,
    title: "Two pings missed and the socket is dead",
    async run(context) {
      const session = await context.session();
      const socket = await context.open(session, { pong: false });
      const closed = await socket.closed((LIMITS.pingMisses + 2) * LIMITS.pingMs);
      const lived = closed.at - socket.recording.openedAt;
      const least = LIMITS.pingMisses * LIMITS.pingMs;
      ensure(
        lived >= least - TRANSIT,
        `${LIMITS.pingMisses} misses before the end`,
        `${lived.toFixed(0)} ms`,
      );
    },
  },
  {
    id: "7.close.stalled",
    needs: ["patience"],
    seconds: 120,
    title: "A socket that takes nothing for 30 s is closed with 1013, and goes on with its cursor",
    async run(context) {
      const { session, socket } = await context.joined();
      const stalled = await context.open(session);
      await stalled.fence();
      stalled.pause();
      stalled.recording.silent = true;
      // Each is six times as long as JSON: together more than what lies between the two ends can hold.
      for (let n = 0; n < 30; n++) await say(socket, "\u0001".repeat(LIMITS.messageBytes));
      // The sentence is about time; heartbeats keep the session alive meanwhile.
      for (let waited = 0; waited < LIMITS.stalledSocketMs + 5_000; waited += 5_000) {
        await sleep(5_000);
        await socket.fence();
      }
      stalled.resume();
      const { code } = await stalled.closed();
      // Behind all that it did not take, the close frame itself may not have come through.
      ensure(code === CLOSE.tryAgainLater || code === ABNORMAL, `close code ${CLOSE.tryAgainLater}`, code);
      const cursor = stalled.history.at(-1)?.sequence ?? 0;
      const again = await context.open(session, { cursor });
      await again.wait("the last event", ({ sequence }) => sequence === socket.history.at(-1)?.sequence);
    },
  },
  {
    id: "7.upgrades.wait",
    order: "alone",
    title: "More than 5 upgrades a second for one session wait, they are not refused",
    async run(context) {
      const session = await context.session();
      const started = performance.now();
      const many = 2 * LIMITS.upgradesPerSecond;
      const answers = await Promise.all(
        Array.from({ length: many }, async () => {
          const { status } = await context.upgrade(socketPath(session));
          return { status, at: performance.now() - started };
        }),
      );
      ensure(
        answers.every(({ status }) => status === 101),
        "101 to each",
        answers.map(({ status }) => status),
      );
      // Five at once, the tenth a second later; half of that leaves room for other ways of counting.
      const last = Math.max(...answers.map(({ at }) => at));
      ensure(last >= 500, `${many} upgrades spread over a second`, `all within ${last.toFixed(0)} ms`);
    },
  },
];
