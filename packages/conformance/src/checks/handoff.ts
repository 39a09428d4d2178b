import { EVENT, SYSTEM_MESSAGES } from "@parley/protocol";
import type { Check } from "../check.ts";
import { type Received, sequenced, typesOf } from "../client/recording.ts";
import type { Socket } from "../client/socket.ts";
import type { Context, Session } from "../context.ts";
import { answerWith, ask, FORMS, isAgentText, say, textOf, trigger } from "../conversation.ts";
import { ensure, same } from "../failure.ts";
import { People } from "../people.ts";

/** What came, without what is transient, from one event up to another. */
const sequencedFrom = ({ received }: Socket, from: Received, to: Received): Received[] =>
  sequenced(received.slice(from.index, to.index + 1));

/**
 * Asks for a person; where the suite plays people, none of them can come.
 *
 * @returns how the handoff went on: accepted, failed or timed out
 */
async function askForPerson(
  context: Context,
  session: Session,
  socket: Socket,
): Promise<{ triggered: Received; outcome: Received }> {
  const echo = await say(socket, trigger(context.profile, "handoff"));
  const triggered = await socket.waitFor(EVENT.POLY_AGENT_TRIGGERED_HANDOFF, { after: echo });
  if (context.profile.people !== undefined) {
    await socket.waitFor(EVENT.POLY_AGENT_LEFT, { after: triggered });
    await (await People.of(context, session)).do("fail", { reason: "Nobody can come." });
  }
  const outcome = await socket.wait("what becomes of the handoff", ({ type }) => OUTCOMES.has(type), {
    after: triggered,
  });
  return { triggered, outcome };
}

const OUTCOMES: ReadonlySet<string> = new Set([
  EVENT.HANDOFF_ACCEPTED,
  EVENT.HANDOFF_FAILED,
  EVENT.HANDOFF_TIMEOUT,
]);

/** Where nobody takes over: the agent is back. Where somebody may, there is nothing to check here. */
async function agentBack(socket: Socket, outcome: Received): Promise<Received | null> {
  if (outcome.event.type === EVENT.HANDOFF_ACCEPTED) return null;
  return socket.waitFor(EVENT.POLY_AGENT_JOINED, { after: outcome });
}

/** Asks for what the client itself must do. */
async function sendElsewhere(socket: Socket, text: string): Promise<{ triggered: Received; left: Received }> {
  const echo = await say(socket, text);
  const triggered = await socket.waitFor(EVENT.POLY_AGENT_TRIGGERED_HANDOFF, { after: echo });
  return { triggered, left: await socket.waitFor(EVENT.POLY_AGENT_LEFT, { after: triggered }) };
}

export const handoff: Check[] = [
  ...FORMS.map(
    ({ form, streaming_enabled }): Check => ({
      id: `6.server.order-${form}`,
      needs: ["trigger:handoff"],
      title:
        "A server-managed handoff: POLY_AGENT_TRIGGERED_HANDOFF, POLY_AGENT_LEFT, then what becomes of it",
      async run(context) {
        const { session, socket } = await context.joined({ streaming_enabled });
        const { triggered, outcome } = await askForPerson(context, session, socket);
        const expected = [EVENT.POLY_AGENT_TRIGGERED_HANDOFF, EVENT.POLY_AGENT_LEFT, outcome.event.type];
        same(typesOf(sequencedFrom(socket, triggered, outcome)), expected, "the events of the handoff");
      },
    }),
  ),
  {
    id: "6.server.back",
    needs: ["trigger:handoff"],
    title: "A handoff that failed has a reason, then the agent is back and speaks",
    async run(context) {
      const { session, socket } = await context.joined();
      const { outcome } = await askForPerson(context, session, socket);
      const joined = await agentBack(socket, outcome);
      if (joined === null) return;
      const { reason } = outcome.event.payload;
      ensure(typeof reason === "string" && reason !== "", "a reason", outcome.event);
      await socket.wait("what the agent says about it", isAgentText, { after: joined });
    },
  },
  {
    id: "6.server.nothing-of-before",
    needs: ["trigger:handoff"],
    title: "From POLY_AGENT_TRIGGERED_HANDOFF on nothing of the agent's earlier answer arrives",
    async run(context) {
      const { session, socket } = await context.joined({ streaming_enabled: true });
      const { triggered, outcome } = await askForPerson(context, session, socket);
      const until = (await agentBack(socket, outcome)) ?? outcome;
      const between = socket.received.slice(triggered.index, until.index);
      ensure(!between.some(({ event }) => isAgentText(event)), "no text of the agent", typesOf(between));
    },
  },
  {
    id: "6.server.again",
    needs: ["trigger:handoff", "trigger:echo"],
    title: "A session can be handed off again, and the agent that is back answers as before",
    async run(context) {
      const { session, socket } = await context.joined();
      for (let times = 0; times < 2; times++) {
        const { outcome } = await askForPerson(context, session, socket);
        if ((await agentBack(socket, outcome)) === null) return;
        const echo = await say(socket, `after handoff number ${times}`);
        await answerWith(socket, `after handoff number ${times}`, echo);
      }
    },
  },
  {
    id: "6.server.join-harmless",
    needs: ["trigger:handoff", "trigger:echo"],
    title: "A join from the client does no harm when the agent is back",
    async run(context) {
      const { session, socket } = await context.joined();
      const { outcome } = await askForPerson(context, session, socket);
      if ((await agentBack(socket, outcome)) === null) return;
      const before = socket.last;
      socket.send(EVENT.REQUEST_POLY_AGENT_JOIN, {});
      await socket.waitFor(EVENT.REQUEST_POLY_AGENT_JOIN, { after: before });
      const echo = await say(socket, "behind the join");
      await answerWith(socket, "behind the join", echo);
      const joined = socket.received.filter(({ event }) => event.type === EVENT.POLY_AGENT_JOINED);
      same(joined.length, 2, "POLY_AGENT_JOINED, at the beginning and after the handoff");
    },
  },
  ...FORMS.map(
    ({ form, streaming_enabled }): Check => ({
      id: `6.client.order-${form}`,
      needs: ["trigger:clientHandoff"],
      title:
        "A client-managed handoff: POLY_AGENT_TRIGGERED_HANDOFF, CLIENT_HANDOFF_REQUIRED, POLY_AGENT_LEFT",
      async run(context) {
        const { socket } = await context.joined({ streaming_enabled });
        const { triggered, left } = await sendElsewhere(socket, trigger(context.profile, "clientHandoff"));
        same(
          typesOf(sequencedFrom(socket, triggered, left)),
          [EVENT.POLY_AGENT_TRIGGERED_HANDOFF, EVENT.CLIENT_HANDOFF_REQUIRED, EVENT.POLY_AGENT_LEFT],
          "the events of the handoff",
        );
        const required = await socket.waitFor(EVENT.CLIENT_HANDOFF_REQUIRED, { after: triggered });
        const { route, queue_name } = required.event.payload;
        ensure(route !== "" && queue_name !== "", "a route and a queue", required.event);
      },
    }),
  ),
  {
    id: "6.client.unattended",
    needs: ["trigger:clientHandoff", "trigger:echo"],
    title: "After it messages are kept; the next join gets a new echo, no greeting, and they are answered",
    async run(context) {
      const { socket } = await context.joined();
      const first = await socket.waitFor(EVENT.REQUEST_POLY_AGENT_JOIN);
      await sendElsewhere(socket, trigger(context.profile, "clientHandoff"));
      const kept = await say(socket, "is anybody left?");
      const hint = await socket.waitFor(EVENT.SYSTEM_MESSAGE, { after: kept });
      same(hint.event.payload.message, SYSTEM_MESSAGES.noConversation, "the hint");
      ensure(
        !socket.received.slice(kept.index).some(({ event }) => isAgentText(event)),
        "no answer while nobody is there",
        typesOf(socket.received.slice(kept.index)),
      );

      socket.send(EVENT.REQUEST_POLY_AGENT_JOIN, {});
      const echo = await socket.waitFor(EVENT.REQUEST_POLY_AGENT_JOIN, { after: hint });
      ensure(echo.event.id !== first.event.id, "a new echo", echo.event);
      const joined = await socket.waitFor(EVENT.POLY_AGENT_JOINED, { after: echo });
      const said = await socket.wait("what the agent says", isAgentText, { after: joined });
      const text = textOf(said.event);
      ensure(text.includes("is anybody left?"), "the answer to what was kept, without a greeting", text);
    },
  },
  {
    id: "6.client.goes-on",
    needs: ["trigger:clientHandoff", "trigger:echo"],
    title: "After that join the conversation goes on",
    async run(context) {
      const { socket } = await context.joined();
      const { left } = await sendElsewhere(socket, trigger(context.profile, "clientHandoff"));
      socket.send(EVENT.REQUEST_POLY_AGENT_JOIN, {});
      await socket.waitFor(EVENT.POLY_AGENT_JOINED, { after: left });
      const { answer } = await ask(socket, "here I am again");
      ensure(answer.text.includes("here I am again"), "an answer to the message, no greeting", answer.text);
    },
  },
];
