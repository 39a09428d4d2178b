import "./talk.css";
import { useEffect } from "preact/hooks";
import { Avatar } from "../../shared/avatar.tsx";
import { Icon } from "../../shared/icons.tsx";
import type { Action } from "../keys.ts";
import { userName } from "../names.ts";
import { openOne } from "../state/state.ts";
import { NEW_TALK } from "../state/talk.ts";
import { lasting, useNow } from "../times.ts";
import { useDesk, useModel } from "../use-desk.ts";
import type { DeskConversation } from "../wire.ts";
import { Foot } from "./foot.tsx";
import { TalkList } from "./talk-list.tsx";

export interface TalkPaneProps {
  focus: { mode: "reply" | "note"; count: number };
  onAction: (action: Action) => void;
  onBack: () => void;
  onDetails: () => void;
}

/** The open conversation, from its first word, and what can be done with it. */
export function TalkPane({ focus, onAction, onBack, onDetails }: TalkPaneProps) {
  const model = useModel();
  const state = useDesk();
  const { lists, me, over, talks } = state;
  const open = openOne(state);
  const talk = (open === null ? undefined : talks.get(open.session)) ?? NEW_TALK;

  useEffect(() => {
    // What somebody has in front of them is read.
    const look = () => {
      if (document.visibilityState === "visible" && document.hasFocus()) model.look();
    };
    look();
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, [model, open, talk.isLive]);

  if (open === null) {
    return (
      <section class="pane talk-pane" aria-label="Conversation">
        <div class="empty">
          <Icon name="chat" />
          <p>No conversation is open.</p>
          <p class="quiet">
            Choose one from the list, or take the next with <kbd>Alt</kbd> <kbd>N</kbd>. <kbd>?</kbd> shows
            all keys.
          </p>
        </div>
      </section>
    );
  }
  const isMine = open.state === "joined" && open.person === me.id && over === null;
  const canMove = isMine || (me.role === "supervisor" && open.state === "joined" && over === null);
  const owner = open.person === null ? null : (lists.people.get(open.person)?.name ?? "somebody");
  return (
    <section class="pane talk-pane" aria-label={`Conversation with ${userName(open)}`}>
      <header class="pane-head talk-head">
        <button type="button" class="icon-button to-list" aria-label="Back to the list" onClick={onBack}>
          <Icon name="back" />
        </button>
        <span class={`who ${over === null ? open.user.presence : "gone"}`}>
          <Avatar name={userName(open)} avatarUrl="" />
          <i class="presence" aria-hidden="true" />
        </span>
        <div class="talk-title">
          <h2 dir="auto">{userName(open)}</h2>
          <p class="quiet">
            <Presence conversation={open} isOver={over !== null} skew={state.skew} />
            <span class="talk-queue"> · {open.queue}</span>
          </p>
        </div>
        {canMove && (
          <div class="talk-actions">
            <button
              type="button"
              class="button small"
              onClick={() => onAction("transfer")}
              title="Transfer (Alt T)"
            >
              <Icon name="transfer" />
              <span class="label">Transfer</span>
            </button>
            <button
              type="button"
              class="button small"
              onClick={() => onAction("giveBack")}
              title="Give back (Alt G)"
            >
              <Icon name="giveBack" />
              <span class="label">Give back</span>
            </button>
            <button type="button" class="button small" onClick={() => onAction("end")} title="End (Alt Q)">
              <Icon name="end" />
              <span class="label">End</span>
            </button>
          </div>
        )}
        <button type="button" class="icon-button to-details" aria-label="Details" onClick={onDetails}>
          <Icon name="info" />
        </button>
      </header>
      {talk.isLive || talk.through > 0 ? (
        <TalkList key={open.handoff} conversation={open} talk={talk} />
      ) : (
        <div class="empty" aria-busy="true">
          <p class="quiet">
            {state.link === "open" ? "Reading the conversation…" : "Waiting for the connection…"}
          </p>
        </div>
      )}
      <Foot
        key={`foot ${open.handoff}`}
        conversation={open}
        isMine={isMine}
        owner={owner}
        focus={focus}
        onAction={onAction}
        onClose={() => {
          model.select(null);
          onBack();
          // What had the focus is gone; the list is where one goes on.
          document.querySelector<HTMLElement>(".row-button[tabindex='0'], .take-next")?.focus();
        }}
      />
    </section>
  );
}

const PRESENCE = { there: "Online", reconnecting: "Reconnecting", gone: "Gone" } as const;

function Presence(props: { conversation: DeskConversation; isOver: boolean; skew: number }) {
  const { presence, presence_since, typing } = props.conversation.user;
  const now = useNow(props.skew);
  if (props.isOver) return <span>Over</span>;
  if (typing) return <span class="writes">is typing…</span>;
  return (
    <span class={`presence-text ${presence}`}>
      {PRESENCE[presence]}
      {presence !== "there" && <span class="wide"> for {lasting(now - presence_since)}</span>}
    </span>
  );
}
