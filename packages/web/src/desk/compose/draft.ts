import type { Attachment, Suggestion } from "@parley/client";
import { isRecord, kept } from "../kept.ts";

/** What somebody is about to say in one conversation. What is for the user and what is not are two texts. */
export interface Draft {
  readonly mode: "reply" | "note";
  readonly reply: string;
  readonly note: string;
  readonly attachments: readonly Attachment[];
  readonly suggestions: readonly Suggestion[];
}

export const EMPTY_DRAFT: Draft = { mode: "reply", reply: "", note: "", attachments: [], suggestions: [] };

const drafts = kept<Record<string, Draft>>(
  "parley.desk.drafts",
  {},
  (value): value is Record<string, Draft> =>
    isRecord(value) && Object.values(value).every((one) => isRecord(one) && typeof one.reply === "string"),
);

export const draftOf = (handoff: string): Draft => ({ ...EMPTY_DRAFT, ...drafts.read()[handoff] });

/** Kept over a reload; an empty one is not worth it. */
export function keepDraft(handoff: string, draft: Draft): void {
  const { [handoff]: _, ...rest } = drafts.read();
  const { reply, note, attachments, suggestions } = draft;
  const isEmpty = reply === "" && note === "" && attachments.length === 0 && suggestions.length === 0;
  drafts.write(isEmpty ? rest : { ...rest, [handoff]: draft });
}
