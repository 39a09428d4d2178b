import type { UIMessage, UIMessageChunk } from "ai";
import type { Message } from "../view.ts";

/** A part of a message as the AI SDK names them: what stands beside the text. */
export type Part = Extract<UIMessageChunk, { type: "source-url" | "file" | `data-${string}` }>;

/**
 * What stands beside a message's text: pictures as files, links as sources, calls as `data-call-action`.
 * Addresses with another scheme than http are left out.
 */
export function partsOf({ id, attachments, callActions }: Message): Part[] {
  const parts: Part[] = [];
  attachments.forEach(({ content_type, content_url: url, title }, index) => {
    if (!/^https?:/i.test(url)) return;
    if (content_type === "ATTACHMENT_CONTENT_TYPE_IMAGE")
      parts.push({ type: "file", url, mediaType: "image/*" });
    else parts.push({ type: "source-url", sourceId: `${id}-${index}`, url, title });
  });
  for (const data of callActions) parts.push({ type: "data-call-action", data });
  return parts;
}

/** A message of the conversation as `useChat` keeps it. */
export const toUIMessage = (message: Message): UIMessage => ({
  id: message.id,
  role: message.author === "user" ? "user" : "assistant",
  metadata: { author: message.author, name: message.name, avatarUrl: message.avatarUrl },
  parts: [
    ...(message.text ? [{ type: "text" as const, text: message.text }] : []),
    ...(partsOf(message) as UIMessage["parts"]),
  ],
});
