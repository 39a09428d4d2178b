import type { LinkState } from "../connection/link.ts";
import type { Outbox, Outgoing } from "../connection/outbox.ts";
import type { AccountView, CannedReply, DeskConversation, HelloFrame, RefusalCode } from "../wire.ts";
import { type Ending, type Lists, NO_LISTS } from "./lists.ts";
import type { Talk } from "./talk.ts";

/** A command that the server will never carry out. */
export interface Refusal {
  readonly outgoing: Outgoing;
  readonly code: RefusalCode;
  readonly message: string;
}

/** All that the page shows. Immutable. */
export interface DeskState {
  readonly link: LinkState;
  /** When the next attempt to connect comes, by this browser's clock; null while one runs. */
  readonly retryAt: number | null;
  readonly me: AccountView;
  readonly limits: HelloFrame["limits"] | null;
  readonly canned: readonly CannedReply[];
  /** The server's clock minus this browser's, milliseconds. */
  readonly skew: number;
  /** The lists have been told. */
  readonly isKnown: boolean;
  readonly lists: Lists;
  /** The conversation that is open, or was until somebody ended it. */
  readonly selected: string | null;
  /** What became of the open one, as it stood last. */
  readonly over: { readonly conversation: DeskConversation; readonly ending: Ending } | null;
  readonly talks: ReadonlyMap<string, Talk>;
  readonly outbox: Outbox;
  readonly refusals: readonly Refusal[];
  /** User messages that were looked at, by handoff. */
  readonly reads: Readonly<Record<string, number>>;
}

export const initialState = (me: AccountView): DeskState => ({
  link: "connecting",
  retryAt: null,
  me,
  limits: null,
  canned: [],
  skew: 0,
  isKnown: false,
  lists: NO_LISTS,
  selected: null,
  over: null,
  talks: new Map(),
  outbox: [],
  refusals: [],
  reads: {},
});

/** The conversation that is open, be it over. */
export function openOne({ lists, selected, over }: DeskState): DeskConversation | null {
  if (selected === null) return null;
  return (
    lists.conversations.get(selected) ?? (over?.conversation.handoff === selected ? over.conversation : null)
  );
}

/** What a person has, who waits longest first. */
export const mine = ({ lists, me }: Pick<DeskState, "lists" | "me">): DeskConversation[] =>
  [...lists.conversations.values()]
    .filter(({ person, state }) => person === me.id && state === "joined")
    .sort((a, b) => a.since - b.since);

/** Whether the person takes conversations, as they want it by now. */
export function statusOf({ lists, me, outbox }: DeskState): "available" | "away" {
  const wanted = outbox.findLast(({ command }) => command.type === "status")?.command;
  if (wanted?.type === "status") return wanted.status;
  return lists.people.get(me.id)?.status === "available" ? "available" : "away";
}

/** Whether a command of this kind about this conversation is on its way. */
export const isOnItsWay = ({ outbox }: DeskState, handoff: string, ...types: string[]): boolean =>
  outbox.some(
    ({ command }) => types.includes(command.type) && "handoff" in command && command.handoff === handoff,
  );
