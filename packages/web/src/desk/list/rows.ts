import { byAge, type Lists } from "../state/lists.ts";
import type { DeskConversation } from "../wire.ts";

export interface Filter {
  /** Empty for all. */
  readonly queue: string;
  readonly skill: string;
  /** Words in the name, the last message or the reason. */
  readonly words: string;
}

export const NO_FILTER: Filter = { queue: "", skill: "", words: "" };

export type Row =
  | { readonly kind: "head"; readonly id: string; readonly title: string; readonly count: number }
  | {
      readonly kind: "conversation";
      readonly id: string;
      readonly conversation: DeskConversation;
      /** Who is the first of its queue. */
      readonly isNext: boolean;
    };

/** Pixels; list.css has them too. */
export const HEIGHTS = { head: 36, conversation: 76 } as const;

/** What the list shows: what is offered to the person, what is theirs, who waits, and what others have. */
export function rowsOf({ conversations }: Pick<Lists, "conversations">, me: string, filter: Filter): Row[] {
  const all = [...conversations.values()];
  const isMine = ({ person }: DeskConversation) => person === me;
  // What is a person's own is never filtered away.
  const others = all.filter((one) => !isMine(one) && passes(one, filter));
  const nexts = nextIds(all);
  const section = (title: string, list: DeskConversation[]): Row[] =>
    list.length === 0
      ? []
      : [
          { kind: "head", id: title, title, count: list.length },
          ...list.map((conversation) => ({
            kind: "conversation" as const,
            id: conversation.handoff,
            conversation,
            isNext: nexts.has(conversation.handoff),
          })),
        ];
  return [
    ...section("Offered to you", all.filter((one) => isMine(one) && one.state === "offered").sort(byAge)),
    ...section(
      "Your conversations",
      all.filter((one) => isMine(one) && one.state === "joined").sort((a, b) => a.since - b.since),
    ),
    ...section("Waiting", others.filter(({ state }) => state !== "joined").sort(byAge)),
    ...section(
      "With others",
      others.filter(({ state }) => state === "joined").sort((a, b) => a.since - b.since),
    ),
  ];
}

/** The first of every queue, among those that nobody has. */
function nextIds(all: readonly DeskConversation[]): Set<string> {
  const first = new Map<string, DeskConversation>();
  for (const one of all) {
    const before = first.get(one.queue);
    if (one.state === "waiting" && (before === undefined || byAge(one, before) < 0))
      first.set(one.queue, one);
  }
  return new Set([...first.values()].map(({ handoff }) => handoff));
}

function passes({ queue, skills, user, last, reason }: DeskConversation, filter: Filter): boolean {
  if (filter.queue !== "" && queue !== filter.queue) return false;
  if (filter.skill !== "" && !skills.includes(filter.skill)) return false;
  const text = `${user.name ?? ""} ${last?.text ?? ""} ${reason ?? ""} ${queue}`.toLowerCase();
  return filter.words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Where each row begins, and behind the last the height of all. Pixels. */
export function offsetsOf(rows: readonly Row[]): number[] {
  const offsets = [0];
  for (const { kind } of rows) offsets.push((offsets.at(-1) ?? 0) + HEIGHTS[kind]);
  return offsets;
}

/** The rows in sight, and some beyond: from the first up to but without the last. */
export function inSight(
  offsets: readonly number[],
  top: number,
  height: number,
  overscan = 6,
): { from: number; to: number } {
  const count = offsets.length - 1;
  const from = firstAt(offsets, top);
  const to = firstAt(offsets, top + height) + 1;
  return { from: Math.max(0, from - overscan), to: Math.min(count, to + overscan) };
}

/** The row that lies at a height, by halving. */
function firstAt(offsets: readonly number[], y: number): number {
  let low = 0;
  let high = Math.max(0, offsets.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((offsets[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}
