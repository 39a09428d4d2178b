/**
 * The wire as a client sees it [protocol sections 3 to 5]. Written out, so that an editor shows fields and not the schemas
 * they come from; `wire.test.ts` holds them against `@parley/protocol`.
 */

/** A card or picture beside a message. */
export interface Attachment {
  title: string;
  preview_image_url: string;
  content_url: string;
  content_type: "ATTACHMENT_CONTENT_TYPE_URL" | "ATTACHMENT_CONTENT_TYPE_IMAGE";
  call_to_action_text: string;
}

/** A reply the user can tap: send its `message_text`. */
export interface Suggestion {
  message_text: string;
  payload?: string | undefined;
}

/** A number the user can call. */
export interface CallAction {
  title: string;
  contact_number: string;
}

export interface Capabilities {
  streaming: boolean;
  /** UTF-8 bytes of a message's text. */
  max_message_size_bytes: number;
  max_reconnect_attempts: number;
  heartbeat_interval_seconds: number;
}

export type EndReason = "REASON_USER_END" | "REASON_USER_ABANDONED" | "REASON_NATURAL_END";
export type TypingState = "TYPING_STATE_STARTED" | "TYPING_STATE_STOPPED";
export type SystemLevel =
  | "SYSTEM_MESSAGE_LEVEL_INFO"
  | "SYSTEM_MESSAGE_LEVEL_WARNING"
  | "SYSTEM_MESSAGE_LEVEL_ERROR";

type Nothing = Record<string, never>;

interface Body {
  message_id: string;
  /** Markdown. */
  text: string;
  attachments: Attachment[];
  response_suggestions: Suggestion[];
}

/** The payload of every event from the server, by type. */
export interface Payloads {
  EVENT_TYPE_SESSION_START: { capabilities: Capabilities; context_id?: string | undefined };
  EVENT_TYPE_REQUEST_POLY_AGENT_JOIN: Nothing;
  EVENT_TYPE_USER_MESSAGE: { message_id: string; text: string };
  EVENT_TYPE_USER_END_SESSION: Nothing;
  EVENT_TYPE_HEARTBEAT: Nothing;
  EVENT_TYPE_POLY_AGENT_JOINED: { agent_name: string; agent_avatar_url: string };
  EVENT_TYPE_POLY_AGENT_THINKING: Nothing;
  EVENT_TYPE_POLY_AGENT_MESSAGE: Body & {
    chat_call_actions?: CallAction[] | undefined;
    agent_name?: string | undefined;
    avatar_url?: string | undefined;
    end_conversation?: boolean | undefined;
  };
  EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK: Body & {
    /** From 1. */
    chunk_index: number;
    is_complete: boolean;
    /** Only on a chunk that a replay folded: the index of the first of those it stands for. */
    first_chunk_index?: number | undefined;
  };
  EVENT_TYPE_POLY_AGENT_LEFT: Nothing;
  EVENT_TYPE_POLY_AGENT_TRIGGERED_HANDOFF: Nothing;
  EVENT_TYPE_HANDOFF_ACCEPTED: { queue_name?: string | undefined };
  EVENT_TYPE_HANDOFF_QUEUE_STATUS: {
    queue_name?: string | undefined;
    position_in_queue?: number | undefined;
    estimated_wait_seconds?: number | undefined;
    display_message?: string | undefined;
  };
  EVENT_TYPE_HANDOFF_FAILED: { reason?: string | undefined };
  EVENT_TYPE_HANDOFF_TIMEOUT: { reason?: string | undefined };
  EVENT_TYPE_CLIENT_HANDOFF_REQUIRED: {
    reason: "COMPLEX_QUERY" | "AGENT_DECISION" | "POLICY";
    queue_name: string;
    route: string;
  };
  EVENT_TYPE_LIVE_AGENT_JOINED: {
    agent: { id: string; name: string; avatar_url: string };
    agent_id: string;
    agent_name: string;
    avatar_url: string;
  };
  EVENT_TYPE_LIVE_AGENT_TYPING: { state: TypingState; agent_id: string };
  EVENT_TYPE_LIVE_AGENT_MESSAGE: Body & {
    agent_id: string;
    agent_name?: string | undefined;
    avatar_url?: string | undefined;
  };
  EVENT_TYPE_LIVE_AGENT_LEFT: {
    agent_id?: string | undefined;
    agent_name?: string | undefined;
    reason?: string | undefined;
  };
  EVENT_TYPE_LANGUAGE_CHANGED: { language_code: string };
  EVENT_TYPE_SYSTEM_MESSAGE: { level: SystemLevel; message: string; code?: string | undefined };
  EVENT_TYPE_SESSION_END: { reason: EndReason };
}

export type ServerEventType = keyof Payloads;

/** One event from the server. Told apart by `type`. */
export type ServerEvent = {
  [Type in ServerEventType]: {
    /** UUID, the same at every replay. */
    id: string;
    /** 1, 2, 3 … in the session's history; null for what is true only for a while. */
    sequence: number | null;
    /** UTC, RFC 3339. */
    timestamp: string;
    type: Type;
    payload: Payloads[Type];
    metadata?: { custom: object };
  };
}[ServerEventType];

/** The event of one type. */
export type EventOf<Type extends ServerEventType> = Extract<ServerEvent, { type: Type }>;

/** A replay; the connection takes it apart. */
export interface EventBatch {
  id: string;
  sequence: null;
  timestamp: string;
  type: "EVENT_TYPE_EVENT_BATCH";
  payload: { events: ServerEvent[] };
}

/** The payload of each event a client may send. */
export interface ClientPayloads {
  EVENT_TYPE_REQUEST_POLY_AGENT_JOIN: Nothing;
  EVENT_TYPE_USER_MESSAGE: { text: string };
  EVENT_TYPE_USER_TYPING: { state: TypingState };
  EVENT_TYPE_USER_END_SESSION: Nothing;
  EVENT_TYPE_HEARTBEAT: Nothing;
}

export type ClientEventType = keyof ClientPayloads;

/** One event to the server. `custom` comes back with the echo: at most 16 KB as JSON, 32 levels deep. */
export type ClientEvent = {
  [Type in ClientEventType]: { type: Type; payload: ClientPayloads[Type]; custom?: object };
}[ClientEventType];
