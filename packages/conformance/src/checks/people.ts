import { CLOSE, END_REASON, EVENT, TYPING_STATE } from "@parley/protocol";
import type { Check } from "../check.ts";
import type { Received, WireEvent } from "../client/recording.ts";
import type { Socket } from "../client/socket.ts";
import type { Context, Session } from "../context.ts";
import { answerWith, isAgentText, say, trigger } from "../conversation.ts";
import { ensure, same } from "../failure.ts";
import type { Need } from "../needs.ts";
import { ALAN, GRACE, People } from "../people.ts";

const NEEDS: readonly Need[] = ["people", "trigger:handoff"];

const forms = [
  { form: "message", streaming_enabled: false },
  { form: "stream", streaming_enabled: true },
] as const;

const types = (received: readonly Received[]): string[] => received.map(({ event }) => event.type);
const sequenced = (socket: Socket, after: Received): Received[] =>
  socket.received.slice(after.index + 1).filter(({ event }) => event.sequence !== null);

interface Scene {
  session: Session;
  socket: Socket;
  people: People;
  /** `POLY_AGENT_LEFT`. */
  left: Received;
}

/** A user who has asked for a person. */
async function waiting(context: Context, body: { streaming_enabled?: boolean } = {}): Promise<Scene> {
  const { session, socket } = await context.joined(body);
  const echo = await say(socket, trigger(context.profile, "handoff"));
  const left = await socket.waitFor(EVENT.POLY_AGENT_LEFT, { after: echo });
  return { session, socket, left, people: await People.of(context, session) };
}

/** One who talks to a person. */
async function talking(
  context: Context,
  body: { streaming_enabled?: boolean } = {},
): Promise<Scene & { joined: Received }> {
  const scene = await waiting(context, body);
  await scene.people.do("join", { agent: GRACE });
  const joined = await scene.socket.waitFor(EVENT.LIVE_AGENT_JOINED, { after: scene.left });
  return { ...scene, joined };
}

const isTyping =
  (state: keyof typeof TYPING_STATE) =>
  ({ type, payload }: WireEvent): boolean =>
    type === EVENT.LIVE_AGENT_TYPING && payload.state === TYPING_STATE[state];

const isOfAgent = (event: WireEvent): boolean =>
  isAgentText(event) || event.type === EVENT.POLY_AGENT_THINKING;

/** Nothing of the agent's between something that came and now. */
async function agentSilent(socket: Socket, after: Received): Promise<void> {
  await socket.fence();
  const heard = socket.received.slice(after.index).filter(({ event }) => isOfAgent(event));
  ensure(heard.length === 0, "nothing of the agent's", types(heard));
}

/** Nobody came: the reason, then the agent, who answers what was written meanwhile. */
const unanswered = (type: "fail" | "time_out", event: string): Check => ({
  id: `6.people.${type.replace("_", "-")}`,
  needs: [...NEEDS, "trigger:echo"],
  title: `Where nobody comes: ${event.replace("EVENT_TYPE_", "")} with a reason, POLY_AGENT_JOINED, and what was written meanwhile is answered`,
  async run(context) {
    const { socket, people, left } = await waiting(context);
    const echo = await say(socket, "is anybody there?");
    await agentSilent(socket, left);
    await people.do(type, { reason: "All are at lunch." });
    const told = await socket.waitFor(event, { after: echo });
    same(told.event.payload.reason, "All are at lunch.", "the reason");
    const joined = await socket.waitFor(EVENT.POLY_AGENT_JOINED, { after: told });
    same(types(sequenced(socket, echo)).slice(0, 2), [event, EVENT.POLY_AGENT_JOINED], "what follows");
    await answerWith(socket, "is anybody there?", joined);
  },
});

export const people: Check[] = [
  ...forms.map(
    ({ form, streaming_enabled }): Check => ({
      id: `6.people.whole-${form}`,
      needs: NEEDS,
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
          types(sequenced(socket, left)),
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
    needs: NEEDS,
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
    id: "6.people.agent-silent",
    needs: NEEDS,
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
    needs: NEEDS,
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
    needs: [...NEEDS, "departure:queueStatus=here"],
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
    needs: [...NEEDS, "departure:queueStatus=documentation"],
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
    needs: NEEDS,
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
  {
    id: "6.people.typing",
    needs: NEEDS,
    title: "A person's typing is told with a stop for each start, also where words or the end follow",
    async run(context) {
      const { socket, people, joined } = await talking(context);
      await people.do("typing", { state: "started" });
      const first = await socket.wait("a start", isTyping("started"), { after: joined });
      same(first.event.payload.agent_id, GRACE.id, "who types");
      await people.do("typing", { state: "stopped" });
      const second = await socket.wait("its stop", isTyping("stopped"), { after: first });
      await people.do("typing", { state: "started" });
      const third = await socket.wait("a start", isTyping("started"), { after: second });
      await people.do("message", { text: "Here you are." });
      await socket.wait("the stop behind words", isTyping("stopped"), { after: third });
      const said = await socket.waitFor(EVENT.LIVE_AGENT_MESSAGE, { after: third });
      await people.do("typing", { state: "started" });
      const last = await socket.wait("a start", isTyping("started"), { after: said });
      await people.do("end");
      const left = await socket.waitFor(EVENT.LIVE_AGENT_LEFT, { after: last });
      ensure(
        socket.received.slice(last.index + 1, left.index).some(({ event }) => isTyping("stopped")(event)),
        "a stop before LIVE_AGENT_LEFT",
        types(socket.received.slice(last.index)),
      );
    },
  },
  {
    id: "6.people.typing-vanished",
    needs: NEEDS,
    title: "Typing of a person who vanishes is stopped",
    async run(context) {
      const { socket, people, joined } = await talking(context);
      await people.do("typing", { state: "started" });
      const started = await socket.wait("a start", isTyping("started"), { after: joined });
      await socket.wait("its stop", isTyping("stopped"), { after: started, within: 20_000 });
    },
  },
  {
    id: "6.people.once",
    needs: NEEDS,
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
    id: "6.people.return",
    needs: [...NEEDS, "trigger:echo", "departure:agentReturn=here"],
    title: "Given back to the agent: POLY_AGENT_JOINED without LIVE_AGENT_LEFT, and the agent goes on",
    async run(context) {
      const { socket, people, joined } = await talking(context);
      await people.do("return", { reason: "All is settled." });
      const back = await socket.waitFor(EVENT.POLY_AGENT_JOINED, { after: joined });
      same(types(sequenced(socket, joined))[0], EVENT.POLY_AGENT_JOINED, "what follows the talk");
      const echo = await say(socket, "one more thing");
      await answerWith(socket, "one more thing", echo);
      const left = socket.received.some(({ event }) => event.type === EVENT.LIVE_AGENT_LEFT);
      ensure(!left, "no LIVE_AGENT_LEFT", types(socket.received.slice(back.index)));
    },
  },
  {
    id: "6.people.return-left",
    needs: [...NEEDS, "departure:agentReturn=documentation"],
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
    needs: [...NEEDS, "trigger:echo"],
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
      ensure(!seen, "no answer to what was for the person", types(socket.received.slice(back.index)));
    },
  },
  {
    id: "6.people.transfer",
    needs: NEEDS,
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
        types(sequenced(socket, joined)),
        [EVENT.USER_MESSAGE, EVENT.LIVE_AGENT_JOINED, EVENT.LIVE_AGENT_MESSAGE],
        "the events",
      );
    },
  },
  {
    id: "6.people.one-speaker",
    needs: NEEDS,
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
      same(types(sequenced(socket, joined)), [], "what the user hears of it");
    },
  },
  unanswered("fail", EVENT.HANDOFF_FAILED),
  unanswered("time_out", EVENT.HANDOFF_TIMEOUT),
  {
    id: "6.people.again",
    needs: [...NEEDS, "trigger:echo"],
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
  {
    id: "6.people.replay",
    needs: NEEDS,
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
    needs: NEEDS,
    title: "The user ends the talk: the echo, SESSION_END, and nothing of the person's is heard any more",
    async run(context) {
      const { socket, people, joined } = await talking(context);
      socket.send(EVENT.USER_END_SESSION, {});
      const end = await socket.waitFor(EVENT.SESSION_END, { after: joined });
      same(end.event.payload.reason, END_REASON.user, "the reason");
      same(types(sequenced(socket, joined)), [EVENT.USER_END_SESSION, EVENT.SESSION_END], "the events");
      same(
        (await people.ask("message", { text: "Are you there?" })).status,
        409,
        "the answer to a late word",
      );
    },
  },
  {
    id: "6.people.join-harmless",
    needs: NEEDS,
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
