import { EVENT, LIMITS, SYSTEM_LEVEL, SYSTEM_MESSAGES } from "@parley/protocol";
import type { Check } from "../check.ts";
import { sleep } from "../client/pace.ts";
import type { Received } from "../client/recording.ts";
import type { Socket } from "../client/socket.ts";
import { answerWith, join, say } from "../conversation.ts";
import { ensure, same } from "../failure.ts";
import type { Need } from "../needs.ts";

/** How much later than meant the hint may come on a busy machine, milliseconds. */
const LATE = 1_500;

const hints = ({ received }: Socket): Received[] =>
  received.filter(({ event }) => event.payload.message === SYSTEM_MESSAGES.noConversation);

/** There is one error about a session's state, as this protocol says. */
const ONE_ERROR: readonly Need[] = ["departure:sessionErrors=here"];

/** Sends messages before joining, and a heartbeat behind them. @returns how many were echoed, and the refusals */
async function sendEarly(socket: Socket, texts: readonly string[]) {
  const before = socket.last;
  for (const text of texts) socket.send(EVENT.USER_MESSAGE, { text });
  const fence = await socket.fence();
  const since = socket.received.slice((before?.index ?? -1) + 1, fence.index);
  return {
    echoed: since.filter(({ event }) => event.type === EVENT.USER_MESSAGE).length,
    refused: since.filter(({ event }) => event.payload.message === SYSTEM_MESSAGES.rateLimited).length,
  };
}

const tooMuch: { name: string; title: string; texts: string[]; kept: number }[] = [
  {
    name: "messages",
    title: `At most ${LIMITS.keptMessages} messages`,
    texts: Array.from({ length: LIMITS.keptMessages + 2 }, (_, n) => `early ${n}`),
    kept: LIMITS.keptMessages,
  },
  {
    name: "bytes",
    title: "At most 64 KB",
    texts: ["x".repeat(LIMITS.keptBytes / 2), "y".repeat(LIMITS.keptBytes / 2 + 1), "still room"],
    kept: 2,
  },
];

export const beforeJoining: Check[] = [
  ...tooMuch.map(
    ({ name, title, texts, kept }): Check => ({
      id: `4.unjoined.most-${name}`,
      needs: ["departure:tooFast=here"],
      title: `${title} are kept before a join; others are refused, and their sender is told`,
      async run(context) {
        const { socket } = await context.connected();
        same(
          await sendEarly(socket, texts),
          { echoed: kept, refused: texts.length - kept },
          "what became of them",
        );
      },
    }),
  ),
  {
    id: "4.unjoined.state-error",
    needs: ["departure:sessionErrors=documentation"],
    title: "Who talks before joining is told so by an error, whatever its text",
    async run(context) {
      const { socket } = await context.connected();
      await say(socket, "is anybody there?");
      const { event } = await socket.waitFor(EVENT.SYSTEM_MESSAGE);
      same(event.payload.level, SYSTEM_LEVEL.error, "its level");
    },
  },
  {
    id: "4.unjoined.kept",
    needs: ["trigger:echo"],
    title: "Before the agent has joined a message is echoed, kept, and answered after the greeting",
    async run(context) {
      const { socket } = await context.connected();
      const early = await say(socket, "an early bird");
      const second = await say(socket, "another one");
      same([early.event.sequence, second.event.sequence], [2, 3], "the sequences of the echoes");
      const { greeting } = await join(socket);
      const first = await answerWith(socket, "an early bird", greeting.last);
      const last = await answerWith(socket, "another one", greeting.last);
      ensure(first.last.index <= last.last.index, "answers in order", [first.text, last.text]);
    },
  },
  {
    id: "4.unjoined.hint",
    needs: ONE_ERROR,
    title: "If no join comes within 500 ms the sender is told: Error: Conversation not found",
    async run(context) {
      const { socket } = await context.connected();
      const sent = performance.now();
      await say(socket, "is anybody there?");
      const hint = await socket.waitFor(EVENT.SYSTEM_MESSAGE);
      same(hint.event.payload.message, SYSTEM_MESSAGES.noConversation, "the message");
      same(hint.event.payload.level, SYSTEM_LEVEL.error, "its level");
      same(hint.event.sequence, null, "its sequence");
      const after = hint.at - sent;
      const inTime = after >= LIMITS.joinHintMs - 5 && after <= LIMITS.joinHintMs + LATE;
      ensure(inTime, `${LIMITS.joinHintMs} ms after the message`, `${after.toFixed(0)} ms`);
    },
  },
  {
    id: "4.unjoined.hint-once",
    needs: ONE_ERROR,
    title: "That is told once a session, to the sender alone",
    async run(context) {
      const { session, socket } = await context.connected();
      const other = await context.open(session);
      await say(socket, "is anybody there?");
      await socket.waitFor(EVENT.SYSTEM_MESSAGE);
      await say(socket, "hello?");
      await say(other, "and here?");
      // The sentence is about time: a second hint would come within it.
      await sleep(2 * LIMITS.joinHintMs);
      await Promise.all([socket.fence(), other.fence()]);
      same(hints(socket).length, 1, "hints to the sender");
      same(hints(other).length, 0, "hints to the other socket");
    },
  },
  {
    id: "4.unjoined.no-hint",
    title: "A client that joins in time is not told",
    async run(context) {
      const { socket } = await context.connected();
      await say(socket, "I shall join at once");
      await join(socket);
      // The sentence is about time: a hint would come within it.
      await sleep(2 * LIMITS.joinHintMs);
      await socket.fence();
      same(hints(socket).length, 0, "hints");
    },
  },
];
