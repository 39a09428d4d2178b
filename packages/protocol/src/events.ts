import { z } from "zod";
import {
  ATTACHMENT_TYPE,
  type ClientEventType,
  END_REASON,
  EVENT,
  SYSTEM_LEVEL,
  TYPING_STATE,
} from "./event-types.ts";

/** A card or picture beside a message [section 5]. URLs are valid RFC 3986. */
export const attachmentSchema = z.object({
  title: z.string(),
  preview_image_url: z.string(),
  content_url: z.string(),
  content_type: z.enum(Object.values(ATTACHMENT_TYPE)),
  call_to_action_text: z.string(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

/** A reply the user can tap [section 5]. */
export const suggestionSchema = z.object({ message_text: z.string(), payload: z.string().optional() });
export type Suggestion = z.infer<typeof suggestionSchema>;

/** A number the user can call [section 5]. */
export const callActionSchema = z.object({ title: z.string(), contact_number: z.string() });
export type CallAction = z.infer<typeof callActionSchema>;

const body = {
  message_id: z.string(),
  text: z.string(),
  attachments: z.array(attachmentSchema),
  response_suggestions: z.array(suggestionSchema),
};
const empty = z.object({});
const level = z.enum(Object.values(SYSTEM_LEVEL));
const typingState = z.enum(Object.values(TYPING_STATE));

/** The payload of every event a server sends, by type [section 5]. */
export const payloadSchemas = {
  [EVENT.SESSION_START]: z.object({
    capabilities: z.object({
      streaming: z.boolean(),
      max_message_size_bytes: z.number(),
      max_reconnect_attempts: z.number(),
      heartbeat_interval_seconds: z.number(),
    }),
    context_id: z.string().optional(),
  }),
  [EVENT.REQUEST_POLY_AGENT_JOIN]: empty,
  [EVENT.USER_MESSAGE]: z.object({ message_id: z.string(), text: z.string() }),
  [EVENT.USER_END_SESSION]: empty,
  [EVENT.HEARTBEAT]: empty,
  [EVENT.POLY_AGENT_JOINED]: z.object({ agent_name: z.string(), agent_avatar_url: z.string() }),
  [EVENT.POLY_AGENT_THINKING]: empty,
  [EVENT.POLY_AGENT_MESSAGE]: z.object({
    ...body,
    chat_call_actions: z.array(callActionSchema).optional(),
    agent_name: z.string().optional(),
    avatar_url: z.string().optional(),
    end_conversation: z.boolean().optional(),
  }),
  [EVENT.POLY_AGENT_MESSAGE_CHUNK]: z.object({
    ...body,
    chunk_index: z.number().int().min(1),
    is_complete: z.boolean(),
    /** Only on a chunk that a replay folded: the index of the first of those it stands for. */
    first_chunk_index: z.number().int().min(1).optional(),
  }),
  [EVENT.POLY_AGENT_LEFT]: empty,
  [EVENT.POLY_AGENT_TRIGGERED_HANDOFF]: empty,
  [EVENT.HANDOFF_ACCEPTED]: z.object({ queue_name: z.string().optional() }),
  [EVENT.HANDOFF_QUEUE_STATUS]: z.object({
    queue_name: z.string().optional(),
    position_in_queue: z.number().optional(),
    estimated_wait_seconds: z.number().optional(),
    display_message: z.string().optional(),
  }),
  [EVENT.HANDOFF_FAILED]: z.object({ reason: z.string().optional() }),
  [EVENT.HANDOFF_TIMEOUT]: z.object({ reason: z.string().optional() }),
  [EVENT.CLIENT_HANDOFF_REQUIRED]: z.object({
    reason: z.enum(["COMPLEX_QUERY", "AGENT_DECISION", "POLICY"]),
    queue_name: z.string(),
    route: z.string(),
  }),
  [EVENT.LIVE_AGENT_JOINED]: z.object({
    agent: z.object({ id: z.string(), name: z.string(), avatar_url: z.string() }),
    agent_id: z.string(),
    agent_name: z.string(),
    avatar_url: z.string(),
  }),
  [EVENT.LIVE_AGENT_TYPING]: z.object({ state: typingState, agent_id: z.string() }),
  [EVENT.LIVE_AGENT_MESSAGE]: z.object({
    ...body,
    agent_id: z.string(),
    agent_name: z.string().optional(),
    avatar_url: z.string().optional(),
  }),
  [EVENT.LIVE_AGENT_LEFT]: z.object({
    agent_id: z.string().optional(),
    agent_name: z.string().optional(),
    reason: z.string().optional(),
  }),
  [EVENT.LANGUAGE_CHANGED]: z.object({ language_code: z.string() }),
  [EVENT.SYSTEM_MESSAGE]: z.object({ level, message: z.string(), code: z.string().optional() }),
  [EVENT.SESSION_END]: z.object({ reason: z.enum(Object.values(END_REASON)) }),
} as const;

export type Payloads = { [Type in keyof typeof payloadSchemas]: z.infer<(typeof payloadSchemas)[Type]> };

/** The types of events that stand alone on the wire; all but the batch. */
export type SingleEventType = keyof Payloads;

export interface Metadata {
  /** The client's own object, equal to what it sent after JSON parsing [section 3]. */
  custom: object;
}

/** One event from the server [section 3]. */
export type ServerEvent = {
  [Type in SingleEventType]: {
    /** UUID, never reused, the same at every replay. */
    id: string;
    /** 1, 2, 3 … in the journal; null for a transient event. */
    sequence: number | null;
    /** UTC RFC 3339 with exactly three fractional digits. */
    timestamp: string;
    type: Type;
    payload: Payloads[Type];
    metadata?: Metadata;
  };
}[SingleEventType];

/** The server event of one type. */
export type EventOf<Type extends SingleEventType> = Extract<ServerEvent, { type: Type }>;

/** A replay: sequenced events, ascending, never nested [section 5]. */
export interface EventBatch {
  id: string;
  sequence: null;
  timestamp: string;
  type: typeof EVENT.EVENT_BATCH;
  payload: { events: ServerEvent[] };
}

/** The payload of each of the five events a client sends [section 4]. */
export const clientPayloadSchemas = {
  [EVENT.REQUEST_POLY_AGENT_JOIN]: empty,
  [EVENT.USER_MESSAGE]: z.object({ text: z.string().min(1) }),
  [EVENT.USER_TYPING]: z.object({ state: typingState }),
  [EVENT.USER_END_SESSION]: empty,
  [EVENT.HEARTBEAT]: empty,
} as const satisfies Record<ClientEventType, z.ZodType>;

/** One valid event from a client. `custom` is the very object that was parsed, never a copy. */
export type ClientEvent = {
  [Type in ClientEventType]: {
    type: Type;
    payload: z.infer<(typeof clientPayloadSchemas)[Type]>;
    custom?: object;
  };
}[ClientEventType];
