import { CLOSE, END_REASON, EVENT } from "@parley/protocol";
import type { Check } from "../check.ts";
import { typesOf } from "../client/recording.ts";
import { FORMS, say } from "../conversation.ts";
import { ensure, same } from "../failure.ts";
import { ALAN, GRACE } from "../people.ts";
import { agentSilent, PEOPLE_NEEDS, sequencedAfter, talking, waiting } from "../people-scene.ts";

/** A person and a user talk. */
export const people: Check[] = [
  ...FORMS.map(
    ({ form, streaming_enabled }): Check => ({
      id: `6.people.whole-${form}`,
      needs: PEOPLE_NEEDS,
      title:
        "A handoff from its beginning to its end: accepted, joined, the talk, LIVE_AGENT_LEFT, SESSION_END, close 1000",
      async run(context) {
        const { socket, people, left } = await waiting(context, { streaming_enabled });
        await people.do("accept", { queue_name: "support" });
        const accepted = await socket.waitFor(EVENT.HANDOFF_ACCEPTED, { after: left });
        same(accepted.event.payload.queue_name, "support", "the queue");
        await people.do("join", { agent: GRACE });
        const joined = await socket.waitFor(EVENT.LIVE_AGENT_JOINED, { after: accepted });
        const { id: agent_id, name: agent_name, avatar_url } = GRACE;
        same(
          joined.event.payload,
          { agent: { id: agent_id, name: agent_name, avatar_url }, agent_id, agent_name, avatar_url },
          "who has joined, in both forms",
        );
        await people.do("message", { text: "Hello, I am **Grace**." });
        const said = await socket.waitFor(EVENT.LIVE_AGENT_MESSAGE, { after: joined });
        const { message_id, text, attachments, response_suggestions } = said.event.payload;
        ensure(typeof message_id === "string" && message_id !== "", "a message_id", said.event);
        same(
          { text, attachments, response_suggestions, agent_id: said.event.payload.agent_id },
          { text: "Hello, I am **Grace**.", attachments: [], response_suggestions: [], agent_id },
          "what was said",
        );
        await say(socket, "thank you");
        await people.do("end");
        const end = await socket.waitFor(EVENT.SESSION_END, { after: said });
        same(end.event.payload.reason, END_REASON.natural, "the reason of the end");
        same(
          typesOf(sequencedAfter(socket, left)),
          [
            EVENT.HANDOFF_ACCEPTED,
            EVENT.LIVE_AGENT_JOINED,
            EVENT.LIVE_AGENT_MESSAGE,
            EVENT.USER_MESSAGE,
            EVENT.LIVE_AGENT_LEFT,
            EVENT.SESSION_END,
          ],
          "the events of the handoff",
        );
        same((await socket.closed()).code, CLOSE.ended, "the close code");
      },
    }),
  ),
  {
    id: "6.people.beside",
    needs: PEOPLE_NEEDS,
    title: "A person's cards and suggestions reach the user as they are",
    async run(context) {
      const { socket, people, joined } = await talking(context);
      const card = {
        title: "The house",
        content_url: "https://example.com/house",
        preview_image_url: "https://example.com/house.png",
        content_type: "ATTACHMENT_CONTENT_TYPE_URL",
        call_to_action_text: "See it",
      };
      const suggestions = [{ message_text: "Thanks" }, { message_text: "More", payload: "more" }];
      await people.do("message", {
        text: "Look:",
        attachments: [card],
        response_suggestions: suggestions,
      });
      const { event } = await socket.waitFor(EVENT.LIVE_AGENT_MESSAGE, { after: joined });
      same(event.payload.attachments, [card], "the cards");
      same(event.payload.response_suggestions, suggestions, "the suggestions");
    },
  },
  {
    id: "6.people.once",
    needs: PEOPLE_NEEDS,
    title: "A command that is delivered twice is carried out once, also at once and after the end",
    async run(context) {
      const { socket, people, joined } = await talking(context);
      const hello = { text: "Only once." };
      const answers = await Promise.all([1, 2, 3].map(() => people.do("message", hello, "delivery-1")));
      const said = await socket.waitFor(EVENT.LIVE_AGENT_MESSAGE, { after: joined });
      for (const { json } of answers) {
        same((json as { sequence?: unknown }).sequence, said.event.sequence, "the sequence of the message");
      }
      await people.do("end", {}, "delivery-2");
      await people.do("message", hello, "delivery-1");
      await people.do("end", {}, "delivery-2");
      await socket.closed();
      const count = socket.received.filter(({ event }) => event.type === EVENT.LIVE_AGENT_MESSAGE).length;
      same(count, 1, "how often it was said");
    },
  },
  {
    id: "6.people.one-speaker",
    needs: PEOPLE_NEEDS,
    title: "Two people never speak at once, and nobody before they have joined",
    async run(context) {
      const { socket, people, left } = await waiting(context);
      same(
        (await people.ask("message", { text: "Too early." })).status,
        409,
        "the answer to a word too early",
      );
      await people.do("join", { agent: GRACE });
      const joined = await socket.waitFor(EVENT.LIVE_AGENT_JOINED, { after: left });
      same((await people.ask("join", { agent: ALAN })).status, 409, "the answer to a second person");
      const other = { text: "Me too.", agent_id: ALAN.id };
      same((await people.ask("message", other)).status, 409, "the answer to a word of a second person");
      await socket.fence();
      same(typesOf(sequencedAfter(socket, joined)), [], "what the user hears of it");
    },
  },
  {
    id: "6.people.replay",
    needs: PEOPLE_NEEDS,
    title:
      "A socket that comes back during the talk gets what a person has said, once, and hears what follows",
    async run(context) {
      const { session, socket, people, joined } = await talking(context);
      await people.do("message", { text: "Before." });
      await socket.waitFor(EVENT.LIVE_AGENT_MESSAGE, { after: joined });
      socket.break();
      await people.do("message", { text: "Meanwhile." });
      const again = await context.open(session, { cursor: Number(joined.event.sequence) });
      const first = await again.waitFor(EVENT.LIVE_AGENT_MESSAGE);
      const second = await again.waitFor(EVENT.LIVE_AGENT_MESSAGE, { after: first });
      await people.do("message", { text: "After." });
      const third = await again.waitFor(EVENT.LIVE_AGENT_MESSAGE, { after: second });
      const texts = [first, second, third].map(({ event }) => event.payload.text);
      same(texts, ["Before.", "Meanwhile.", "After."], "what was said");
    },
  },
  {
    id: "6.people.user-ends",
    needs: PEOPLE_NEEDS,
    title: "The user ends the talk: the echo, SESSION_END, and nothing of the person's is heard any more",
    async run(context) {
      const { socket, people, joined } = await talking(context);
      socket.send(EVENT.USER_END_SESSION, {});
      const end = await socket.waitFor(EVENT.SESSION_END, { after: joined });
      same(end.event.payload.reason, END_REASON.user, "the reason");
      same(
        typesOf(sequencedAfter(socket, joined)),
        [EVENT.USER_END_SESSION, EVENT.SESSION_END],
        "the events",
      );
      same(
        (await people.ask("message", { text: "Are you there?" })).status,
        409,
        "the answer to a late word",
      );
    },
  },
  {
    id: "6.people.join-harmless",
    needs: PEOPLE_NEEDS,
    title: "A join from the client while a person talks does no harm",
    async run(context) {
      const { socket, people, joined } = await talking(context);
      const first = socket.received.find(({ event }) => event.type === EVENT.REQUEST_POLY_AGENT_JOIN);
      socket.send(EVENT.REQUEST_POLY_AGENT_JOIN, {});
      const echo = await socket.waitFor(EVENT.REQUEST_POLY_AGENT_JOIN, { after: joined });
      same(echo.event.id, first?.event.id, "the first join's echo");
      await agentSilent(socket, joined);
      await people.do("message", { text: "Still here." });
      await socket.waitFor(EVENT.LIVE_AGENT_MESSAGE, { after: joined });
    },
  },
];
