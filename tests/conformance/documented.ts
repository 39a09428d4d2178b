import type { Departure } from "@parley/conformance";
import { EVENT, SYSTEM_MESSAGES } from "@parley/protocol";
import {
  type Event,
  events,
  isBatch,
  isUpgrade,
  type Mischief,
  made,
  paying,
  queryOf,
  refusal,
  without,
} from "./mischief.ts";

/** A server that does what the original's documentation says, where this protocol says otherwise. */
interface Documented {
  departure: Departure;
  mischief: Mischief;
  /** Checks of this protocol, which it fails. */
  here: string[];
  /** Checks of the documentation, which it passes. */
  documentation: string[];
  /** Checks that hold on either side, and have to know which one it is. */
  both: string[];
}

/** Sessions that were seen to end. */
const ended = new Set<string>();

export const documented: Documented[] = [
  {
    departure: "firstBatch",
    mischief: {
      toClient() {
        let start: Event | null = null;
        return (frame) => {
          if (!isBatch(frame) || start !== null) return [frame];
          const inside = frame.payload.events as Event[];
          const has = inside.some(({ type }) => type === EVENT.SESSION_START);
          start = { ...frame, sequence: 1, type: EVENT.SESSION_START, payload: { capabilities } };
          return [
            has ? frame : paying(frame, { events: [{ ...start, id: crypto.randomUUID() }, ...inside] }),
          ];
        };
      },
    },
    here: ["5.replay.nothing-new"],
    documentation: ["5.replay.start-always"],
    both: ["2.cursor.plain", "2.cursor.last", "5.replay.every-cursor", "7.grace.rest", "3.sequence.dense"],
  },
  {
    departure: "secondCopy",
    mischief: {
      toServer: () => (text) => [text.replaceAll('"local_id"', '"hidden_id"')],
      toClient: () => (frame) => [JSON.parse(JSON.stringify(frame).replaceAll('"hidden_id"', '"local_id"'))],
    },
    here: ["4.key.local-id", "4.key.other-text-local-id"],
    documentation: ["4.key.second-message"],
    both: ["4.key.none", "4.key.not-used-up"],
  },
  {
    departure: "tooFast",
    mischief: without(({ payload }) => payload.message === SYSTEM_MESSAGES.rateLimited),
    here: ["4.unjoined.most-messages"],
    documentation: ["4.rate.messages-dropped"],
    both: ["4.rate.heartbeats"],
  },
  {
    departure: "endedSession",
    mischief: {
      ...events((link) => (event) => {
        if (event.type === EVENT.SESSION_END) ended.add(link.session);
        return [event];
      }),
      intercept: (request) =>
        isUpgrade(request) && ended.has(queryOf(request).get("session_id") ?? "")
          ? refusal(404, "session not found")
          : undefined,
    },
    here: ["7.grace.whole", "7.ended.not-reopened"],
    documentation: ["7.ended.at-once"],
    both: ["4.end.order", "4.end.all-sockets"],
  },
  {
    departure: "queueStatus",
    mischief: {
      toClient: () => (frame) =>
        frame.type === EVENT.HANDOFF_QUEUE_STATUS ? [frame, { ...frame, id: crypto.randomUUID() }] : [frame],
    },
    here: ["6.people.queue-on-change"],
    documentation: ["6.people.queue-periodic"],
    both: ["6.people.queue-replayed", "6.people.transfer"],
  },
  {
    departure: "agentReturn",
    mischief: events(() => {
      let hasPerson = false;
      return (event) => {
        if (event.type === EVENT.LIVE_AGENT_JOINED) hasPerson = true;
        if (event.type !== EVENT.POLY_AGENT_JOINED || !hasPerson) return [event];
        hasPerson = false;
        return [made(EVENT.LIVE_AGENT_LEFT), event];
      };
    }),
    here: ["6.people.return"],
    documentation: ["6.people.return-left"],
    both: ["6.people.return-unanswered", "6.people.again"],
  },
  {
    departure: "hosts",
    mischief: {
      intercept: ({ headers: { "x-host": host } }) =>
        host !== undefined && host !== "localhost" ? refusal(401, "Failed to validate connector") : undefined,
    },
    here: ["1.host.subdomain"],
    documentation: ["1.host.exact"],
    both: ["1.token.wrong-host"],
  },
  {
    departure: "sessionErrors",
    mischief: events(() => (event) => [
      event.payload.message === SYSTEM_MESSAGES.noConversation
        ? paying(event, { message: "Error: Conversation not started" })
        : event,
    ]),
    here: ["4.unjoined.hint"],
    documentation: ["4.unjoined.state-error"],
    both: ["4.unjoined.kept", "4.unjoined.no-hint"],
  },
  {
    departure: "sixthEvent",
    mischief: { toServer: () => (text) => (text.includes("EVENT_TYPE_SIXTH") ? [] : [text]) },
    here: ["4.error.sixth-event"],
    documentation: ["4.event.sixth"],
    both: ["4.error.unknown-type"],
  },
];

const capabilities = {
  streaming: false,
  max_message_size_bytes: 131_072,
  max_reconnect_attempts: 20,
  heartbeat_interval_seconds: 30,
};
