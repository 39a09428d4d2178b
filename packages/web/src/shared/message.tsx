import type { Message } from "@parley/client";
import { Avatar } from "./avatar.tsx";
import { CallButtons } from "./call-buttons.tsx";
import { Cards } from "./card.tsx";
import { momentOf, timeOf } from "./dates.ts";
import { type Texts, useTexts } from "./i18n/texts.ts";
import { Icon } from "./icons.tsx";
import { Markdown } from "./markdown/markdown.tsx";
import { memo } from "./memo.ts";

export interface MessageProps {
  message: Message;
  /** The first, and the last, of several by the same author in a row. */
  isFirst: boolean;
  isLast: boolean;
  /** Sends it again; undefined where that is of no use any more. Keep it the same function. */
  onRetry?: ((id: string) => void) | undefined;
  texts: Texts;
}

/** A message in the list. */
export const MessageView = memo(function MessageView({
  message,
  isFirst,
  isLast,
  onRetry,
  texts,
}: MessageProps) {
  const { attachments, author, avatarUrl, callActions, language, state, text } = message;
  const isMine = author === "user";
  const name = isMine ? texts.t("you") : message.name || texts.t("assistant");
  const classes = [
    "message",
    isMine ? "mine" : "theirs",
    author,
    state,
    isFirst && "first",
    isLast && "last",
  ];
  return (
    <li class={classes.filter(Boolean).join(" ")} data-id={message.id}>
      {!isMine && isFirst && <Avatar name={name} avatarUrl={avatarUrl} />}
      {isMine || !isFirst ? (
        <span class="sr-only">{name}:</span>
      ) : (
        <span class="name" dir="auto">
          {name}
        </span>
      )}
      {text !== "" && (
        <div class="bubble" dir="auto" lang={language ?? undefined}>
          {isMine ? <span class="plain">{text}</span> : <Markdown text={text} />}
        </div>
      )}
      {attachments.length > 0 && <Cards attachments={attachments} />}
      {callActions.length > 0 && <CallButtons actions={callActions} />}
      {(isLast || state === "sending" || state === "failed") && state !== "streaming" && (
        <Foot message={message} onRetry={onRetry} />
      )}
    </li>
  );
});

/** When it was said, and whether it has arrived. */
function Foot({ message, onRetry }: { message: Message; onRetry?: ((id: string) => void) | undefined }) {
  const { t, region } = useTexts();
  const { at, error, id, state } = message;
  if (state === "sending") return <div class="foot waiting">{t("sending")}</div>;
  if (state === "failed") {
    // Sent again it would be no shorter.
    const isTooLong = error?.code === "message_too_large";
    return (
      <div class="foot">
        <Icon name="alert" />
        <span>{t(isTooLong ? "tooLong" : "notSent")}</span>
        {onRetry && !isTooLong && (
          <button type="button" class="link-button" onClick={() => onRetry(id)}>
            {t("retry")}
          </button>
        )}
      </div>
    );
  }
  return (
    <div class="foot">
      <time dateTime={new Date(at).toISOString()} title={momentOf(at, region)}>
        {timeOf(at, region)}
      </time>
      {state === "sent" && (
        <>
          <Icon name="check" />
          <span class="sr-only">{t("sent")}</span>
        </>
      )}
    </div>
  );
}
