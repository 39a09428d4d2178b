import type { DeskConversation } from "../wire.ts";
import type { Lists } from "./lists.ts";

/** What a person should hear of, wherever they look. */
export interface News {
  readonly kind: "offer" | "message";
  readonly conversation: DeskConversation;
}

/** What is new for a person between two states of the lists. */
export function newsBetween(before: Lists, after: Lists, me: string): News[] {
  const news: News[] = [];
  for (const conversation of after.conversations.values()) {
    if (conversation.person !== me) continue;
    const old = before.conversations.get(conversation.handoff);
    if (old === conversation) continue;
    const wasMine = old?.person === me;
    if (conversation.state === "offered" && !(wasMine && old.state === "offered")) {
      news.push({ kind: "offer", conversation });
    }
    if (conversation.state === "joined" && wasMine && conversation.user_messages > old.user_messages) {
      news.push({ kind: "message", conversation });
    }
  }
  return news;
}

/** The user's messages that a person has not looked at, of a conversation that is theirs. */
export const unreadOf = (
  { handoff, person, state, user_messages }: DeskConversation,
  reads: Readonly<Record<string, number>>,
  me: string,
): number =>
  // One that was never opened was joined with all that had been said before: at least that waits to be read.
  person === me && state === "joined" ? Math.max(0, user_messages - (reads[handoff] ?? 0)) : 0;

/** What stands in the tab's title. @param count of messages and offers that wait */
export const titleOf = (count: number): string =>
  count === 0 ? "Desk · Parley" : `(${count}) Desk · Parley`;
