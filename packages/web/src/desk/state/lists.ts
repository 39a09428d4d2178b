import type { DeskConversation, DeskPerson, DeskQueue, ListsFrame, Outcome } from "../wire.ts";

/** The lists of the desk, as the server tells them. Immutable; what has not changed stays the same object. */
export interface Lists {
  readonly revision: number;
  readonly conversations: ReadonlyMap<string, DeskConversation>;
  readonly people: ReadonlyMap<string, DeskPerson>;
  readonly queues: ReadonlyMap<string, DeskQueue>;
}

export const NO_LISTS: Lists = {
  revision: 0,
  conversations: new Map(),
  people: new Map(),
  queues: new Map(),
};

/** What a conversation that is in no list any more has come to. `hidden`: in a queue of others. */
export type Ending = Outcome | "hidden";

/** The lists behind a frame. A queue that is in no whole list any more is gone; they change with the hour, not by the second. */
export function listsBehind(lists: Lists, frame: ListsFrame): Lists {
  const { revision } = frame;
  const from = frame.full ? NO_LISTS : lists;
  const remove = [...frame.over.map(({ handoff }) => handoff), ...frame.hidden];
  return {
    revision,
    conversations: changed(from.conversations, frame.conversations, ({ handoff }) => handoff, remove),
    people: changed(from.people, frame.people, ({ id }) => id, frame.gone),
    queues: changed(from.queues, frame.queues, ({ name }) => name, []),
  };
}

function changed<Entry>(
  map: ReadonlyMap<string, Entry>,
  entries: readonly Entry[],
  idOf: (entry: Entry) => string,
  remove: readonly string[],
): ReadonlyMap<string, Entry> {
  if (entries.length === 0 && remove.length === 0) return map;
  const next = new Map(map);
  for (const id of remove) next.delete(id);
  for (const entry of entries) next.set(idOf(entry), entry);
  return next;
}

/** Who is in line before whom: the oldest first, and by the handoff where that is the same. */
export const byAge = (a: DeskConversation, b: DeskConversation): number =>
  a.requested_at - b.requested_at || (a.handoff < b.handoff ? -1 : 1);

/** What a person is asked to take, or may take next: an offer before all, then the oldest they are fit for. */
export function nextFor(
  lists: Lists,
  me: Pick<DeskPerson, "id" | "skills" | "queues">,
): DeskConversation | null {
  const open = [...lists.conversations.values()].sort(byAge);
  const fits = ({ queue, skills }: DeskConversation) =>
    (me.queues.length === 0 || me.queues.includes(queue)) &&
    skills.every((skill) => me.skills.includes(skill));
  const waiting = open.filter(({ state }) => state === "waiting");
  return (
    open.find(({ state, person }) => state === "offered" && person === me.id) ??
    waiting.find(fits) ??
    waiting.find(({ queue }) => me.queues.length === 0 || me.queues.includes(queue)) ??
    null
  );
}
