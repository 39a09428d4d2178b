import { EVENT, LIMITS, SYSTEM_LEVEL, SYSTEM_MESSAGES } from "@parley/protocol";
import type { Check } from "../check.ts";
import { sleep } from "../client/pace.ts";
import type { Received } from "../client/recording.ts";
import type { Socket } from "../client/socket.ts";
import { say } from "../conversation.ts";
import { ensure, same } from "../failure.ts";

/** Frames of a flood: many times what is answered in the time it takes. */
const FLOOD = 300;

/** How many replies a rate allows in some time, where as many as in a second may come at once. */
const allowed = (ms: number): number => Math.ceil(LIMITS.replyRate * (ms / 1_000 + 1)) + 1;

/**
 * Floods the server, and says something behind it.
 * @returns how many replies of a type came, and how long it took
 */
async function flood(socket: Socket, frame: string, type: string): Promise<{ replies: number; ms: number }> {
  const started = performance.now();
  for (let count = 0; count < FLOOD; count++) socket.sendText(frame);
  const echo = await say(socket, "behind the flood");
  const replies = socket.received.filter((one) => one.event.type === type && one.index < echo.index).length;
  return { replies, ms: echo.at - started };
}

const customOf = ({ event }: Received): number =>
  Number((event.metadata?.custom as { n?: number } | undefined)?.n);

export const rates: Check[] = [
  {
    id: "4.rate.messages-dropped",
    needs: ["departure:tooFast=documentation"],
    seconds: 60,
    title: "Messages that come too fast may be dropped; the connection stays open, and later ones are taken",
    async run(context) {
      const { socket } = await context.joined();
      for (let n = 0; n < 2 * LIMITS.messageBurst; n++)
        socket.send(EVENT.USER_MESSAGE, { text: `flood ${n}` });
      // The sentence is about time: by then a message is taken again.
      await sleep(1_000);
      await say(socket, "behind the flood");
      socket.ensureOpen();
      socket.send(EVENT.USER_END_SESSION, {});
      await socket.closed();
    },
  },
  ...[
    {
      id: "4.rate.heartbeats",
      title: "Heartbeat echoes: 10 a second, beyond that nothing is sent back; a flood is swallowed",
      frame: JSON.stringify({ type: EVENT.HEARTBEAT, payload: {} }),
      type: EVENT.HEARTBEAT,
    },
    {
      id: "4.rate.errors",
      title: "Error replies: 10 a second, beyond that nothing is sent back; the connection stays open",
      frame: "not JSON",
      type: EVENT.SYSTEM_MESSAGE,
    },
  ].map(
    ({ id, title, frame, type }): Check => ({
      id,
      title,
      async run(context) {
        const { socket } = await context.joined();
        const { replies, ms } = await flood(socket, frame, type);
        ensure(replies >= 1, "some replies", replies);
        ensure(replies <= allowed(ms), `at most ${allowed(ms)} replies in ${ms.toFixed(0)} ms`, replies);
        socket.ensureOpen();
      },
    }),
  ),
  {
    id: "4.rate.messages",
    needs: ["departure:tooFast=here"],
    seconds: 60,
    title: `Too many messages: "${SYSTEM_MESSAGES.rateLimited}" at level warning, and the message was not taken`,
    async run(context) {
      const { socket } = await context.joined();
      const before = socket.last;
      const started = performance.now();
      const count = 2 * LIMITS.messageBurst;
      const custom = (n: number) => ({ n, client_event_id: `flood-${n}` });
      for (let n = 0; n < count; n++) socket.send(EVENT.USER_MESSAGE, { text: `flood ${n}` }, custom(n));
      // The sentence is about time: by then a message is taken again, and all before it have been handled.
      await sleep(1_000);
      const behind = await say(socket, "behind the flood");

      const since = socket.received.slice((before?.index ?? -1) + 1, behind.index);
      const taken = since.filter(({ event }) => event.type === EVENT.USER_MESSAGE);
      const warned = since.filter(({ event }) => event.type === EVENT.SYSTEM_MESSAGE);
      const seconds = ((taken.at(-1)?.at ?? started) - started) / 1_000;
      const most = LIMITS.messageBurst + Math.ceil(LIMITS.messageRate * seconds) + 1;
      ensure(taken.length >= LIMITS.messageBurst, `a burst of ${LIMITS.messageBurst} taken`, taken.length);
      ensure(taken.length <= most, `at most ${most} taken of ${count}`, taken.length);
      ensure(warned.length >= 1, "a warning", warned.length);
      for (const { event } of warned) {
        same(event.payload.message, SYSTEM_MESSAGES.rateLimited, "the warning");
        same(event.payload.level, SYSTEM_LEVEL.warning, "its level");
      }
      const takenNumbers = new Set(taken.map(customOf));
      const both = warned.map(customOf).filter((n) => takenNumbers.has(n));
      same(both, [], "messages that were both echoed and refused");

      // A refused message is taken when it comes again in time, under the same key.
      const refused = customOf(warned[0] as Received);
      socket.send(EVENT.USER_MESSAGE, { text: `flood ${refused}` }, custom(refused));
      const echo = await socket.wait(
        "the echo of the message that had been refused",
        ({ type, metadata }) =>
          type === EVENT.USER_MESSAGE && (metadata?.custom as { n?: number } | undefined)?.n === refused,
      );
      ensure(echo.event.sequence !== null, "a sequenced echo", echo.event);
      socket.send(EVENT.USER_END_SESSION, {});
      await socket.closed();
    },
  },
];
