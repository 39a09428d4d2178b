import type { ComponentChildren } from "preact";
import type { Follow } from "./follow.ts";
import { Icon } from "./icons.tsx";

export interface FollowedProps {
  follow: Follow;
  /** What the list is called, and the way back to its end. */
  label: string;
  toNewest: string;
  children: ComponentChildren;
}

/** A list that keeps its end in sight, with the way back to it for who has scrolled up. */
export function Followed({ follow, label, toNewest, children }: FollowedProps) {
  const { scroller, content, isAtEnd, unseen, jump } = follow;
  return (
    <div class="message-list">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard [WCAG 2.1.1] */}
      <section ref={scroller} class="scroller" tabIndex={0} aria-label={label}>
        <div ref={content} class="scrolled">
          {children}
        </div>
      </section>
      {!isAtEnd && (
        <button type="button" class="to-newest" aria-label={toNewest} onClick={jump}>
          <Icon name="down" />
          {unseen > 0 && <span class="count">{unseen}</span>}
        </button>
      )}
    </div>
  );
}
