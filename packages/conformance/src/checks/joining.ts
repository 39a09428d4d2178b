import { EVENT } from "@parley/protocol";
import type { Check } from "../check.ts";
import type { Received } from "../client/recording.ts";
import type { Socket } from "../client/socket.ts";
import { ask, isAgentText, join } from "../conversation.ts";
import { ensure, same } from "../failure.ts";

const JOIN = EVENT.REQUEST_POLY_AGENT_JOIN;

const of = (socket: Socket, type: string): Received[] =>
  socket.received.filter(({ event }) => event.type === type);

/** All that a socket has seen of the joining: one echo, however often, one agent, one greeting. */
function expectOneJoin(socket: Socket, echoes: number): void {
  const ids = of(socket, JOIN).map(({ event }) => `${event.id} ${event.sequence}`);
  same(ids.length, echoes, "echoes of the join");
  same(new Set(ids).size, 1, "different echoes of the join");
  same(of(socket, EVENT.POLY_AGENT_JOINED).length, 1, "POLY_AGENT_JOINED");
}

export const joining: Check[] = [
  {
    id: "4.join.order",
    title: "A join brings its echo, POLY_AGENT_JOINED, POLY_AGENT_THINKING and the greeting, in this order",
    async run(context) {
      const { socket } = await context.connected();
      const { echo, joined, greeting } = await join(socket);
      const first = greeting.parts[0];
      const types = socket.received.slice(echo.index, (first?.index ?? 0) + 1).map(({ event }) => event.type);
      same(
        types,
        [JOIN, EVENT.POLY_AGENT_JOINED, EVENT.POLY_AGENT_THINKING, EVENT.POLY_AGENT_MESSAGE],
        "the events of a join",
      );
      same([echo.event.sequence, joined.event.sequence], [2, 3], "the sequences of echo and joining");
      same(echo.event.payload, {}, "the payload of the echo");
      ensure(greeting.text.trim() !== "", "a greeting with a text", greeting.text);
    },
  },
  {
    id: "4.join.streamed-greeting",
    title: "Where streaming was asked for, the greeting comes in chunks",
    async run(context) {
      const { socket } = await context.connected({ streaming_enabled: true });
      const { greeting } = await join(socket);
      ensure(
        greeting.parts.every(({ event }) => event.type === EVENT.POLY_AGENT_MESSAGE_CHUNK),
        "chunks only",
        greeting.parts.map(({ event }) => event.type),
      );
    },
  },
  {
    id: "4.join.while-joining",
    needs: ["trigger:echo"],
    title: "A second join while the first is under way gets the first one's echo again, and nothing more",
    async run(context) {
      const { socket } = await context.connected();
      socket.send(JOIN, {});
      const first = await socket.waitFor(JOIN);
      socket.send(JOIN, {});
      await socket.waitFor(JOIN, { after: first });
      const before = await socket.wait("a greeting", isAgentText);
      await ask(socket, "fence");
      expectOneJoin(socket, 2);
      const said = socket.received.filter(({ event }) => isAgentText(event));
      same(said.length, 2, `one greeting (${before.event.id}) and one answer`);
    },
  },
  {
    id: "4.join.while-joined",
    needs: ["trigger:echo"],
    title: "A join while joined gets the first join's echo again, and nothing more",
    async run(context) {
      const { socket } = await context.joined();
      const before = socket.last;
      socket.send(JOIN, {});
      await socket.waitFor(JOIN, { after: before });
      await ask(socket, "fence");
      expectOneJoin(socket, 2);
      same(socket.received.filter(({ event }) => isAgentText(event)).length, 2, "a greeting and an answer");
    },
  },
  {
    id: "4.join.other-socket",
    title: "A join on another socket gets the first join's echo, and nobody is greeted twice",
    async run(context) {
      const { session, socket: first } = await context.joined();
      const second = await context.open(session);
      await second.fence();
      const before = second.last;
      second.send(JOIN, {});
      await second.waitFor(JOIN, { after: before });
      await second.fence();
      expectOneJoin(second, 2);
      await first.fence();
      same(of(first, EVENT.POLY_AGENT_JOINED).length, 1, "POLY_AGENT_JOINED on the first socket");
    },
  },
  {
    id: "4.join.survives",
    title: "A join that was echoed is carried out when its socket is gone",
    async run(context) {
      const { session, socket } = await context.connected();
      socket.send(JOIN, {});
      await socket.waitFor(JOIN);
      socket.break();
      const again = await context.open(session, { cursor: 2 });
      await again.waitFor(EVENT.POLY_AGENT_JOINED);
      await again.wait("the greeting", isAgentText);
    },
  },
];
