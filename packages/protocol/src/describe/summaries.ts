import { type ClientEventType, EVENT, type EventType } from "../event-types.ts";
import { LIMITS } from "../limits.ts";

/** What each event a server sends says, in a sentence. */
export const SUMMARIES: Record<Exclude<EventType, typeof EVENT.USER_TYPING>, string> = {
  [EVENT.REQUEST_POLY_AGENT_JOIN]: "The echo of a client's join.",
  [EVENT.USER_MESSAGE]: "The echo of a user's message: it is on disk.",
  [EVENT.USER_END_SESSION]: "The echo of a user's end.",
  [EVENT.HEARTBEAT]: "The echo of a heartbeat, to its sender only.",
  [EVENT.SESSION_START]: "The session begins; always sequence 1.",
  [EVENT.POLY_AGENT_JOINED]: "The agent is there.",
  [EVENT.POLY_AGENT_THINKING]: "The agent works on an answer; again every 8 s while it does.",
  [EVENT.POLY_AGENT_MESSAGE]:
    "The agent says something, in a session without streaming. When streaming: call actions alone.",
  [EVENT.POLY_AGENT_MESSAGE_CHUNK]: "A part of what the agent says, in a session with streaming.",
  [EVENT.POLY_AGENT_LEFT]: "The agent is gone, for a handoff.",
  [EVENT.POLY_AGENT_TRIGGERED_HANDOFF]: "The agent hands off; nothing of its earlier answer follows.",
  [EVENT.HANDOFF_ACCEPTED]: "A queue has taken the session.",
  [EVENT.HANDOFF_QUEUE_STATUS]: "The place in the queue has changed.",
  [EVENT.HANDOFF_FAILED]: "Nobody takes over; the agent comes back.",
  [EVENT.HANDOFF_TIMEOUT]: "Nobody took over in time; the agent comes back.",
  [EVENT.CLIENT_HANDOFF_REQUIRED]: "The client itself brings the user to where `route` says.",
  [EVENT.LIVE_AGENT_JOINED]: "A person is there.",
  [EVENT.LIVE_AGENT_TYPING]: "The person writes, or has stopped.",
  [EVENT.LIVE_AGENT_MESSAGE]: "The person says something.",
  [EVENT.LIVE_AGENT_LEFT]: "The person is gone, and the chat is over.",
  [EVENT.LANGUAGE_CHANGED]: "What follows is in another language.",
  [EVENT.SYSTEM_MESSAGE]: "An error, a warning or a note, to one socket.",
  [EVENT.SESSION_END]: "The session is over; nothing follows but the close with 1000.",
  [EVENT.EVENT_BATCH]: "A replay: journaled events, ascending, never nested.",
};

/** What each event a client sends asks for, in a sentence. */
export const CLIENT_SUMMARIES: Record<ClientEventType, string> = {
  [EVENT.REQUEST_POLY_AGENT_JOIN]: "Asks the agent in. Echoed; a second one gets the first one's echo again.",
  [EVENT.USER_MESSAGE]: `The user says something, at most ${LIMITS.messageBytes} bytes of UTF-8. Echoed to all sockets, then answered.`,
  [EVENT.USER_TYPING]: "The user writes, or has stopped. Not echoed.",
  [EVENT.USER_END_SESSION]: "The user ends the session. Echoed, then SESSION_END and a close with 1000.",
  [EVENT.HEARTBEAT]: "Keeps the session alive. Echoed to its sender.",
};
