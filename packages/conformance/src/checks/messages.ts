import { EVENT, TYPING_STATE } from "@parley/protocol";
import type { Check } from "../check.ts";
import { answerWith, ask, say, textOf, waitTrigger } from "../conversation.ts";
import { ensure, same } from "../failure.ts";

export const messages: Check[] = [
  {
    id: "4.message.echo",
    title: "A message is echoed, sequenced, with a message_id of the server's and its text",
    async run(context) {
      const { socket } = await context.connected();
      const one = await say(socket, "first");
      const two = await say(socket, "second");
      same([one.event.sequence, two.event.sequence], [2, 3], "the sequences");
      const ids = [one, two].map(({ event }) => event.payload.message_id);
      ensure(
        ids.every((id) => typeof id === "string" && id !== "") && ids[0] !== ids[1],
        "two message_ids",
        ids,
      );
      same(textOf(one.event), "first", "the text");
    },
  },
  {
    id: "4.message.all-sockets",
    title: "A message is echoed to all sockets, the same event to each",
    async run(context) {
      const { session, socket: first } = await context.connected();
      const second = await context.open(session);
      const echo = await say(first, "for all to see");
      const other = await second.waitFor(EVENT.USER_MESSAGE);
      same(other.event, echo.event, "the echo on the second socket");
    },
  },
  {
    id: "4.message.answer",
    needs: ["trigger:echo"],
    title: "Behind the echo come POLY_AGENT_THINKING and the answer",
    async run(context) {
      const { socket } = await context.joined();
      const { echo, answer } = await ask(socket, "a table for two, please");
      const between = socket.received.slice(echo.index + 1, answer.last.index).map(({ event }) => event.type);
      ensure(
        between.includes(EVENT.POLY_AGENT_THINKING),
        "POLY_AGENT_THINKING between echo and answer",
        between,
      );
      ensure(answer.text.includes("a table for two, please"), "the text in the answer", answer.text);
    },
  },
  {
    id: "4.message.while-answering",
    needs: ["trigger:echo", "trigger:wait"],
    title: "While the agent is answering, further messages are echoed at once and answered in order",
    async run(context) {
      const { socket } = await context.joined();
      const first = await say(socket, waitTrigger(context.profile, 2));
      await socket.waitFor(EVENT.POLY_AGENT_THINKING, { after: first });
      const second = await say(socket, "the second matter");
      const third = await say(socket, "the third matter");
      const answers = [
        await answerWith(socket, "", first),
        await answerWith(socket, "the second matter", third),
        await answerWith(socket, "the third matter", third),
      ].map(({ last }) => last.index);
      ensure(third.index < (answers[0] ?? 0), "both echoes before the first answer", {
        echoes: [second.index, third.index],
        answers,
      });
      same(
        answers,
        answers.toSorted((a, b) => a - b),
        "the answers, in the order of the messages",
      );
    },
  },
  {
    id: "4.typing.no-echo",
    title: "Typing is not echoed",
    async run(context) {
      const { session, socket } = await context.joined();
      const other = await context.open(session);
      await other.fence();
      await socket.fence();
      const [before, beforeOther] = [socket.last, other.last];
      socket.send(EVENT.USER_TYPING, { state: TYPING_STATE.started });
      socket.send(EVENT.USER_TYPING, { state: TYPING_STATE.stopped });
      const fence = await socket.fence();
      same(fence.index, (before?.index ?? 0) + 1, "the place of the next event that comes");
      const fenceOther = await other.fence();
      same(fenceOther.index, (beforeOther?.index ?? 0) + 1, "the same on another socket");
    },
  },
  {
    id: "4.heartbeat.echo",
    title: "A heartbeat is echoed to its sender only, transient",
    async run(context) {
      const { session, socket } = await context.connected();
      const other = await context.open(session);
      const before = socket.last;
      socket.send(EVENT.HEARTBEAT, {}, { beat: 1 });
      const { event } = await socket.waitFor(EVENT.HEARTBEAT, { after: before });
      same([event.sequence, event.payload], [null, {}], "sequence and payload");
      // Both sockets see this; a heartbeat for both would have come before.
      const echo = await say(socket, "fence");
      await other.wait("the message", ({ id }) => id === echo.event.id);
      ensure(
        !other.received.some(({ event }) => event.type === EVENT.HEARTBEAT),
        "no heartbeat",
        other.last?.event,
      );
    },
  },
];
