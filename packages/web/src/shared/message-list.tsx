import "./message-list.css";
import type { Snapshot } from "@parley/client";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo } from "preact/hooks";
import { continues } from "./breath.ts";
import { dayOf } from "./dates.ts";
import { useFollow } from "./follow.ts";
import { Followed } from "./followed.tsx";
import { useTexts } from "./i18n/texts.ts";
import { Icon } from "./icons.tsx";
import { MessageView } from "./message.tsx";
import { type Item, itemsOf } from "./timeline.ts";
import { Typing } from "./typing.tsx";

export interface MessageListProps {
  snapshot: Snapshot;
  /** Sends a failed message again. Keep it the same function. */
  onRetry: (id: string) => void;
  /** Asks for the agent again, after a handoff that was the page's business. */
  onBringBack?: () => void;
  /** Behind the last item: suggestions, for example. */
  children?: ComponentChildren;
}

/** The conversation: messages, lines between them, who is typing; it keeps its end in sight. */
export function MessageList({ snapshot, onRetry, onBringBack, children }: MessageListProps) {
  const texts = useTexts();
  const { t } = texts;
  const { timeline, presence, queue, notice, ended, messages, isThinking, isTyping } = snapshot;
  const items = useMemo(
    () => itemsOf({ timeline, presence, queue, notice }, texts),
    [timeline, presence, queue, notice, texts],
  );
  const follow = useFollow(messages.length);
  const { jump } = follow;
  const newest = messages.at(-1);
  const ownId = newest?.author === "user" && newest.state === "sending" ? newest.id : null;
  // Whoever writes wants to see what comes back.
  useLayoutEffect(() => {
    if (ownId !== null) jump();
  }, [ownId, jump]);
  const writer = isTyping ? snapshot.person : snapshot.agent;
  const isWriting = (isTyping || isThinking) && !messages.some(({ state }) => state === "streaming");
  const draw = (item: Item, index: number) => {
    if (item.kind === "day") {
      return (
        <li key={item.id} class="day">
          <span>{dayOf(item.at, texts.region)}</span>
        </li>
      );
    }
    if (item.kind !== "message") {
      return (
        <li key={item.id} class={item.kind === "line" ? "line" : `notice ${item.kind}`}>
          {item.kind !== "line" && <Icon name="alert" />}
          <span dir="auto">{item.text}</span>
          {item.isAway && onBringBack && ended === null && (
            <button type="button" class="link-button" onClick={onBringBack}>
              {t("bringBack")}
            </button>
          )}
        </li>
      );
    }
    const isFirst = !continues(items[index - 1], item);
    const isLast = !continues(item, items[index + 1]);
    return (
      <MessageView
        key={item.id}
        message={item}
        isFirst={isFirst}
        isLast={isLast}
        onRetry={ended === null ? onRetry : undefined}
        texts={texts}
      />
    );
  };
  return (
    <Followed follow={follow} label={t("conversation")} toNewest={t("toNewest")}>
      <ol class="items">{items.map(draw)}</ol>
      {isWriting && <Typing who={writer ?? { name: "", avatarUrl: "" }} />}
      {children}
    </Followed>
  );
}
