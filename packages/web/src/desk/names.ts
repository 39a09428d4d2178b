import type { DeskConversation } from "./wire.ts";

/** What a user is called where nobody knows the name: always the same for one session, so that two can be told apart. */
export const userName = ({ user, session }: Pick<DeskConversation, "user" | "session">): string =>
  user.name ??
  `Visitor ${session
    .replace(/[^0-9a-z]/gi, "")
    .slice(-4)
    .toUpperCase()}`;
