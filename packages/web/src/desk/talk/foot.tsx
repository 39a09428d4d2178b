import { Icon } from "../../shared/icons.tsx";
import { Composer } from "../compose/composer.tsx";
import type { Action } from "../keys.ts";
import type { Ending } from "../state/lists.ts";
import { isOnItsWay } from "../state/state.ts";
import { lasting, useNow } from "../times.ts";
import { useDesk, useModel } from "../use-desk.ts";
import type { DeskConversation } from "../wire.ts";

const ENDINGS: Readonly<Record<Ending, string>> = {
  completed: "This conversation has ended.",
  returned: "This conversation is back with the agent.",
  user_ended: "The user has ended this conversation.",
  user_abandoned: "The user has gone, and this conversation has ended.",
  failed: "Nobody took this conversation in time. It is back with the agent.",
  timed_out: "Nobody took this conversation in time. It is back with the agent.",
  hidden: "This conversation is not with you any more.",
};

/** What is said while it is on its way: nothing more can be said then. */
const LEAVING = [
  ["give_back", "Giving it back…"],
  ["transfer", "Passing it on…"],
  ["end", "Ending it…"],
] as const;

export interface FootProps {
  conversation: DeskConversation;
  isMine: boolean;
  owner: string | null;
  focus: { mode: "reply" | "note"; count: number };
  onAction: (action: Action) => void;
  /** Away from one that is over. */
  onClose: () => void;
}

/** Beneath the conversation: the composer for who has it, and for others what they can do. */
export function Foot({ conversation, isMine, owner, focus, onAction, onClose }: FootProps) {
  const model = useModel();
  const state = useDesk();
  const { me, over } = state;
  const { handoff } = conversation;
  const take = () => {
    model.take(handoff);
    onAction("reply");
  };
  if (over !== null) {
    return (
      <div class="strip" role="status">
        <p>{ENDINGS[over.ending]}</p>
        <button type="button" class="button small" onClick={onClose}>
          Close
        </button>
      </div>
    );
  }
  const leaving = LEAVING.find(([type]) => isOnItsWay(state, handoff, type));
  if (leaving !== undefined) {
    return (
      <div class="strip" role="status">
        <p>{leaving[1]}</p>
      </div>
    );
  }
  if (isMine) return <Composer conversation={conversation} focus={focus} canReply />;
  if (isOnItsWay(state, handoff, "take")) {
    return (
      <div class="strip" role="status">
        <p>Taking the conversation…</p>
      </div>
    );
  }
  if (conversation.state === "offered" && conversation.person === me.id) {
    return (
      <Offer
        conversation={conversation}
        skew={state.skew}
        onTake={take}
        onDecline={() => onAction("decline")}
      />
    );
  }
  const canTake = conversation.state === "waiting" || me.role === "supervisor";
  const whose =
    conversation.state === "waiting"
      ? "Nobody has this conversation yet."
      : conversation.state === "offered"
        ? `It is offered to ${owner}.`
        : `${owner} has this conversation. You are watching.`;
  return (
    <>
      <div class="strip">
        <p>
          {conversation.state === "joined" && <Icon name="eye" />}
          {whose}
        </p>
        {canTake && (
          <button
            type="button"
            class={conversation.state === "waiting" ? "button primary" : "button small"}
            onClick={take}
          >
            {conversation.state === "waiting" ? "Take it" : "Take it over"}
          </button>
        )}
      </div>
      {conversation.state === "joined" && (
        <Composer conversation={conversation} focus={focus} canReply={false} />
      )}
    </>
  );
}

function Offer(props: {
  conversation: DeskConversation;
  skew: number;
  onTake: () => void;
  onDecline: () => void;
}) {
  const now = useNow(props.skew);
  const { until, since } = props.conversation;
  const left = until === null ? 0 : Math.max(0, until - now);
  const whole = until === null ? 1 : Math.max(1, until - since);
  return (
    <div class="strip offer">
      <p>
        <b>It is offered to you.</b> <span aria-hidden="true">{lasting(left)} left</span>
      </p>
      <button type="button" class="button" onClick={props.onDecline}>
        Decline{" "}
        <span class="kbd" aria-hidden="true">
          Alt X
        </span>
      </button>
      <button type="button" class="button primary" onClick={props.onTake}>
        Accept{" "}
        <span class="kbd" aria-hidden="true">
          Alt N
        </span>
      </button>
      <span
        class="offer-bar"
        aria-hidden="true"
        style={{ transform: `scaleX(${Math.min(1, left / whole)})` }}
      />
    </div>
  );
}
