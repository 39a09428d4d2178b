import { INITIAL, type Message, reduce, type ServerEvent, type State } from "@parley/client";
import type { DeskDetails, DeskEntry, EntriesFrame } from "../wire.ts";

export interface Note {
  readonly kind: "note";
  readonly id: string;
  readonly author: string | null;
  readonly text: string;
  readonly at: number;
}

/** What happened between the messages. */
export interface Happened {
  readonly kind: "event";
  readonly id: string;
  readonly at: number;
  readonly event: ServerEvent;
}

export type TalkItem = Message | Note | Happened;

/** One session as far as it has been read, from its first word. Immutable. */
export interface Talk {
  /** The position to go on behind. */
  readonly through: number;
  /** The highest sequence that was read. */
  readonly sequence: number;
  /** The past is over: what comes is new. */
  readonly isLive: boolean;
  readonly details: DeskDetails | null;
  readonly state: State;
  readonly notes: readonly Note[];
  /** What people said, and who, by message. */
  readonly said: readonly { position: number; message: string; person: string; text: string }[];
}

export const NEW_TALK: Talk = {
  through: 0,
  sequence: 0,
  isLive: false,
  details: null,
  state: INITIAL,
  notes: [],
  said: [],
};

/** The session behind more of its rows. One that was read already changes nothing. */
export function talkBehind(talk: Talk, { entries, through, live }: EntriesFrame): Talk {
  const fresh = entries.filter(({ position }) => position > talk.through);
  const events = fresh.flatMap((entry) => (entry.kind === "event" ? [entry] : []));
  const notes = fresh.flatMap((entry) => (entry.kind === "note" ? [noteOf(entry)] : []));
  const said = events.flatMap(({ position, event }) =>
    event.type === "EVENT_TYPE_LIVE_AGENT_MESSAGE"
      ? [
          {
            position,
            message: event.payload.message_id,
            person: event.payload.agent_id,
            text: event.payload.text,
          },
        ]
      : [],
  );
  return {
    ...talk,
    through: Math.max(talk.through, through),
    sequence: Math.max(talk.sequence, ...events.map(({ event }) => event.sequence)),
    isLive: talk.isLive || live,
    state:
      events.length === 0
        ? talk.state
        : reduce(
            talk.state,
            events.map(({ event }) => event as unknown as ServerEvent),
          ),
    notes: notes.length === 0 ? talk.notes : [...talk.notes, ...notes],
    said: said.length === 0 ? talk.said : [...talk.said, ...said],
  };
}

const noteOf = ({ position, note }: Extract<DeskEntry, { kind: "note" }>): Note => ({
  kind: "note",
  id: `note ${position}`,
  ...note,
});

/** What is shown of it, in order: a note stands where it was written. */
export function itemsOf({ state, notes }: Pick<Talk, "state" | "notes">): TalkItem[] {
  const items: TalkItem[] = [];
  let next = 0;
  for (const item of state.view.timeline) {
    for (let note = notes[next]; note !== undefined && note.at < item.at; note = notes[++next])
      items.push(note);
    items.push(item);
  }
  return [...items, ...notes.slice(next)];
}
