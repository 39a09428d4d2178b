import type { Entry } from "./entries.ts";

/** What is to be seen of the wire. */
export interface Filter {
  /** The session, or null for all of the server. */
  readonly session: string | null;
  /** The session's user, whose handshake belongs to it. */
  readonly user: string | null;
  /** Words that must occur, and with a minus before them must not. */
  readonly words: string;
  /** A message's id, or null: rows that are about it. */
  readonly message: string | null;
  /** Leaves out heartbeats, typing and thinking. */
  readonly isQuiet: boolean;
  /** Rows up to this key were cleared away. */
  readonly clearedAt: number;
}

const NOISE = new Set(["HEARTBEAT", "USER_TYPING", "POLY_AGENT_THINKING", "LIVE_AGENT_TYPING"]);

/** Whether a row is to be seen; made once for many rows. */
export function matcher({
  session,
  user,
  words,
  message,
  isQuiet,
  clearedAt,
}: Filter): (entry: Entry) => boolean {
  const asked = words.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = asked.filter((word) => !/^-./.test(word));
  const unwanted = asked.filter((word) => /^-./.test(word)).map((word) => word.slice(1));
  return ({ key, record, messages, type, haystack }) => {
    if (key <= clearedAt) return false;
    if (session !== null && record.session !== session && (!record.user || record.user !== user))
      return false;
    if (message !== null && !messages.includes(message)) return false;
    if (isQuiet && NOISE.has(type)) return false;
    return (
      wanted.every((word) => haystack.includes(word)) && !unwanted.some((word) => haystack.includes(word))
    );
  };
}
