import { EVENT, LIMITS } from "@parley/protocol";
import { expectSameView, fold, plain } from "../audit/views.ts";
import type { Check } from "../check.ts";
import { sleep } from "../client/pace.ts";
import type { Socket } from "../client/socket.ts";
import type { Context, Session } from "../context.ts";
import { answerAfter, ask, join, say, trigger } from "../conversation.ts";
import { ensure, same } from "../failure.ts";

/** How many cursors are tried in a long history: each is an upgrade, of which a session gets five a second. */
const CURSORS = 12;

/** At most so many numbers from 0 to the last one, evenly, both ends included. */
function spread(last: number, count: number): number[] {
  const steps = Math.min(last, count - 1);
  return Array.from({ length: steps + 1 }, (_, step) => Math.round((step * last) / Math.max(steps, 1)));
}

/** Waits until a socket has come as far. */
const reaches = (socket: Socket, sequence: number) =>
  socket.wait(`the sequence ${sequence}`, (event) => (event.sequence ?? 0) >= sequence);

/** What a replay with this cursor sends. */
async function viewFrom(context: Context, session: Session, cursor: number) {
  const socket = await context.open(session, { cursor });
  await socket.fence();
  socket.break();
  return socket.history;
}

const lastOf = (socket: Socket): number => socket.history.at(-1)?.sequence ?? 0;

/** A conversation with streams, and a message in the middle of one. */
async function longConversation(context: Context): Promise<{ session: Session; socket: Socket }> {
  const { session, socket } = await context.joined({ streaming_enabled: true });
  const echo = await say(socket, trigger(context.profile, "story"));
  const chunk = await socket.wait("the third chunk", ({ payload }) => payload.chunk_index === 3, {
    after: echo,
  });
  const between = await say(socket, "in the middle of it", {}, { after: chunk });
  const answer = await answerAfter(socket, between);
  await answerAfter(socket, answer.last);
  await ask(socket, "one more thing");
  return { session, socket };
}

export const replayViews: Check[] = [
  {
    id: "5.replay.folded",
    needs: ["trigger:story", "trigger:echo"],
    seconds: 60,
    title: "From cursor 0 adjacent chunks of one message are replayed as one",
    async run(context) {
      const { session, socket } = await longConversation(context);
      const view = await viewFrom(context, session, 0);
      same(view.map(plain), fold(socket.history).map(plain), "the folded history");
      const folded = view.filter(({ payload }) => payload.first_chunk_index !== undefined);
      ensure(
        folded.length > 0,
        "a folded chunk",
        view.map(({ type }) => type),
      );
    },
  },
  {
    id: "5.replay.every-cursor",
    needs: ["trigger:story", "trigger:echo"],
    seconds: 60,
    title: "With a cursor, events come verbatim: the same as to a client that was never cut",
    async run(context) {
      const { session, socket } = await longConversation(context);
      const uncut = socket.history;
      for (const cursor of spread(lastOf(socket), CURSORS).filter((cursor) => cursor > 0)) {
        const rest = uncut.filter(({ sequence }) => Number(sequence) > cursor);
        same(await viewFrom(context, session, cursor), rest, `the events behind cursor ${cursor}`);
      }
    },
  },
  {
    id: "5.replay.into-stream",
    needs: ["trigger:story"],
    seconds: 60,
    title: "Coming into a running stream, with whatever cursor, nothing is lost or doubled",
    async run(context) {
      const { session, socket } = await context.joined({ streaming_enabled: true });
      const echo = await say(socket, trigger(context.profile, "story"));
      const others: { cursor: number; other: Socket }[] = [];
      for (const index of [1, 2, 4, 6]) {
        const chunk = await socket.wait(`chunk ${index}`, ({ payload }) => payload.chunk_index === index, {
          after: echo,
        });
        const cursor = index === 4 ? 0 : Number(chunk.event.sequence) - 1;
        others.push({ cursor, other: await context.open(session, { cursor }) });
      }
      await answerAfter(socket, echo);
      for (const { cursor, other } of others) {
        await reaches(other, lastOf(socket));
        expectSameView(other.history, socket.history, cursor);
      }
    },
  },
  {
    id: "5.replay.cut-again-and-again",
    needs: ["trigger:story"],
    seconds: 60,
    title: "A client that is cut again and again, and comes back with its cursor, has what an uncut one has",
    async run(context) {
      const { session, socket } = await context.joined({ streaming_enabled: true });
      const echo = await say(socket, trigger(context.profile, "story"));
      const whole = answerAfter(socket, echo);
      let cursor = 1;
      const pieces = socket.history.slice(0, 1);
      for (let cuts = 0; cuts < 5; cuts++) {
        const piece = await context.open(session, { cursor });
        await reaches(piece, Math.max(cursor, Number(echo.event.sequence)) + 2);
        piece.break();
        pieces.push(...piece.history);
        cursor = Number(pieces.at(-1)?.sequence);
      }
      await whole;
      pieces.push(...(await viewFrom(context, session, cursor)));
      expectSameView(pieces, socket.history);
    },
  },
  {
    id: "5.replay.many-events",
    seconds: 90,
    title: "A history of more than 200 events comes in several batches, whole and in order",
    async run(context) {
      const { session, socket } = await context.joined();
      const count = LIMITS.batchEvents + 20;
      for (let n = 0; n < count; n++) {
        // As many at once as a session may, then at the pace that it may.
        if (n >= LIMITS.messageBurst - 10) await sleep((1_100 * 1) / LIMITS.messageRate);
        socket.send(EVENT.USER_MESSAGE, { text: `number ${n}` }, { n });
      }
      await socket.wait(
        "the echo of the last message",
        ({ type, metadata }) =>
          type === EVENT.USER_MESSAGE && (metadata?.custom as { n?: number } | undefined)?.n === count - 1,
      );
      const last = lastOf(socket);
      const again = await context.open(session);
      await reaches(again, last);
      const upTo = socket.history.filter(({ sequence }) => Number(sequence) <= last);
      const view = again.history.filter(({ sequence }) => Number(sequence) <= last);
      expectSameView(view, upTo);
      again.send(EVENT.USER_END_SESSION, {});
      await socket.closed();
    },
  },
  {
    id: "5.replay.many-bytes",
    seconds: 60,
    title: "Large events come in batches of at most 128 KB, a larger one alone",
    async run(context) {
      const { session, socket } = await context.connected();
      await join(socket);
      for (const size of [50_000, 60_000, LIMITS.messageBytes, 70_000, 70_000])
        await say(socket, "z".repeat(size));
      const last = lastOf(socket);
      const again = await context.open(session);
      await reaches(again, last);
      const upTo = (history: Socket["history"]) => history.filter(({ sequence }) => Number(sequence) <= last);
      expectSameView(upTo(again.history), upTo(socket.history));
    },
  },
];
