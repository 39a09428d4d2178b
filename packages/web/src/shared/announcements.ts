import type { Snapshot } from "@parley/client";
import type { Texts } from "./i18n/texts.ts";
import type { Spoken } from "./spoken.tsx";
import { itemsOf } from "./timeline.ts";

/** What has been read out, or was there before. */
export interface Announced {
  readonly session: string | null;
  readonly ids: ReadonlySet<string>;
}

/**
 * What is to be read out of a conversation now. Pure.
 * @param before what this returned last; null at first
 * @param isNews whether the event or message of this id came after all that an earlier page has shown
 */
export function announcements(
  snapshot: Snapshot,
  before: Announced | null,
  texts: Texts,
  isNews: (id: string) => boolean,
): { news: readonly Spoken[]; announced: Announced } {
  const session = snapshot.sessionId;
  const ids = new Set(before?.session === session ? before.ids : []);
  const news: Spoken[] = [];
  for (const item of itemsOf(snapshot, texts)) {
    if (item.kind === "day" || (item.kind === "message" && item.state === "streaming")) continue;
    // A queue's position is a line that stays and changes.
    const id = item.kind === "line" && item.id === "queue" ? `queue ${item.text}` : item.id;
    if (ids.has(id)) continue;
    ids.add(id);
    if (!isNews(item.id)) continue;
    if (item.kind !== "message") news.push({ id, text: item.text });
    else if (item.author !== "user" && item.text !== "") {
      news.push({ id, text: `${item.name || texts.t("assistant")}: ${plain(item.text)}` });
    }
  }
  return { news, announced: { session, ids } };
}

/** Markdown as it is spoken. */
const plain = (text: string): string =>
  text
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/<\/?[a-z]+\s*\/?>/gi, " ")
    .replace(/[*_`~#>|]+/g, "");
