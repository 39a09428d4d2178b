import { END_REASON, EVENT, UPGRADE_ERRORS } from "@parley/protocol";
import { batchesOf } from "../audit/batches.ts";
import { expectSameView } from "../audit/views.ts";
import type { Check } from "../check.ts";
import { sleep } from "../client/pace.ts";
import type { Socket } from "../client/socket.ts";
import { type Context, type Session, socketPath } from "../context.ts";
import { ask, say, trigger } from "../conversation.ts";
import { ensure, same } from "../failure.ts";
import type { Need } from "../needs.ts";
import { expectFault } from "./faults.ts";

const END = EVENT.USER_END_SESSION;

/** An ended session can still be read for a while, as this protocol says. */
const GRACE: readonly Need[] = ["departure:endedSession=here"];

/** Milliseconds that shipped clients wait for the end. */
const END_MS = 300;

async function end(socket: Socket): Promise<void> {
  socket.send(END, {});
  await expectEnd(socket);
}

/** The end by the user, and nothing behind it but the close. */
async function expectEnd(socket: Socket): Promise<void> {
  const ended = await socket.waitFor(EVENT.SESSION_END);
  same(ended.event.payload, { reason: END_REASON.user }, "the end");
  const before = socket.history.at(-2);
  same([before?.type, before?.sequence], [END, Number(ended.event.sequence) - 1], "the echo before it");
  same((await socket.closed()).code, 1000, "the close code");
  same(socket.last?.event.id, ended.event.id, "the last event");
}

/** A session that was ended, with some history, and all of it. */
async function endedSession(context: Context): Promise<{ session: Session; history: Socket["history"] }> {
  const { session, socket } = await context.joined();
  await end(socket);
  return { session, history: socket.history };
}

export const ending: Check[] = [
  {
    id: "4.end.order",
    title:
      "USER_END_SESSION brings its echo and SESSION_END REASON_USER_END, then close 1000 and nothing more",
    async run(context) {
      const { socket } = await context.joined();
      await end(socket);
    },
  },
  {
    id: "4.end.never-joined",
    title: "A session that was never joined can be ended",
    async run(context) {
      const { socket } = await context.connected();
      await end(socket);
    },
  },
  {
    id: "4.end.in-time",
    order: "alone",
    title: `The end is out within ${END_MS} ms`,
    async run(context) {
      const { socket } = await context.joined();
      const sent = performance.now();
      socket.send(END, {});
      const { at } = await socket.waitFor(EVENT.SESSION_END);
      ensure(at - sent <= END_MS, `SESSION_END within ${END_MS} ms`, `${(at - sent).toFixed(0)} ms`);
    },
  },
  {
    id: "4.end.all-sockets",
    title: "All sockets of the session see the end and are closed with 1000",
    async run(context) {
      const { session, socket } = await context.joined();
      const other = await context.open(session);
      await other.fence();
      await end(socket);
      await expectEnd(other);
    },
  },
  {
    id: "4.end.gone-socket",
    needs: GRACE,
    title: "An end is kept even if the socket died behind the frame",
    async run(context) {
      const { session, socket } = await context.connected();
      await socket.fence();
      await socket.sendText(JSON.stringify({ type: END, payload: {} }));
      socket.break();
      const again = await context.open(session);
      await expectEnd(again);
    },
  },
  {
    id: "4.end.while-streaming",
    needs: ["trigger:story"],
    title:
      "An end in the middle of a stream: the completing chunk, the echo and SESSION_END, one behind the other",
    async run(context) {
      const { socket } = await context.joined({ streaming_enabled: true });
      const echo = await say(socket, trigger(context.profile, "story"));
      await socket.wait("the second chunk", ({ payload }) => payload.chunk_index === 2, { after: echo });
      await end(socket);
      const [chunk] = socket.history.slice(-3);
      same(
        [chunk?.type, chunk?.payload.is_complete],
        [EVENT.POLY_AGENT_MESSAGE_CHUNK, true],
        "before the echo",
      );
    },
  },
  {
    id: "5.end.frames-dropped",
    needs: GRACE,
    title: "What a client sends behind its end is dropped in silence",
    async run(context) {
      const { session, socket } = await context.connected();
      socket.send(END, {});
      socket.send(EVENT.USER_MESSAGE, { text: "too late" });
      socket.send(EVENT.HEARTBEAT, {});
      socket.sendText("not JSON");
      await expectEnd(socket);
      const again = await context.open(session);
      await again.closed();
      ensure(
        !again.history.some(({ type }) => type === EVENT.USER_MESSAGE),
        "no message behind the end",
        again.history,
      );
    },
  },
  {
    id: "7.grace.whole",
    needs: GRACE,
    title: "An ended session is replayed up to SESSION_END, then closed with 1000",
    async run(context) {
      const { session, history } = await endedSession(context);
      const again = await context.open(session);
      await expectEnd(again);
      expectSameView(again.history, history);
    },
  },
  {
    id: "7.grace.rest",
    needs: GRACE,
    title: "With a cursor the rest is replayed, then the socket is closed with 1000",
    async run(context) {
      const { session, history } = await endedSession(context);
      const again = await context.open(session, { cursor: 2 });
      await expectEnd(again);
      expectSameView(again.history, history, 2);
    },
  },
  {
    id: "7.grace.nothing",
    needs: GRACE,
    title: "With nothing left to replay the socket is closed with 1000",
    async run(context) {
      const { session, history } = await endedSession(context);
      const again = await context.open(session, { cursor: history.length });
      same((await again.closed()).code, 1000, "the close code");
      same(again.received.length, 0, "events");
      same(batchesOf(again.recording).length, 1, "batches");
    },
  },
  {
    id: "7.grace.frames-dropped",
    needs: GRACE,
    title: "What a client sends to an ended session is dropped in silence",
    async run(context) {
      const { session, history } = await endedSession(context);
      const again = await context.open(session);
      again.send(EVENT.USER_MESSAGE, { text: "too late" });
      again.send(EVENT.HEARTBEAT, {});
      await expectEnd(again);
      expectSameView(again.history, history);
    },
  },
  {
    id: "7.ended.at-once",
    needs: ["departure:endedSession=documentation"],
    title: "An ended session is not found any more: 404 session not found",
    async run(context) {
      const { session } = await endedSession(context);
      expectFault(await context.upgrade(socketPath(session)), UPGRADE_ERRORS.sessionNotFound);
    },
  },
  {
    id: "7.grace.over",
    needs: ["shortGrace", ...GRACE],
    seconds: 90,
    title: "When the grace is over: 404 session not found",
    async run(context) {
      const { session } = await endedSession(context);
      // The sentence is about time.
      await sleep((context.profile.endedGraceSeconds ?? 0) * 1_000 + 1_000);
      expectFault(await context.upgrade(socketPath(session)), UPGRADE_ERRORS.sessionNotFound);
    },
  },
  ...[1000, 1001, 3000, 4000, 4001].map(
    (code): Check => ({
      id: `7.client-close.${code}`,
      title: `A client's own close code ${code} means nothing: the session goes on`,
      async run(context) {
        const { session, socket } = await context.connected();
        await say(socket, "before");
        await socket.leave(code);
        const again = await context.open(session, { cursor: 2 });
        const echo = await say(again, "after");
        same(echo.event.sequence, 3, "the sequence of the next message");
      },
    }),
  ),
  {
    id: "7.client-close.broken",
    needs: ["trigger:story"],
    title: "A broken connection ends nothing: the agent goes on speaking",
    async run(context) {
      const { session, socket } = await context.joined({ streaming_enabled: true });
      const echo = await say(socket, trigger(context.profile, "story"));
      const chunk = await socket.wait("the second chunk", ({ payload }) => payload.chunk_index === 2, {
        after: echo,
      });
      socket.break();
      const again = await context.open(session, { cursor: Number(chunk.event.sequence) });
      await again.wait("the completing chunk", ({ payload }) => payload.is_complete === true, {
        within: 25_000,
      });
    },
  },
  {
    id: "7.ended.not-reopened",
    needs: GRACE,
    title: "An ended session is not opened again by a join",
    async run(context) {
      const { session, history } = await endedSession(context);
      const again = await context.open(session);
      again.send(EVENT.REQUEST_POLY_AGENT_JOIN, {});
      await expectEnd(again);
      same(again.history.length, history.length, "events");
    },
  },
  {
    id: "7.natural-end.grace",
    needs: ["trigger:goodbye", ...GRACE],
    title: "The agent's end is replayed within the grace too",
    async run(context) {
      const { session, socket } = await context.joined();
      await ask(socket, trigger(context.profile, "goodbye"));
      await socket.closed();
      const again = await context.open(session);
      same((await again.closed()).code, 1000, "the close code");
      expectSameView(again.history, socket.history);
    },
  },
];
