import { randomUUID } from "node:crypto";
import { EVENT, invalidPayload, LIMITS, SYSTEM_LEVEL, SYSTEM_MESSAGES } from "@parley/protocol";
import type { Check } from "../check.ts";
import type { Received } from "../client/recording.ts";
import type { Socket } from "../client/socket.ts";
import { answerAfter, ask, errorAfter, isAgentText } from "../conversation.ts";
import { ensure, same } from "../failure.ts";
import type { Need } from "../needs.ts";

const echoes = ({ received }: Socket): Received[] =>
  received.filter(({ event }) => event.type === EVENT.USER_MESSAGE);

interface Message {
  text?: string;
  custom?: object;
}

/**
 * Sends messages, each when the one before has been echoed: only a client that has had an echo gets it again.
 * @returns the sequences of all echoes so far
 */
async function send(socket: Socket, ...messages: Message[]): Promise<unknown[]> {
  for (const { text = "the same", custom } of messages) {
    const before = socket.last;
    socket.send(EVENT.USER_MESSAGE, { text }, custom);
    await socket.waitFor(EVENT.USER_MESSAGE, { after: before });
  }
  return echoes(socket).map(({ event }) => event.sequence);
}

/** A second copy is the same message, as this protocol says. */
const ONE_MESSAGE: readonly Need[] = ["departure:secondCopy=here"];

const keys = ["local_id", "client_event_id"] as const;

const dashed = (key: string): string => key.replaceAll("_", "-");

const repeated = keys.map(
  (key): Check => ({
    id: `4.key.${dashed(key)}`,
    needs: ONE_MESSAGE,
    title: `A second copy under the same ${key} gets the original echo: same id, same sequence`,
    async run(context) {
      const { socket } = await context.connected();
      const custom = { [key]: randomUUID(), other: { kept: true } };
      same(await send(socket, { custom }, { custom }), [2, 2], "the sequences of the echoes");
      const [first, second] = echoes(socket);
      same(second?.event, first?.event, "the second echo");
    },
  }),
);

const otherText = keys.map(
  (key): Check => ({
    id: `4.key.other-text-${dashed(key)}`,
    needs: ONE_MESSAGE,
    title: `The same ${key} with another text is an error, and the first message stands`,
    async run(context) {
      const { socket } = await context.connected();
      const custom = { [key]: randomUUID() };
      await send(socket, { text: "first", custom });
      socket.send(EVENT.USER_MESSAGE, { text: "second" }, custom);
      const { event } = await errorAfter(socket, undefined);
      const message = invalidPayload(EVENT.USER_MESSAGE, `${key} was used for another text`);
      same(event.payload.message, message, "the error");
      same(event.payload.level, SYSTEM_LEVEL.error, "its level");
      same(event.metadata?.custom, custom, "its metadata.custom");
      same(await send(socket, { text: "first", custom }), [2, 2], "the echoes after the first text again");
    },
  }),
);

const noKeys: { name: string; title: string; value: unknown }[] = [
  { name: "number", title: "a number", value: 5 },
  { name: "null", title: "null", value: null },
  { name: "object", title: "an object", value: { id: "a" } },
  { name: "empty", title: "an empty text", value: "" },
  { name: "long", title: "a text of 129 characters", value: "k".repeat(LIMITS.keyLength + 1) },
];

const notKeys = noKeys.map(
  ({ name, title, value }): Check => ({
    id: `4.key.not-${name}`,
    title: `As local_id, ${title} is no key: two messages`,
    async run(context) {
      const { socket } = await context.connected();
      const custom = { local_id: value };
      same(await send(socket, { custom }, { custom }), [2, 3], "the sequences of the echoes");
    },
  }),
);

export const idempotency: Check[] = [
  ...repeated,
  ...otherText,
  ...notKeys,
  {
    id: "4.key.longest",
    needs: ONE_MESSAGE,
    title: "A text of 128 characters is a key",
    async run(context) {
      const { socket } = await context.connected();
      const custom = { local_id: "k".repeat(LIMITS.keyLength) };
      same(await send(socket, { custom }, { custom }), [2, 2], "the sequences of the echoes");
    },
  },
  {
    id: "4.key.second-message",
    needs: ["departure:secondCopy=documentation"],
    title: "A second copy of a message is a second message",
    async run(context) {
      const { socket } = await context.connected();
      const custom = { local_id: randomUUID() };
      same(await send(socket, { custom }, { custom }), [2, 3], "the sequences of the echoes");
    },
  },
  {
    id: "4.key.none",
    title: "Without a key equal texts are different messages",
    async run(context) {
      const { socket } = await context.connected();
      same(await send(socket, {}, {}), [2, 3], "the sequences of the echoes");
    },
  },
  {
    id: "4.key.different",
    title: "Different keys with equal text are different messages",
    async run(context) {
      const { socket } = await context.connected();
      const sent = [{ custom: { local_id: "one" } }, { custom: { local_id: "two" } }];
      same(await send(socket, ...sent), [2, 3], "the sequences of the echoes");
    },
  },
  {
    id: "4.key.name-spaces",
    title: "local_id and client_event_id are separate name spaces",
    async run(context) {
      const { socket } = await context.connected();
      const sent = [{ custom: { local_id: "k" } }, { custom: { client_event_id: "k" } }];
      same(await send(socket, ...sent), [2, 3], "the sequences of the echoes");
    },
  },
  {
    id: "4.key.local-id-first",
    needs: ONE_MESSAGE,
    title: "Where both are there, local_id is the key",
    async run(context) {
      const { socket } = await context.connected();
      const both = (local_id: string) => ({ custom: { local_id, client_event_id: "same" } });
      same(await send(socket, both("a"), both("b"), both("a")), [2, 3, 2], "the sequences of the echoes");
    },
  },
  {
    id: "4.key.session",
    title: "A key names a message of one session only",
    async run(context) {
      const custom = { local_id: "the same everywhere" };
      const { socket: one } = await context.connected();
      const { socket: two } = await context.connected();
      await send(one, { custom });
      await send(two, { custom });
      const ids = [one, two].map((socket) => echoes(socket)[0]?.event.id);
      ensure(ids[0] !== undefined && ids[1] !== undefined && ids[0] !== ids[1], "two messages", ids);
    },
  },
  {
    id: "4.key.one-turn",
    needs: ["trigger:echo", ...ONE_MESSAGE],
    title: "The second copy starts nothing: one answer",
    async run(context) {
      const { socket } = await context.joined();
      const custom = { local_id: randomUUID() };
      for (let copy = 0; copy < 3; copy++)
        socket.send(EVENT.USER_MESSAGE, { text: "only one answer" }, custom);
      await answerAfter(socket, await socket.waitFor(EVENT.USER_MESSAGE));
      socket.send(EVENT.USER_MESSAGE, { text: "only one answer" }, custom);
      await ask(socket, "fence");
      const answers = socket.received.filter(
        ({ event }) => isAgentText(event) && String(event.payload.text).includes("only one answer"),
      );
      same(answers.length, 1, "answers");
      same(new Set(echoes(socket).map(({ event }) => event.id)).size, 2, "different echoes, fence included");
    },
  },
  {
    id: "4.key.other-socket",
    needs: ONE_MESSAGE,
    title:
      "A socket that has had the echo gets the repetition at once, when another socket sent the first copy",
    async run(context) {
      const { session, socket: first } = await context.connected();
      const custom = { local_id: randomUUID() };
      await send(first, { custom });
      const second = await context.open(session);
      await second.fence();
      same(await send(second, { custom }), [2, 2], "replayed and repeated");
    },
  },
  {
    id: "4.key.in-turn",
    needs: ONE_MESSAGE,
    title: "A socket that has not had the echo yet gets it in its turn: once, or again behind it",
    async run(context) {
      const { session, socket: first } = await context.connected();
      const custom = { local_id: randomUUID() };
      await send(first, { custom });
      const second = await context.open(session);
      // As soon as it is open, so that the copy may well come before the replay has.
      second.send(EVENT.USER_MESSAGE, { text: "the same" }, custom);
      await second.fence();
      const sequences = second.history.map(({ sequence }) => sequence);
      const once = sequences.length === 2 ? [1, 2] : [1, 2, 2];
      same(sequences, once, "the sequences that came");
    },
  },
  {
    id: "4.key.with-cursor",
    needs: ONE_MESSAGE,
    title: "Behind a cursor the sender of a copy still gets the original echo",
    async run(context) {
      const { session, socket: first } = await context.connected();
      const custom = { local_id: randomUUID() };
      await send(first, { custom });
      first.break();
      const second = await context.open(session, { cursor: 2 });
      await second.fence();
      // The cursor says that this client has had it, on another socket.
      second.send(EVENT.USER_MESSAGE, { text: "the same" }, custom);
      const { event } = await second.waitFor(EVENT.USER_MESSAGE);
      same(event, echoes(first)[0]?.event, "the original echo");
    },
  },
  {
    id: "4.key.not-used-up",
    title: "A refused message does not use up its key",
    async run(context) {
      const { socket } = await context.joined();
      const custom = { local_id: randomUUID() };
      const before = socket.last;
      socket.send(EVENT.USER_MESSAGE, { text: "x".repeat(LIMITS.messageBytes + 1) }, custom);
      const { event } = await errorAfter(socket, before);
      same(event.payload.message, SYSTEM_MESSAGES.messageTooLarge, "the refusal");
      await send(socket, { text: "shorter", custom });
      same(
        echoes(socket).map(({ event }) => event.payload.text),
        ["shorter"],
        "the echoes",
      );
    },
  },
];
