/** Which of the two a server is expected to do: as this protocol says, or as the original's documentation says. */
export type Side = "here" | "documentation";

/**
 * Where the protocol departs from the original's documentation [section 9], as far as it shows from outside. For each
 * of them the profile says which side is expected, and there are checks for both.
 */
export const DEPARTURES = {
  firstBatch: {
    documentation: "the first batch always contains SESSION_START",
    here: "with a cursor it holds only what is behind it",
  },
  secondCopy: {
    documentation: "a second copy of a message is a second message",
    here: "under the same key it is the same message",
  },
  tooFast: {
    documentation: "messages that come too fast may be dropped in silence",
    here: "they are refused with a warning",
  },
  endedSession: {
    documentation: "an ended session answers 404 at once",
    here: "for a grace it can still be read to its end",
  },
  queueStatus: {
    documentation: "the place in the queue is told periodically",
    here: "it is told on change",
  },
  agentReturn: {
    documentation: "LIVE_AGENT_LEFT comes before the agent returns",
    here: "it is left out, since clients lock the conversation on it",
  },
  hosts: {
    documentation: "X-Host must be one of the connector's hosts exactly",
    here: "a domain also stands for its subdomains",
  },
  sessionErrors: {
    documentation: "an error tells a client that talks before joining which state its session is in",
    here: "it is always `Error: Conversation not found`",
  },
  sixthEvent: {
    documentation: "voice add-ons send a sixth event (`sixthEvent` names it)",
    here: "it is refused like every unknown type",
  },
} as const satisfies Record<string, Record<Side, string>>;

export type Departure = keyof typeof DEPARTURES;

export const DEPARTURE_NAMES = Object.keys(DEPARTURES) as Departure[];
