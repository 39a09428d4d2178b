import { EVENT } from "@parley/protocol";
import type { Check } from "../check.ts";
import { typesOf } from "../client/recording.ts";
import { answerWith, say } from "../conversation.ts";
import { same } from "../failure.ts";
import { GRACE } from "../people.ts";
import { agentSilent, PEOPLE_NEEDS, sequencedAfter, waiting } from "../people-scene.ts";

/** Nobody came: the reason, then the agent, who answers what was written meanwhile. */
const unanswered = (type: "fail" | "time_out", event: string): Check => ({
  id: `6.people.${type.replace("_", "-")}`,
  needs: [...PEOPLE_NEEDS, "trigger:echo"],
  title: `Where nobody comes: ${event.replace("EVENT_TYPE_", "")} with a reason, POLY_AGENT_JOINED, and what was written meanwhile is answered`,
  async run(context) {
    const { socket, people, left } = await waiting(context);
    const echo = await say(socket, "is anybody there?");
    await agentSilent(socket, left);
    await people.do(type, { reason: "All are at lunch." });
    const told = await socket.waitFor(event, { after: echo });
    same(told.event.payload.reason, "All are at lunch.", "the reason");
    const joined = await socket.waitFor(EVENT.POLY_AGENT_JOINED, { after: told });
    same(typesOf(sequencedAfter(socket, echo)).slice(0, 2), [event, EVENT.POLY_AGENT_JOINED], "what follows");
    await answerWith(socket, "is anybody there?", joined);
  },
});

/** The user waits for a person, who comes or does not. */
export const peopleWaiting: Check[] = [
  {
    id: "6.people.agent-silent",
    needs: PEOPLE_NEEDS,
    title:
      "While waiting and while a person talks, what the user writes is echoed, and the agent says nothing",
    async run(context) {
      const { socket, people, left } = await waiting(context);
      const first = await say(socket, "while waiting");
      await people.do("join", { agent: GRACE });
      await socket.waitFor(EVENT.LIVE_AGENT_JOINED, { after: first });
      await say(socket, "while talking");
      await agentSilent(socket, left);
    },
  },
  {
    id: "6.people.queue-status",
    needs: PEOPLE_NEEDS,
    title: "HANDOFF_QUEUE_STATUS says what is known of the wait, and nothing else",
    async run(context) {
      const { socket, people, left } = await waiting(context);
      const status = {
        queue_name: "support",
        position_in_queue: 3,
        estimated_wait_seconds: 60,
        display_message: "Two are before you.",
      };
      await people.do("queue", status);
      const first = await socket.waitFor(EVENT.HANDOFF_QUEUE_STATUS, { after: left });
      same(first.event.payload, status, "the status");
      same(first.event.sequence, null, "its sequence");
      await people.do("queue", { position_in_queue: 2 });
      const second = await socket.waitFor(EVENT.HANDOFF_QUEUE_STATUS, { after: first });
      same(second.event.payload, { position_in_queue: 2 }, "the next status");
    },
  },
  {
    id: "6.people.queue-on-change",
    needs: [...PEOPLE_NEEDS, "departure:queueStatus=here"],
    title: "The place in the queue is told on change only",
    async run(context) {
      const { socket, people, left } = await waiting(context);
      for (const place of [2, 2, 2, 1]) await people.do("queue", { position_in_queue: place });
      await socket.wait(
        "the last place",
        ({ type, payload }) => type === EVENT.HANDOFF_QUEUE_STATUS && payload.position_in_queue === 1,
        { after: left },
      );
      const places = socket.received
        .filter(({ event }) => event.type === EVENT.HANDOFF_QUEUE_STATUS)
        .map(({ event }) => event.payload.position_in_queue);
      same(places, [2, 1], "the places that were told");
    },
  },
  {
    id: "6.people.queue-periodic",
    needs: [...PEOPLE_NEEDS, "departure:queueStatus=documentation"],
    title: "The place in the queue is told again while the user waits",
    async run(context) {
      const { socket, people, left } = await waiting(context);
      await people.do("queue", { position_in_queue: 2 });
      const first = await socket.waitFor(EVENT.HANDOFF_QUEUE_STATUS, { after: left });
      await socket.waitFor(EVENT.HANDOFF_QUEUE_STATUS, { after: first });
    },
  },
  {
    id: "6.people.queue-replayed",
    needs: PEOPLE_NEEDS,
    title: "A socket that comes while the user waits is told its place in the queue behind the replay",
    async run(context) {
      const { session, people, left, socket } = await waiting(context);
      await people.do("queue", { position_in_queue: 2 });
      await socket.waitFor(EVENT.HANDOFF_QUEUE_STATUS, { after: left });
      const another = await context.open(session);
      const status = await another.waitFor(EVENT.HANDOFF_QUEUE_STATUS);
      same(status.event.payload, { position_in_queue: 2 }, "the place");
    },
  },
  unanswered("fail", EVENT.HANDOFF_FAILED),
  unanswered("time_out", EVENT.HANDOFF_TIMEOUT),
];
