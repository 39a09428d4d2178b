import "./message-list.css";
import type { Snapshot } from "@parley/client";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { dayOf } from "./dates.ts";
import { useFollow } from "./follow.ts";
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
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { timeline, presence, queue, notice, ended, messages, isThinking, isTyping } = snapshot;
  const items = useMemo(
    () => itemsOf({ timeline, presence, queue, notice }, texts),
    [timeline, presence, queue, notice, texts],
  );
  const { isAtEnd, unseen, jump } = useFollow(scroller, content, messages.length);
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
    <div class="message-list">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard [WCAG 2.1.1] */}
      <section ref={scroller} class="scroller" tabIndex={0} aria-label={t("conversation")}>
        <div ref={content} class="scrolled">
          <ol class="items">{items.map(draw)}</ol>
          {isWriting && <Typing who={writer ?? { name: "", avatarUrl: "" }} />}
          {children}
        </div>
      </section>
      {!isAtEnd && (
        <button type="button" class="to-newest" aria-label={t("toNewest")} onClick={jump}>
          <Icon name="down" />
          {unseen > 0 && <span class="count">{unseen}</span>}
        </button>
      )}
    </div>
  );
}

/** Whether the second of two belongs to the same breath as the first. */
function continues(first: Item | undefined, second: Item | undefined): boolean {
  return (
    first?.kind === "message" &&
    second?.kind === "message" &&
    first.author === second.author &&
    first.name === second.name &&
    second.at - first.at < BREATH
  );
}

/** What one says within so long is shown together, milliseconds. */
const BREATH = 5 * 60_000;
