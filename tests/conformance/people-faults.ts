import { EVENT, TYPING_STATE } from "@parley/protocol";
import type { Fault } from "./fault.ts";
import { each, events, late, made, paying, without } from "./mischief.ts";

const WHOLE = "6.people.whole-message";
const AGAIN = "6.people.again";

/** What may be wrong where people take over. */
export const peopleFaults: Fault[] = [
  {
    does: "says what a person says twice",
    mischief: events(
      () => (event) =>
        event.type === EVENT.LIVE_AGENT_MESSAGE ? [event, { ...event, id: crypto.randomUUID() }] : [event],
    ),
    caughtBy: ["6.people.once", WHOLE, "6.people.replay"],
    spares: ["6.people.typing", AGAIN],
  },
  {
    does: "loses what a person says to a socket that was away",
    mischief: events(
      () => (event, batched) => (batched && event.type === EVENT.LIVE_AGENT_MESSAGE ? [] : [event]),
    ),
    caughtBy: ["6.people.replay"],
    spares: [WHOLE, "6.people.once"],
  },
  {
    does: "does not say that a person has stopped typing",
    mischief: without(
      ({ type, payload }) => type === EVENT.LIVE_AGENT_TYPING && payload.state === TYPING_STATE.stopped,
    ),
    caughtBy: ["6.people.typing"],
    spares: [WHOLE, "6.people.once"],
  },
  {
    does: "lets the agent think while a person talks",
    mischief: events(() => {
      let hasPerson = false;
      return (event) => {
        if (event.type === EVENT.LIVE_AGENT_JOINED) hasPerson = true;
        const thinks = hasPerson && event.type === EVENT.USER_MESSAGE;
        return thinks ? [event, made(EVENT.POLY_AGENT_THINKING)] : [event];
      };
    }),
    caughtBy: ["6.people.agent-silent"],
    spares: [WHOLE, "6.people.return"],
  },
  {
    does: "says that a person has joined behind what they say",
    mischief: late(({ type }) => type === EVENT.LIVE_AGENT_JOINED),
    caughtBy: [WHOLE, "6.people.transfer"],
    spares: ["6.people.queue-status", "6.people.queue-on-change"],
  },
  {
    does: "says who has joined in one form only",
    mischief: each(EVENT.LIVE_AGENT_JOINED, ({ payload: { agent }, ...event }) => ({
      ...event,
      payload: { agent },
    })),
    caughtBy: [WHOLE],
    spares: ["6.people.once", "6.people.return"],
  },
  {
    does: "ends a talk without saying that the person is gone",
    mischief: without(({ type }) => type === EVENT.LIVE_AGENT_LEFT),
    caughtBy: [WHOLE, "6.people.typing"],
    spares: ["6.people.user-ends", "6.people.return"],
  },
  {
    does: "gives no reason where nobody came",
    mischief: each(EVENT.HANDOFF_FAILED, (event) => ({ ...event, payload: {} })),
    caughtBy: ["6.people.fail", "6.server.back"],
    spares: ["6.people.time-out", AGAIN],
  },
  {
    does: "says that nobody came in time as if nobody had been there",
    mischief: each(EVENT.HANDOFF_TIMEOUT, (event) => ({ ...event, type: EVENT.HANDOFF_FAILED })),
    caughtBy: ["6.people.time-out"],
    spares: ["6.people.fail", AGAIN],
  },
  {
    does: "forgets the place in the queue for sockets that come later",
    mischief: {
      toClient: (link) => (frame) =>
        frame.type === EVENT.HANDOFF_QUEUE_STATUS && link.others.length > 0 ? [] : [frame],
    },
    caughtBy: ["6.people.queue-replayed"],
    spares: ["6.people.queue-status", "6.people.queue-on-change"],
  },
  {
    does: "changes what a person shows beside their words",
    mischief: each(EVENT.LIVE_AGENT_MESSAGE, (event) => paying(event, { attachments: [] })),
    caughtBy: ["6.people.beside"],
    spares: [WHOLE, "6.people.once"],
  },
];
