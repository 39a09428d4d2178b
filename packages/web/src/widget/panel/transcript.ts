import type { Message, Snapshot } from "@parley/client";
import { momentOf } from "../../shared/dates.ts";
import type { Texts } from "../../shared/i18n/texts.ts";
import { type Item, itemsOf } from "../../shared/timeline.ts";

/** The conversation as a text that anything can open. */
export function transcriptOf(snapshot: Snapshot, texts: Texts): string {
  const lines = itemsOf({ ...snapshot, notice: null }, texts)
    .filter((item) => item.kind !== "day")
    .map((item) =>
      item.kind === "message" ? messageText(item, texts) : `— ${(item as { text: string }).text} —`,
    );
  return `${lines.join("\n\n")}\n`;
}

function messageText(message: Extract<Item, Message>, { t, region }: Texts): string {
  const name = message.author === "user" ? t("you") : message.name || t("assistant");
  const failed = message.state === "failed" ? ` (${t("notSent")})` : "";
  return [
    `${name}, ${momentOf(message.at, region)}${failed}`,
    message.text,
    ...message.attachments.map(({ title, content_url }) => [title, content_url].filter(Boolean).join(": ")),
    ...message.callActions.map(({ title, contact_number }) =>
      [title, contact_number].filter(Boolean).join(": "),
    ),
  ]
    .filter(Boolean)
    .join("\n");
}

/** Has the browser save a text. */
export function saveText(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
