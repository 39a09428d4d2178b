import { useMemo } from "preact/hooks";
import { continues } from "../../shared/breath.ts";
import { dayOf } from "../../shared/dates.ts";
import { useFollow } from "../../shared/follow.ts";
import { Followed } from "../../shared/followed.tsx";
import { Icon } from "../../shared/icons.tsx";
import { Markdown } from "../../shared/markdown/markdown.tsx";
import { Typing } from "../../shared/typing.tsx";
import { pending } from "../connection/outbox.ts";
import { userName } from "../names.ts";
import { itemsOf, type Talk, type TalkItem } from "../state/talk.ts";
import { useDesk, useModel } from "../use-desk.ts";
import type { DeskConversation } from "../wire.ts";
import { lineOf } from "./line.ts";
import { FailedView, MessageView, NoteView, PendingView } from "./message.tsx";

const LOCALE = navigator.language;

export function TalkList({ conversation, talk }: { conversation: DeskConversation; talk: Talk }) {
  const model = useModel();
  const { me, outbox, refusals } = useDesk();
  const items = useMemo(() => itemsOf(talk), [talk.state, talk.notes]);
  const speakers = useMemo(
    () => new Map(talk.said.map(({ message, person }) => [message, person])),
    [talk.said],
  );
  const said = useMemo(
    () => [
      ...talk.said.filter(({ person }) => person === me.id),
      ...talk.notes.map(({ id, text }) => ({ position: Number(id.slice("note ".length)), text })),
    ],
    [talk.said, talk.notes, me.id],
  );
  const waiting = pending(outbox, conversation.handoff, said);
  const failed = refusals.filter(
    ({ outgoing: { command } }) =>
      (command.type === "say" || command.type === "note") && command.handoff === conversation.handoff,
  );
  const follow = useFollow(items.length + waiting.length);
  const name = userName(conversation);
  const suggestions = talk.state.view.suggestions;

  let day = "";
  const draw = (item: TalkItem, index: number) => {
    const today = new Date(item.at).toDateString();
    const isNewDay = today !== day;
    const isFirstDay = day === "";
    day = today;
    const head = isNewDay && (!isFirstDay || today !== new Date().toDateString()) && (
      <li key={`day ${item.id}`} class="day">
        <span>{dayOf(item.at, LOCALE)}</span>
      </li>
    );
    return [head, one(item, index)];
  };
  const one = (item: TalkItem, index: number) => {
    if (item.kind === "note") return <NoteView key={item.id} note={item} locale={LOCALE} />;
    if (item.kind === "event") {
      const text = lineOf(item.event, name);
      return text === null ? null : (
        <li key={item.id} class="line">
          <span dir="auto">{text}</span>
        </li>
      );
    }
    return (
      <MessageView
        key={item.id}
        message={item}
        userName={name}
        isMe={speakers.get(item.id) === me.id}
        isFirst={!continues(items[index - 1], item)}
        isLast={!continues(item, items[index + 1])}
        locale={LOCALE}
      />
    );
  };
  return (
    <Followed follow={follow} label="What was said" toNewest="Jump to the newest message">
      <Handed talk={talk} conversation={conversation} />
      <ol class="items">
        {items.map(draw)}
        {waiting.map((outgoing) => (
          <PendingView key={outgoing.command.key} outgoing={outgoing} />
        ))}
        {failed.map((refusal) => (
          <FailedView
            key={refusal.outgoing.command.key}
            refusal={refusal}
            onDismiss={() => model.dismiss(refusal)}
          />
        ))}
      </ol>
      {suggestions.length > 0 && waiting.length === 0 && (
        <p class="suggested quiet">
          Suggested to the user:{" "}
          {suggestions.map(({ message_text }) => (
            <span key={message_text} class="tag" dir="auto">
              {message_text}
            </span>
          ))}
        </p>
      )}
      {conversation.user.typing && <Typing who={{ name, avatarUrl: "" }} />}
    </Followed>
  );
}

/** What was handed over, in front of the first word. */
function Handed({
  talk: { details },
  conversation: { reason },
}: {
  talk: Talk;
  conversation: DeskConversation;
}) {
  const summary = details?.summary ?? null;
  if (summary === null && reason === null) return null;
  return (
    <section class="handed" aria-label="What was handed over">
      <h3>
        <Icon name="transfer" />
        Handed over
      </h3>
      {reason !== null && <p class="handed-reason">{reason}</p>}
      {summary !== null && <Markdown text={summary} />}
    </section>
  );
}
