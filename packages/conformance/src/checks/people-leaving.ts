import { EVENT } from "@parley/protocol";
import type { Check } from "../check.ts";
import { typesOf } from "../client/recording.ts";
import { answerWith, isAgentText, say, trigger } from "../conversation.ts";
import { ensure, same } from "../failure.ts";
import { ALAN, People } from "../people.ts";
import { PEOPLE_NEEDS, sequencedAfter, talking } from "../people-scene.ts";

/** A person gives the conversation back or on. */
export const peopleLeaving: Check[] = [
  {
    id: "6.people.return",
    needs: [...PEOPLE_NEEDS, "trigger:echo", "departure:agentReturn=here"],
    title: "Given back to the agent: POLY_AGENT_JOINED without LIVE_AGENT_LEFT, and the agent goes on",
    async run(context) {
      const { socket, people, joined } = await talking(context);
      await people.do("return", { reason: "All is settled." });
      const back = await socket.waitFor(EVENT.POLY_AGENT_JOINED, { after: joined });
      same(typesOf(sequencedAfter(socket, joined))[0], EVENT.POLY_AGENT_JOINED, "what follows the talk");
      const echo = await say(socket, "one more thing");
      await answerWith(socket, "one more thing", echo);
      const left = socket.received.some(({ event }) => event.type === EVENT.LIVE_AGENT_LEFT);
      ensure(!left, "no LIVE_AGENT_LEFT", typesOf(socket.received.slice(back.index)));
    },
  },
  {
    id: "6.people.return-left",
    needs: [...PEOPLE_NEEDS, "departure:agentReturn=documentation"],
    title: "Given back to the agent: LIVE_AGENT_LEFT, then POLY_AGENT_JOINED",
    async run(context) {
      const { socket, people, joined } = await talking(context);
      await people.do("return");
      const left = await socket.waitFor(EVENT.LIVE_AGENT_LEFT, { after: joined });
      await socket.waitFor(EVENT.POLY_AGENT_JOINED, { after: left });
    },
  },
  {
    id: "6.people.return-unanswered",
    needs: [...PEOPLE_NEEDS, "trigger:echo"],
    title: "The agent that is back does not answer what a person has seen",
    async run(context) {
      const { socket, people, joined } = await talking(context);
      await say(socket, "this is for the person");
      await people.do("return");
      const back = await socket.waitFor(EVENT.POLY_AGENT_JOINED, { after: joined });
      const echo = await say(socket, "and this for the agent");
      await answerWith(socket, "and this for the agent", echo);
      const seen = socket.received
        .slice(back.index)
        .some(({ event }) => isAgentText(event) && JSON.stringify(event).includes("this is for the person"));
      ensure(!seen, "no answer to what was for the person", typesOf(socket.received.slice(back.index)));
    },
  },
  {
    id: "6.people.transfer",
    needs: PEOPLE_NEEDS,
    title:
      "Transferred: HANDOFF_QUEUE_STATUS with a display_message, then LIVE_AGENT_JOINED, no LIVE_AGENT_LEFT",
    async run(context) {
      const { socket, people, joined } = await talking(context);
      await people.do("transfer", { display_message: "Alan knows more." });
      const status = await socket.waitFor(EVENT.HANDOFF_QUEUE_STATUS, { after: joined });
      same(status.event.payload.display_message, "Alan knows more.", "the line");
      await say(socket, "hello Alan?");
      await people.do("join", { agent: ALAN });
      const next = await socket.waitFor(EVENT.LIVE_AGENT_JOINED, { after: status });
      same(next.event.payload.agent_id, ALAN.id, "who has joined");
      await people.do("message", { text: "Hello." });
      const said = await socket.waitFor(EVENT.LIVE_AGENT_MESSAGE, { after: next });
      same(said.event.payload.agent_id, ALAN.id, "who speaks");
      same(
        typesOf(sequencedAfter(socket, joined)),
        [EVENT.USER_MESSAGE, EVENT.LIVE_AGENT_JOINED, EVENT.LIVE_AGENT_MESSAGE],
        "the events",
      );
    },
  },
  {
    id: "6.people.again",
    needs: [...PEOPLE_NEEDS, "trigger:echo"],
    title: "A session can be handed off again, and what the first one's people do is not heard any more",
    async run(context) {
      const { session, socket, people: first, joined } = await talking(context);
      await first.do("return");
      await socket.waitFor(EVENT.POLY_AGENT_JOINED, { after: joined });
      const echo = await say(socket, trigger(context.profile, "handoff"));
      await socket.waitFor(EVENT.POLY_AGENT_LEFT, { after: echo });
      const second = await People.of(context, session);
      ensure(second.id !== first.id, "another handoff", second.id);
      same((await first.ask("message", { text: "Late." })).status, 409, "the answer to a word of the first");
      await second.do("join", { agent: ALAN });
      const next = await socket.waitFor(EVENT.LIVE_AGENT_JOINED, { after: echo });
      same(next.event.payload.agent_id, ALAN.id, "who has joined");
    },
  },
];
