import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons.tsx";
import { chime } from "../shared/sound.ts";
import { SpokenLog, useSpoken } from "../shared/spoken.tsx";
import { userName } from "./names.ts";
import { settings } from "./settings.ts";
import { type News, titleOf, unreadOf } from "./state/news.ts";
import { openOne } from "./state/state.ts";
import { useDesk, useModel } from "./use-desk.ts";

/** A lost connection that is back sooner is not worth a banner, milliseconds. */
const PATIENCE = 3_000;

const wordsOf = ({ kind, conversation }: News): string =>
  kind === "offer"
    ? `${userName(conversation)} is offered to you, from ${conversation.queue}`
    : `${userName(conversation)}: ${conversation.last?.text ?? "a new message"}`;

/** Everything that asks for attention: the tab's title, sounds, notifications, what is read out, and what went wrong. */
export function Alerts({
  onSelect,
  problem,
  onProblemSeen,
}: {
  onSelect: (handoff: string) => void;
  /** What went wrong in this page; empty for nothing. */
  problem: string;
  onProblemSeen: () => void;
}) {
  const model = useModel();
  const state = useDesk();
  const { lists, me, reads, refusals } = state;
  const [spoken, speak] = useSpoken();
  const count = useRef(0);

  const waiting = [...lists.conversations.values()].reduce(
    (sum, one) =>
      sum + unreadOf(one, reads, me.id) + (one.state === "offered" && one.person === me.id ? 1 : 0),
    0,
  );
  useEffect(() => {
    document.title = titleOf(waiting);
    return () => {
      document.title = titleOf(0);
    };
  }, [waiting]);

  useEffect(
    () =>
      model.onNews((news) => {
        const isLooking = document.visibilityState === "visible" && document.hasFocus();
        const isOpen = news.conversation.handoff === openOne(model.state)?.handoff;
        if (isLooking && isOpen && news.kind === "message") {
          // What comes into the open conversation is read out and no more.
        } else {
          if (settings().hasSound) chime();
          if (!isLooking && settings().hasNotifications) notify(news, onSelect);
        }
        count.current += 1;
        speak([{ id: `${count.current}`, text: wordsOf(news) }]);
      }),
    [model, onSelect, speak],
  );

  // A message that was refused stands in its conversation.
  const problems = refusals.filter(
    ({ outgoing: { command } }) => command.type !== "say" && command.type !== "note",
  );
  return (
    <>
      <LostBanner />
      <SpokenLog spoken={spoken} label="News" />
      {(problems.length > 0 || problem !== "") && (
        <div class="toasts">
          {problem !== "" && <Toast text={problem} onDismiss={onProblemSeen} />}
          {problems.map((refusal) => (
            <Toast
              key={refusal.outgoing.command.key}
              text={`${refusal.message}.`}
              onDismiss={() => model.dismiss(refusal)}
            />
          ))}
        </div>
      )}
    </>
  );
}

const Toast = ({ text, onDismiss }: { text: string; onDismiss: () => void }) => (
  <div class="toast" role="alert">
    <Icon name="alert" />
    <p>{text}</p>
    <button type="button" class="icon-button" aria-label="Dismiss" onClick={onDismiss}>
      <Icon name="close" />
    </button>
  </div>
);

/** The connection is lost for longer than a change of networks takes. */
function LostBanner() {
  const model = useModel();
  const { link, outbox } = useDesk();
  const [isLong, setIsLong] = useState(false);
  const isLost = link === "lost";
  useEffect(() => {
    setIsLong(false);
    if (!isLost) return;
    const timer = setTimeout(() => setIsLong(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [isLost]);
  if (!isLost || !isLong) return null;
  return (
    <div class="banner warn lost" role="status">
      <p>
        The connection is lost. What you write is kept, and sent when it is back
        {outbox.length > 0 ? ` (${outbox.length} waiting)` : ""}.
      </p>
      <button type="button" class="link-button" onClick={() => model.wake()}>
        Try now
      </button>
    </div>
  );
}

function notify(news: News, onSelect: (handoff: string) => void): void {
  const { handoff } = news.conversation;
  try {
    // One for each conversation: the newest takes the place of the one before.
    const shown = new Notification(news.kind === "offer" ? "A conversation for you" : "New message", {
      body: wordsOf(news),
      tag: handoff,
    });
    shown.onclick = () => {
      window.focus();
      onSelect(handoff);
      shown.close();
    };
  } catch {
    // Not allowed any more, or only by a service worker, as on phones.
  }
}
