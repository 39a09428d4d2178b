import type { Attachment, Attributes, ServerEvent, Suggestion } from "@parley/protocol";
import { z } from "zod";

/*
 * What the desk's page and the server say to each other; docs/desk.md tells how it is used. The page imports the types
 * alone (`import type`). Times are milliseconds since 1970 by the server's clock, unless they are named otherwise.
 */

/** `GET /desk/api/sign-in`. */
export interface SignInWays {
  password: true;
  /** OpenID Connect: open `/desk/api/oidc/start`, which comes back to `/desk`. */
  oidc: { label: string } | null;
  /** Who signs in with a click, by `POST /desk/api/sign-in/development`; empty outside development. */
  development: { login: string; name: string; role: Role }[];
}

/** What the page is opened with as `?problem=…` when a sign-in by OpenID Connect came to nothing. */
export type SignInProblem =
  /** The issuer cannot be reached. */
  | "oidc_unavailable"
  /** It took too long, was begun in another browser, or the issuer said no. */
  | "oidc_refused"
  /** The issuer vouches for no e-mail address. */
  | "oidc_no_email"
  /** The address has no account here. */
  | "unknown_account";

export type Role = "agent" | "supervisor";

/** `GET /desk/api/account`, and what every way of signing in answers. */
export interface AccountView {
  /** The `agent_id` of what the person says. */
  id: string;
  login: string;
  name: string;
  /** Empty where there is none. */
  avatar_url: string;
  role: Role;
  skills: string[];
  /** Empty for all. */
  queues: string[];
  /** Conversations at once. */
  capacity: number;
  has_password: boolean;
}

/** `GET /desk/api/today?since=<the page's midnight>`, for supervisors: the handoffs that were asked for since then. */
export interface DeskToday {
  since: number;
  now: number;
  /** Those that still wait or are joined are in `requested` alone. */
  requested: number;
  joined: number;
  /** How those that are over ended. */
  outcomes: Record<Outcome, number>;
  /** From the request until somebody joined, seconds; null where nobody has. */
  wait_seconds: { median: number; p90: number; longest: number } | null;
  /** From the joining to the end, seconds. */
  talk_seconds: { median: number; p90: number; longest: number } | null;
  /** One for each hour of the day so far, oldest first. */
  hours: { from: number; requested: number; joined: number; lost: number }[];
  queues: {
    name: string;
    requested: number;
    joined: number;
    lost: number;
    median_wait_seconds: number | null;
  }[];
  people: { id: string; name: string; joined: number; median_talk_seconds: number | null }[];
}

/**
 * How a handoff ended.
 * - `completed`: by the person · `returned`: given back to the agent
 * - `user_ended`, `user_abandoned`: the user ended it, or showed no sign of life for too long
 * - `failed`, `timed_out`: nobody came
 */
export type Outcome = "completed" | "returned" | "user_ended" | "user_abandoned" | "failed" | "timed_out";

/** Closes the socket for good: who is signed in is not any more. Any other close is one to come back from. */
export const CLOSE_SIGNED_OUT = 4401;

/** A conversation that a person is asked for, or that one has. The unit of work at the desk. */
export interface DeskConversation {
  /** Names this handoff; a session that is handed off again gets another. */
  handoff: string;
  session: string;
  /** `waiting` in its queue · `offered` to one person for a while · `joined` by its owner. */
  state: "waiting" | "offered" | "joined";
  queue: string;
  /** What the person must be able to do; empty for nothing in particular. */
  skills: string[];
  /** Why it was handed off, in the words of whoever did. */
  reason: string | null;
  /** Who waits is in line by this, and by `handoff` where it is the same: the oldest of a queue is next. */
  requested_at: number;
  /** Since when it is in this state, with this owner. */
  since: number;
  /** The id of the person who has it, or to whom it is offered. */
  person: string | null;
  /** `offered`: until when. `joined`: until when its owner, who is not connected, keeps it. Otherwise null. */
  until: number | null;
  user: {
    /** Verified, else claimed, else null: see `details` for which. */
    name: string | null;
    /** `reconnecting`: gone for a moment. */
    presence: "there" | "reconnecting" | "gone";
    presence_since: number;
    typing: boolean;
  };
  /** The last message, shortened to 140 characters. `sequence` is for unread marks. */
  last: { from: "user" | "agent" | "person"; text: string; at: number; sequence: number } | null;
  /** How many messages the user has sent, for unread marks. */
  user_messages: number;
  locale: string | null;
  platform: string;
}

export interface DeskPerson {
  id: string;
  name: string;
  avatar_url: string;
  role: Role;
  skills: string[];
  queues: string[];
  /** `offline`: no browser is connected, and the time of grace is over. */
  status: "available" | "away" | "offline";
  status_since: number;
  /** Whether a browser is connected. One that is not, but not yet `offline`, keeps its conversations. */
  connected: boolean;
  capacity: number;
  /** Conversations the person has. */
  load: number;
}

export interface DeskQueue {
  /** Names the queue, to people and everywhere else. */
  name: string;
  /** Whether it takes conversations at this hour. */
  open: boolean;
  waiting: number;
  /** Since when who is next waits; null where nobody does. */
  oldest_at: number | null;
  /** People who serve it and are available. */
  available: number;
}

export interface CannedReply {
  id: string;
  /** What is typed behind the `/`. */
  shortcut: string;
  title: string;
  /** Markdown. `{{name}}` is for the page to fill in with the user's name, and `{{me}}` with the person's own. */
  text: string;
}

/** One row of a session's journal, as far as it is for people at the desk. */
export type DeskEntry =
  /** What the user's clients see, too; streamed answers come in chunks. */
  | { position: number; kind: "event"; event: ServerEvent & { sequence: number } }
  /** Never reaches the user. */
  | { position: number; kind: "note"; note: { author: string | null; text: string; at: number } };

/** What is known of a session beside what was said. */
export interface DeskDetails {
  session: string;
  created_at: number;
  connector: string;
  host: string;
  platform: string;
  device_type: string | null;
  locale: string | null;
  /** The page the user is on, where the client told (`page_url` or `page` of the attributes). */
  page: string | null;
  /** What the client claims. */
  attributes: Attributes;
  /** What the operator's own backend vouches for; null where it has not. */
  verified: Record<string, string | number | boolean | null> | null;
  /** Of the handoff that stands: what was handed over. */
  summary: string | null;
  context: Record<string, unknown> | null;
}

/** What the server sends, each as one text frame. */
export type DeskFrame =
  /** The first frame of every socket. */
  | {
      type: "hello";
      now: number;
      me: AccountView;
      /** Names this run of the server's counting: a `revision` is of use with it alone. */
      epoch: string;
      limits: {
        offer_seconds: number;
        /** How long a person who is not connected keeps what they have. */
        grace_seconds: number;
        message_bytes: number;
        note_bytes: number;
        /** Conversations that one socket watches at once. */
        watched: number;
      };
      canned: CannedReply[];
    }
  /**
   * What has changed in the lists, whole entries each. `full`: forget the lists of before, here is everything. Keep
   * `epoch` and `revision` and give them when you connect again: then only what you missed comes.
   */
  | {
      type: "desk";
      revision: number;
      full: boolean;
      conversations: DeskConversation[];
      /** Handoffs that are over. */
      over: { handoff: string; outcome: Outcome }[];
      /** Handoffs that are not for your eyes any more: passed on to a queue that you do not serve. */
      hidden: string[];
      people: DeskPerson[];
      /** People who are gone for good. */
      gone: string[];
      queues: DeskQueue[];
    }
  /** The canned replies, all of them, when one has changed. */
  | { type: "canned"; canned: CannedReply[] }
  /** Of a session that is watched: when the watching begins, and when anything in it has changed. */
  | { type: "details"; details: DeskDetails }
  /**
   * Of a session that is watched: rows behind the cursor, ascending, each once. Positions have holes where rows are for
   * nobody's eyes: `through` is the cursor to come back with. `live`: the past is over.
   */
  | { type: "entries"; session: string; entries: DeskEntry[]; through: number; live: boolean }
  /** The command of this key is carried out. `sequence`: of the event that the user got of it, where there is one. */
  | { type: "done"; key: string; sequence: number | null }
  /** It is not, and never will be. */
  | { type: "refused"; key: string; code: RefusalCode; message: string }
  | { type: "pong" };

export type RefusalCode =
  /** Not of the form of a command. */
  | "invalid"
  /** That is for supervisors, or for those who serve the queue. */
  | "forbidden"
  /** There is no such handoff any more, or no such session. */
  | "gone"
  /** Somebody else has it, or it is offered to somebody else. */
  | "taken"
  /** The conversation is not yours. */
  | "not_yours"
  /** You have as many as you can have. */
  | "full"
  /** There is no such queue or person, or the person is not available. */
  | "unknown_target"
  /** The key was used for another command. */
  | "key_reused"
  /** Too many at once. */
  | "too_many"
  /** Nothing can be kept now; the only refusal after which the same command may be sent again. */
  | "unavailable";

/** UTF-8 bytes of one message of a person; the limit of an agent's message. */
export const MESSAGE_BYTES = 65_536;
/** UTF-8 bytes of a note, and of a canned reply. */
export const NOTE_BYTES = 16_384;

const key = z.string().regex(/^[\x21-\x7e]{1,64}$/, "must be 1 to 64 visible ASCII characters");
const id = z.string().min(1).max(128);
const text = (most: number) =>
  z
    .string()
    .refine((value) => value.trim() !== "", "must not be empty")
    .refine((value) => new TextEncoder().encode(value).length <= most, `must not exceed ${most} bytes`);
const uri = z.string().max(2_048);

const attachment = z.strictObject({
  title: z.string().max(1_000),
  preview_image_url: uri.default(""),
  content_url: uri,
  content_type: z.enum(["ATTACHMENT_CONTENT_TYPE_URL", "ATTACHMENT_CONTENT_TYPE_IMAGE"]),
  call_to_action_text: z.string().max(200).default(""),
}) satisfies z.ZodType<Attachment>;
const suggestion = z.strictObject({
  message_text: z.string().min(1).max(1_000),
}) satisfies z.ZodType<Suggestion>;

/**
 * What the page asks of the server, each as one text frame. Those with a `key` are answered by `done` or `refused` with that
 * key. Make a new key for each wish, and send a command again with the same key until it is answered: it is carried out
 * once.
 */
export const deskCommand = z.discriminatedUnion("type", [
  /** Whether the person takes conversations. `away` keeps those they have. */
  z.strictObject({ type: z.literal("status"), key, status: z.enum(["available", "away"]) }),
  /** Takes a conversation that waits or is offered; of another person, if you are a supervisor. */
  z.strictObject({ type: z.literal("take"), key, handoff: id }),
  /** Passes an offer on. */
  z.strictObject({ type: z.literal("decline"), key, handoff: id }),
  /** Says something to the user. Markdown. */
  z.strictObject({
    type: z.literal("say"),
    key,
    handoff: id,
    text: text(MESSAGE_BYTES),
    attachments: z.array(attachment).max(10).default([]),
    suggestions: z.array(suggestion).max(10).default([]),
  }),
  /** For people alone; the user never sees it. */
  z.strictObject({ type: z.literal("note"), key, handoff: id, text: text(NOTE_BYTES) }),
  /** To another queue, or to a person. */
  z.strictObject({
    type: z.literal("transfer"),
    key,
    handoff: id,
    to: z.union([z.strictObject({ queue: id }), z.strictObject({ person: id })]),
  }),
  /** Back to the agent. `note`: what it should know. */
  z.strictObject({
    type: z.literal("give_back"),
    key,
    handoff: id,
    note: text(NOTE_BYTES).nullable().default(null),
  }),
  /** Ends the user's session. */
  z.strictObject({ type: z.literal("end"), key, handoff: id }),
  /** Makes or replaces a canned reply; for supervisors. */
  z.strictObject({
    type: z.literal("put_canned"),
    key,
    reply: z.strictObject({
      id,
      shortcut: z.string().regex(/^[\p{L}\p{N}_-]{1,40}$/u),
      title: z.string().max(200),
      text: text(NOTE_BYTES),
    }),
  }),
  z.strictObject({ type: z.literal("remove_canned"), key, id }),
  /** Follows a session from behind a cursor (0 for its first word) until `unwatch` or the socket's end. */
  z.strictObject({ type: z.literal("watch"), key, session: id, after: z.int().min(0) }),
  z.strictObject({ type: z.literal("unwatch"), session: id }),
  /** Repeat `started` every 5 s at least; the server ends what is not repeated. */
  z.strictObject({ type: z.literal("typing"), handoff: id, state: z.enum(["started", "stopped"]) }),
  /** Answered by `pong`: a browser that wants to know whether anybody is there. */
  z.strictObject({ type: z.literal("ping") }),
]);

/** As the page may write it: what has a default may be left out. */
export type DeskCommand = z.input<typeof deskCommand>;
/** As the server reads it. */
export type ReadCommand = z.output<typeof deskCommand>;
