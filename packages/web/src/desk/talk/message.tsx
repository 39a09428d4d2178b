import type { Message } from "@parley/client";
import { Avatar } from "../../shared/avatar.tsx";
import { CallButtons } from "../../shared/call-buttons.tsx";
import { Cards } from "../../shared/card.tsx";
import { momentOf, timeOf } from "../../shared/dates.ts";
import { Icon } from "../../shared/icons.tsx";
import { Markdown } from "../../shared/markdown/markdown.tsx";
import { memo } from "../../shared/memo.ts";
import type { Outgoing } from "../connection/outbox.ts";
import type { Refusal } from "../state/state.ts";
import type { Note } from "../state/talk.ts";

export interface MessageProps {
  message: Message;
  userName: string;
  /** The person at this desk said it. */
  isMe: boolean;
  isFirst: boolean;
  isLast: boolean;
  locale: string;
}

/** The user on one side, and whoever has answered on the other. */
export const MessageView = memo(function MessageView(props: MessageProps) {
  const { message, userName, isMe, isFirst, isLast, locale } = props;
  const { at, attachments, author, callActions, language, state, text } = message;
  const isUser = author === "user";
  const name = isUser ? userName : isMe ? "You" : message.name || (author === "agent" ? "Agent" : "Desk");
  const classes = [
    "message",
    isUser ? "theirs" : "mine",
    author,
    isMe && "me",
    state,
    isFirst && "first",
    isLast && "last",
  ];
  return (
    <li class={classes.filter(Boolean).join(" ")} data-id={message.id} data-author={author}>
      {isUser && isFirst && <Avatar name={name} avatarUrl="" />}
      {isFirst ? (
        <span class="name" dir="auto">
          {name}
          {author === "agent" && <span class="tag">Agent</span>}
        </span>
      ) : (
        <span class="sr-only">{name}:</span>
      )}
      {text !== "" && (
        <div class="bubble" dir="auto" lang={language ?? undefined}>
          {isUser ? <span class="plain">{text}</span> : <Markdown text={text} />}
        </div>
      )}
      {attachments.length > 0 && <Cards attachments={attachments} />}
      {callActions.length > 0 && <CallButtons actions={callActions} />}
      {isLast && state !== "streaming" && (
        <div class="foot">
          <time dateTime={new Date(at).toISOString()} title={momentOf(at, locale)}>
            {timeOf(at, locale)}
          </time>
          {isMe && (
            <>
              <Icon name="check" />
              <span class="sr-only">Sent</span>
            </>
          )}
        </div>
      )}
    </li>
  );
});

/** For people alone; it looks like nothing that a user gets. */
export const NoteView = memo(function NoteView({ note, locale }: { note: Note; locale: string }) {
  const { at, author, text } = note;
  return (
    <li class="note" data-id={note.id}>
      <p class="note-head">
        <Icon name="lock" />
        <b>Internal note</b>
        <span dir="auto">{author ?? ""}</span>
        <time dateTime={new Date(at).toISOString()} title={momentOf(at, locale)}>
          {timeOf(at, locale)}
        </time>
      </p>
      <div dir="auto">
        <Markdown text={text} />
      </div>
    </li>
  );
});

/** On its way. It is said as soon as the server has it on disk. */
export function PendingView({ outgoing: { command } }: { outgoing: Outgoing }) {
  if (command.type === "note") {
    return (
      <li class="note sending">
        <p class="note-head">
          <Icon name="lock" />
          <b>Internal note</b>
          <span class="foot waiting">Saving…</span>
        </p>
        <Markdown text={command.text} />
      </li>
    );
  }
  if (command.type !== "say") return null;
  return (
    <li class="message mine person me sending first last">
      <span class="sr-only">You:</span>
      <div class="bubble" dir="auto">
        <Markdown text={command.text} />
      </div>
      {(command.attachments ?? []).length > 0 && (
        <Cards
          attachments={(command.attachments ?? []).map(
            ({ preview_image_url = "", call_to_action_text = "", ...one }) => ({
              ...one,
              preview_image_url,
              call_to_action_text,
            }),
          )}
        />
      )}
      <div class="foot waiting">Sending…</div>
    </li>
  );
}

/** It was not taken, and will not be: the text is not lost for it. */
export function FailedView({ refusal, onDismiss }: { refusal: Refusal; onDismiss: () => void }) {
  const { command } = refusal.outgoing;
  if (command.type !== "say" && command.type !== "note") return null;
  return (
    <li class="message mine failed first last">
      <span class="sr-only">Not sent:</span>
      <div class="bubble" dir="auto">
        <Markdown text={command.text} />
      </div>
      <div class="foot">
        <Icon name="alert" />
        <span>
          {command.type === "note" ? "Note not kept" : "Not sent"}. {refusal.message}.
        </span>
        <button
          type="button"
          class="link-button"
          onClick={() => void navigator.clipboard?.writeText(command.text).catch(() => {})}
        >
          Copy
        </button>
        <button type="button" class="link-button" onClick={onDismiss}>
          Remove
        </button>
      </div>
    </li>
  );
}
