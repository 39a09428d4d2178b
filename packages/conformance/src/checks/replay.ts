import { EVENT, LIMITS, SYSTEM_MESSAGES } from "@parley/protocol";
import { batchesOf } from "../audit/batches.ts";
import type { Check } from "../check.ts";
import type { Received } from "../client/recording.ts";
import type { Socket } from "../client/socket.ts";
import { answerAfter, ask, errorAfter, join, say, trigger, waitTrigger } from "../conversation.ts";
import { ensure, same } from "../failure.ts";

const sizes = (socket: Socket): number[] => batchesOf(socket.recording).map(({ events }) => events.length);

const ofType = ({ received }: Socket, type: string): Received[] =>
  received.filter(({ event }) => event.type === type);

export const replay: Check[] = [
  {
    id: "5.replay.never-joined",
    title: "The replay of a session that was never joined is exactly SESSION_START alone",
    async run(context) {
      const socket = await context.open(await context.session());
      const fence = await socket.fence();
      same(sizes(socket), [1], "events in each batch");
      same(socket.received[0]?.event.type, EVENT.SESSION_START, "the one event");
      same(fence.index, 1, "the place of what comes behind it");
    },
  },
  {
    id: "5.replay.nothing-new",
    needs: ["departure:firstBatch=here"],
    title: "With nothing new there is one batch with no events",
    async run(context) {
      const { session, socket } = await context.joined();
      const last = socket.history.at(-1)?.sequence ?? 0;
      const again = await context.open(session, { cursor: last });
      await again.fence();
      same(sizes(again), [0], "events in each batch");
      same(again.received.length, 1, "events, the fence alone");
    },
  },
  {
    id: "5.replay.start-always",
    needs: ["departure:firstBatch=documentation"],
    title: "The first batch contains SESSION_START behind a cursor too",
    async run(context) {
      const { session, socket } = await context.joined();
      const again = await context.open(session, { cursor: socket.history.at(-1)?.sequence ?? 0 });
      await again.fence();
      const [first] = batchesOf(again.recording)[0]?.events ?? [];
      same((first as { type?: unknown } | undefined)?.type, EVENT.SESSION_START, "the first event");
    },
  },
  {
    id: "5.replay.same-frame",
    title: "SESSION_START and POLY_AGENT_JOINED come in the same frame",
    async run(context) {
      const { session } = await context.joined();
      const again = await context.open(session);
      const joined = await again.waitFor(EVENT.POLY_AGENT_JOINED);
      same(joined.frame, again.received[0]?.frame, "the frame of POLY_AGENT_JOINED");
    },
  },
  {
    id: "5.replay.same-frame-large",
    title: "They do so even with a message between them that is larger than a frame should be",
    async run(context) {
      const { session, socket } = await context.connected();
      // 40 KB of text that are 240 KB as JSON.
      socket.send(EVENT.USER_MESSAGE, { text: "\u0001".repeat(40_000) });
      await socket.waitFor(EVENT.USER_MESSAGE);
      await join(socket);
      const again = await context.open(session);
      const joined = await again.waitFor(EVENT.POLY_AGENT_JOINED);
      same(joined.frame, again.received[0]?.frame, "the frame of POLY_AGENT_JOINED");
    },
  },
  {
    id: "5.replay.thinking",
    needs: ["trigger:wait"],
    title: "Behind the batches comes, once, that the agent is thinking",
    async run(context) {
      const { session, socket } = await context.joined();
      const echo = await say(socket, waitTrigger(context.profile, 4));
      await socket.waitFor(EVENT.POLY_AGENT_THINKING, { after: echo });
      const again = await context.open(session);
      const thinking = await again.waitFor(EVENT.POLY_AGENT_THINKING);
      ensure(!thinking.batched, "POLY_AGENT_THINKING in a frame of its own", thinking.event);
      const answer = await answerAfter(again, thinking);
      const seen = ofType(again, EVENT.POLY_AGENT_THINKING).filter(({ index }) => index < answer.last.index);
      same(seen.length, 1, "POLY_AGENT_THINKING before the answer");
    },
  },
  {
    id: "5.replay.not-thinking",
    title: "When the agent is not thinking, no replay says so",
    async run(context) {
      const { session } = await context.joined();
      const again = await context.open(session);
      await again.fence();
      same(ofType(again, EVENT.POLY_AGENT_THINKING).length, 0, "POLY_AGENT_THINKING");
    },
  },
  {
    id: "5.replay.last-error",
    needs: ["trigger:failNow"],
    title: "Behind the batches comes, once, the error of the last turn if it failed and nothing followed",
    async run(context) {
      const { session, socket } = await context.joined();
      await errorAfter(socket, await say(socket, trigger(context.profile, "failNow")));
      const again = await context.open(session);
      const error = await again.waitFor(EVENT.SYSTEM_MESSAGE);
      same(error.event.payload.message, SYSTEM_MESSAGES.failedBeforeWords, "the error");
      await again.fence();
      same(ofType(again, EVENT.SYSTEM_MESSAGE).length, 1, "errors");
      ensure(!error.batched, "the error behind the batches", error.event);
    },
  },
  {
    id: "5.replay.old-error",
    needs: ["trigger:failNow", "trigger:echo"],
    title: "An error that something followed is not told again",
    async run(context) {
      const { session, socket } = await context.joined();
      await errorAfter(socket, await say(socket, trigger(context.profile, "failNow")));
      await ask(socket, "and now?");
      const again = await context.open(session);
      await again.fence();
      same(ofType(again, EVENT.SYSTEM_MESSAGE).length, 0, "errors");
    },
  },
];

/** How much earlier than meant a frame may seem to come, milliseconds: the one before it was under way longer. */
const JITTER = 8;

/** Tries to measure a pause: one that a busy machine has spoilt is measured again. */
async function bestOf(attempts: number, measure: () => Promise<number>): Promise<void> {
  const seen: number[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    seen.push(await measure());
    if (Math.max(...seen) >= LIMITS.batchPauseMs - JITTER) return;
  }
  const expected = `at least ${LIMITS.batchPauseMs} ms`;
  ensure(
    false,
    expected,
    seen.map((gap) => `${gap.toFixed(1)} ms`),
  );
}

const inboundTimes = ({ recording }: Socket): number[] =>
  recording.frames.filter(({ direction }) => direction === "in").map(({ at }) => at);

/** The shortest time between two frames that followed each other. */
const shortestGap = (times: readonly number[]): number =>
  Math.min(...times.slice(1).map((at, index) => at - (times[index] ?? 0)));

export const pauses: Check[] = [
  {
    id: "5.replay.pause-batches",
    order: "alone",
    seconds: 60,
    title: "30 ms pass between two frames of a replay",
    async run(context) {
      const { session, socket } = await context.joined();
      for (let count = 0; count < 4; count++) await say(socket, "y".repeat(100_000));
      await bestOf(4, async () => {
        const again = await context.open(session);
        await again.frames(4);
        again.break();
        ensure(sizes(again).length >= 4, "four batches of 100 KB", sizes(again));
        return shortestGap(inboundTimes(again).slice(0, 4));
      });
    },
  },
  {
    id: "5.replay.pause-live",
    order: "alone",
    title: "30 ms pass between a replay and the first live event",
    async run(context) {
      const { session, socket } = await context.connected();
      await bestOf(4, async () => {
        const again = await context.open(session);
        const echo = await say(again, "as soon as it is open");
        await socket.fence();
        again.break();
        return shortestGap(inboundTimes(again).slice(0, echo.frame + 1));
      });
    },
  },
  {
    id: "5.replay.pause-transient",
    order: "alone",
    title: "30 ms pass between a replay and the first transient event",
    async run(context) {
      const session = await context.session();
      await bestOf(4, async () => {
        const again = await context.open(session);
        await again.fence();
        again.break();
        return shortestGap(inboundTimes(again));
      });
    },
  },
];
