import type { Suggestion } from "@parley/protocol";
import type { AgentPart, Handoff, Json } from "./agent.ts";

/** What an agent says in one breath: text, a part, several of them, or nothing. */
export type Said = string | AgentPart | null | undefined | false | readonly Said[];

/** A card beside a message. */
export interface Card {
  title: string;
  /** Absolute: where the card leads, or the picture itself. */
  url: string;
  /** A picture on the card, absolute. */
  picture?: string;
  /** What the user taps; the title by default. */
  action?: string;
  /** `image` where the URL is a picture to be shown; `url`, the default, where it is a page. */
  type?: "url" | "image";
}

/** One whole message, with what goes beside its text. */
export const reply = (text: string, ...beside: Said[]): Said => [text, ...beside, { type: "message_end" }];

/** Replies that the user can tap. */
export const suggest = (...replies: (string | Suggestion)[]): AgentPart => ({
  type: "suggestions",
  suggestions: replies.map((one) => (typeof one === "string" ? { message_text: one } : one)),
});

/** Cards or pictures beside the message. */
export const attach = (...cards: Card[]): AgentPart => ({
  type: "attachments",
  attachments: cards.map(({ title, url, picture = "", action = title, type = "url" }) => ({
    title,
    content_url: url,
    preview_image_url: picture,
    content_type: type === "image" ? "ATTACHMENT_CONTENT_TYPE_IMAGE" : "ATTACHMENT_CONTENT_TYPE_URL",
    call_to_action_text: action,
  })),
});

/** A number that the user can call. */
export const call = (title: string, number: string): AgentPart => ({
  type: "call_actions",
  actions: [{ title, contact_number: number }],
});

/** The language from here on, BCP-47; before the text in which it holds. */
export const language = (tag: string): AgentPart => ({ type: "language", language: tag });

/** A person goes on, whom the server finds. Nothing behind it is heard. */
export const handoff = (wish: Omit<Extract<Handoff, { managed: "server" }>, "managed"> = {}): AgentPart => ({
  type: "handoff",
  handoff: { managed: "server", ...wish },
});

/** The client takes the user elsewhere. Nothing behind it is heard. */
export const redirect = (to: {
  reason: "COMPLEX_QUERY" | "AGENT_DECISION" | "POLICY";
  queue: string;
  route: string;
}): AgentPart => ({ type: "handoff", handoff: { managed: "client", ...to } });

/** The conversation is over. Nothing behind it is heard. */
export const end = (): AgentPart => ({ type: "end" });

/** Replaces what the agent remembers of the session: `remember({ ...turn.memory, name })` adds to it. */
export const remember = (values: Readonly<Record<string, Json>>): AgentPart => ({ type: "memory", values });

/** The parts of what was said, in order. */
export function partsIn(said: Said): AgentPart[] {
  if (said === null || said === undefined || said === false) return [];
  if (typeof said === "string") return [{ type: "text", text: said }];
  return isList(said) ? said.flatMap(partsIn) : [said];
}

const isList = (said: AgentPart | readonly Said[]): said is readonly Said[] => Array.isArray(said);
