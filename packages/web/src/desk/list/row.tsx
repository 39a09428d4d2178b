import { Avatar } from "../../shared/avatar.tsx";
import { memo } from "../../shared/memo.ts";
import { userName } from "../names.ts";
import { unreadOf } from "../state/news.ts";
import { lasting, lastingInWords, useNow } from "../times.ts";
import type { DeskConversation } from "../wire.ts";

export interface RowProps {
  conversation: DeskConversation;
  isNext: boolean;
  isSelected: boolean;
  /** Where Tab comes to. */
  isStop: boolean;
  read: number;
  me: string;
  /** The name of who has it. */
  who: string | null;
  skew: number;
  onSelect: (handoff: string) => void;
}

export const ConversationRow = memo(function ConversationRow(props: RowProps) {
  const { conversation, isNext, isSelected, isStop, read, me, who, skew, onSelect } = props;
  const { handoff, last, person, queue, reason, skills, state, user } = conversation;
  const unread = unreadOf(conversation, { [handoff]: read }, me);
  const name = userName(conversation);
  return (
    <button
      type="button"
      class={["row-button", state, person === me && "own", unread > 0 && "unread"].filter(Boolean).join(" ")}
      aria-current={isSelected ? "true" : undefined}
      tabIndex={isStop ? 0 : -1}
      onClick={() => onSelect(handoff)}
    >
      <span class={`who ${user.presence}`}>
        <Avatar name={name} avatarUrl="" />
        <i class="presence" aria-hidden="true" />
      </span>
      <span class="row-words">
        <span class="row-line">
          <b dir="auto">{name}</b>
          {isNext && <span class="tag next">Next</span>}
          <RowTime conversation={conversation} skew={skew} />
        </span>
        <span class="row-line">
          <span class="row-last" dir="auto">
            {user.typing ? (
              <em class="writes">is typing…</em>
            ) : last === null ? (
              (reason ?? "")
            ) : (
              <>
                {last.from !== "user" && (
                  <span class="quiet">{last.from === "agent" ? "Agent: " : "Desk: "}</span>
                )}
                {last.text}
              </>
            )}
          </span>
          {unread > 0 && (
            <span class="count">
              {unread}
              <span class="sr-only"> unread</span>
            </span>
          )}
        </span>
        <span class="row-line row-tags">
          <span class="tag">{queue}</span>
          {skills.map((skill) => (
            <span key={skill} class="tag skill">
              {skill}
            </span>
          ))}
          {state !== "waiting" && person !== me && who !== null && (
            <span class="quiet row-owner">{state === "offered" ? `offered to ${who}` : who}</span>
          )}
          <span class="sr-only">, user is {user.presence}</span>
        </span>
      </span>
    </button>
  );
});

/** How long somebody waits, or how long an offer stands. */
function RowTime({ conversation, skew }: { conversation: DeskConversation; skew: number }) {
  const now = useNow(skew);
  const { requested_at, since, state, until } = conversation;
  const ms =
    state === "offered" && until !== null ? until - now : now - (state === "joined" ? since : requested_at);
  const what = state === "offered" ? "offer ends in" : state === "joined" ? "with a person for" : "waits for";
  return (
    <span class={`row-time ${state === "waiting" && ms > LONG ? "long" : ""}`}>
      <span aria-hidden="true">{lasting(ms)}</span>
      <span class="sr-only">
        , {what} {lastingInWords(ms)}
      </span>
    </span>
  );
}

/** Who has waited for so long stands out, milliseconds. */
const LONG = 120_000;
