import type { Attachment, CallAction, Message } from "@parley/client";
import { avatar } from "./avatar.ts";
import { el, icon } from "./dom.ts";
import { anchor, safeImage, safeLink } from "./links.ts";
import { markdown } from "./markdown.ts";

export interface MessageLook {
  /** The first, and the last, of several by the same author in a row. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Sends it again; null where that is of no use any more. */
  readonly retry: (() => void) | null;
}

/** A message in the list. */
export function messageNode(message: Message, { isFirst, isLast, retry }: MessageLook): HTMLElement {
  const { attachments, author, callActions, language, state, text } = message;
  const isMine = author === "user";
  const look = { sending: "pending", failed: "failed", sent: "", streaming: "", complete: "" }[state];
  const bubble = {
    class: state === "streaming" ? "bubble streaming" : "bubble",
    dir: "auto",
    lang: language,
  };
  const hasFoot = (isLast || look !== "") && state !== "streaming";
  return el(
    "li",
    { class: ["turn", isMine ? "mine" : author, isFirst && "first", look].filter(Boolean).join(" ") },
    !isMine && isFirst && avatar(message),
    !isMine && isFirst && el("span", { class: "name" }, message.name),
    text !== "" && el("div", bubble, ...(isMine ? [text] : markdown(text))),
    attachments.length > 0 && el("div", { class: "cards" }, ...attachments.map(attachmentNode)),
    callActions.length > 0 && el("div", { class: "calls" }, ...callActions.map(callNode)),
    hasFoot && el("div", { class: "meta" }, ...metaNodes(message, retry)),
  );
}

function metaNodes({ at, error, state }: Message, retry: (() => void) | null): (Node | string)[] {
  const date = new Date(at);
  const time = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const timeNode = el("time", { datetime: date.toISOString() }, time);
  if (state === "sending") return ["Sending…"];
  if (state === "sent") return ["Sent ", timeNode];
  if (state !== "failed") return [timeNode];
  const again = retry && el("button", { class: "link", type: "button", onclick: retry }, "Retry");
  return [`Not sent: ${error?.message}. `, ...(again ? [again] : [])];
}

function attachmentNode(attachment: Attachment): HTMLElement {
  const { call_to_action_text, content_type, content_url, preview_image_url, title } = attachment;
  const isImage = content_type === "ATTACHMENT_CONTENT_TYPE_IMAGE";
  const picture = safeImage(preview_image_url) ?? (isImage ? safeImage(content_url) : null);
  const url = /^https?:/i.test(content_url) ? safeLink(content_url) : null;
  const image =
    picture !== null && el("img", { src: picture, alt: isImage ? title : "", referrerpolicy: "no-referrer" });
  if (image) image.onerror = () => image.remove();
  const words = el(
    "div",
    {},
    el("b", {}, title || content_url),
    url !== null && !isImage && el("span", { class: "quiet" }, new URL(url).host),
    url !== null && el("span", { class: "cta" }, call_to_action_text || (isImage ? "Open picture" : "Open")),
  );
  return url === null
    ? el("div", { class: "item" }, image, words)
    : anchor(url, { class: "item" }, image, words);
}

function callNode({ contact_number: number, title }: CallAction): HTMLElement {
  const dialled = number.replace(/[^\d+*#,;]/g, "");
  const label = title ? `${title} · ${number}` : number;
  return anchor(`tel:${dialled}`, { class: "button call" }, icon("call"), label);
}
