import type { CannedReply } from "../wire.ts";

/** Replies that are shown at once. */
const SHOWN = 8;

/** The `/word` that is being written where the caret stands, or null. It begins a line or follows a blank. */
export function slashAt(text: string, caret: number): { from: number; word: string } | null {
  const found = /(?:^|\s)\/([\p{L}\p{N}_-]{0,40})$/u.exec(text.slice(0, caret));
  if (found === null) return null;
  const word = found[1] ?? "";
  return { from: caret - word.length - 1, word };
}

/** Replies that fit a word, the best first: by the shortcut's beginning, then anywhere. */
export function matching(replies: readonly CannedReply[], word: string): CannedReply[] {
  const wanted = word.toLowerCase();
  const rank = ({ shortcut, title, text }: CannedReply) => {
    if (shortcut.toLowerCase().startsWith(wanted)) return 0;
    if (`${shortcut} ${title}`.toLowerCase().includes(wanted)) return 1;
    return text.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return replies
    .map((reply) => ({ reply, rank: rank(reply) }))
    .filter(({ rank }) => rank < 3)
    .sort((a, b) => a.rank - b.rank || a.reply.shortcut.localeCompare(b.reply.shortcut))
    .slice(0, SHOWN)
    .map(({ reply }) => reply);
}

/** The reply's text with the names in it. Where the user's is not known, the blank before it goes, too. */
export const filled = (text: string, names: { user: string | null; me: string }): string =>
  text
    .replace(/\s?\{\{name\}\}/g, (whole) =>
      names.user === null ? "" : whole.replace("{{name}}", () => names.user ?? ""),
    )
    .replace(/\{\{me\}\}/g, () => names.me);
