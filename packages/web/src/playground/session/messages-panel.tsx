import { INITIAL, type Message, reduce, type State } from "@parley/client";
import { useMemo, useRef } from "preact/hooks";
import { eventsOf } from "../wire/entries.ts";
import type { Feed } from "../wire/feed.ts";

export interface MessagesPanelProps {
  feed: Feed;
  newest: number;
  session: string | null;
  /** Shows the frames of one message. */
  onMessage: (id: string) => void;
}

/** The conversation as a client makes it of the frames: from each message it is one step to those it came in. */
export function MessagesPanel({ feed, newest, session, onMessage }: MessagesPanelProps) {
  const messages = useMessages(feed, newest, session);
  if (messages.length === 0) return <p class="empty">No message has passed since this server was started.</p>;
  return (
    <div class="scroll-panel">
      <ol class="messages">
        {messages.map((message) => (
          <li key={message.id}>
            <button type="button" class={message.author} onClick={() => onMessage(message.id)}>
              <span class="who">{message.author === "user" ? "User" : message.name || message.author}</span>
              <span class="said">{wordsOf(message)}</span>
              <span class="quiet">{message.state === "streaming" ? "streaming" : timeOf(message.at)}</span>
              <span class="sr-only">Show its frames</span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

const wordsOf = ({ text, attachments, callActions }: Message): string =>
  [
    text.trim(),
    attachments.length > 0 ? `[${attachments.map(({ title }) => title).join(", ")}]` : "",
    callActions.length > 0 ? `[call ${callActions.map(({ title }) => title).join(", ")}]` : "",
  ]
    .filter(Boolean)
    .join(" ");

const timeOf = (at: number): string => new Date(at).toLocaleTimeString("en-GB");

/** Folded as the client folds them; what has come is added to what was. */
function useMessages(feed: Feed, newest: number, session: string | null): readonly Message[] {
  const folded = useRef<{ session: string | null; through: number; state: State }>(undefined);
  return useMemo(() => {
    let { current } = folded;
    if (current === undefined || current.session !== session)
      current = { session, through: 0, state: INITIAL };
    const { through, state } = current;
    const events = feed.entries
      .slice(Math.max(0, through - (feed.entries[0]?.key ?? 0) + 1))
      .filter(({ record }) => record.session === session)
      .flatMap(eventsOf);
    folded.current = { session, through: newest, state: events.length === 0 ? state : reduce(state, events) };
    return folded.current.state.view.timeline.filter((item) => item.kind === "message");
  }, [feed, newest, session]);
}
