import type { DeskFrame, KeyedCommand } from "../wire.ts";

/** A command that the server has not answered yet. */
export interface Outgoing {
  readonly command: Exclude<KeyedCommand, { type: "watch" }>;
  /** Milliseconds since 1970, by this browser's clock. */
  readonly at: number;
  /** How far the session had been read when it was written: its own event comes behind it. */
  readonly behind: number;
  /** The server has carried it out, and its event, of this sequence, has not been read yet. */
  readonly doneAs: number | null;
  /** It is on this socket. Not kept: another socket knows nothing of it. */
  readonly isSent: boolean;
}

export type Outbox = readonly Outgoing[];

const handoffOf = ({ command }: Outgoing): string | null => ("handoff" in command ? command.handoff : null);

/**
 * What is to be sent now: what is not on the socket yet and waits for nothing. About one conversation there is one command
 * on its way at a time, so that a second message never overtakes the first, whatever becomes of that.
 */
export function due(outbox: Outbox): Outgoing[] {
  const busy = new Set<string>();
  return outbox.filter((one) => {
    if (one.doneAs !== null) return false;
    const handoff = handoffOf(one);
    if (handoff !== null && busy.has(handoff)) return false;
    if (handoff !== null) busy.add(handoff);
    return !one.isSent;
  });
}

export const marked = (outbox: Outbox, key: string, change: Partial<Outgoing>): Outbox =>
  outbox.map((one) => (one.command.key === key ? { ...one, ...change } : one));

/** Behind a lost socket all of it is to be sent again, by the same keys. */
export const unsent = (outbox: Outbox): Outbox => outbox.map((one) => ({ ...one, isSent: false }));

/**
 * The outbox behind an answer.
 * @param read how far, by sequence, the session of a message has been read
 */
export function answered(
  outbox: Outbox,
  frame: Extract<DeskFrame, { type: "done" | "refused" }>,
  read: (one: Outgoing) => number,
): Outbox {
  const one = outbox.find(({ command }) => command.key === frame.key);
  if (one === undefined) return outbox;
  if (frame.type === "refused" && frame.code === "unavailable") {
    return marked(outbox, frame.key, { isSent: false });
  }
  const isUnread = frame.type === "done" && frame.sequence !== null && frame.sequence > read(one);
  // Shown as it stands until its event is there: a message never vanishes for a moment.
  if (isUnread && one.command.type === "say") return marked(outbox, frame.key, { doneAs: frame.sequence });
  return outbox.filter((other) => other !== one);
}

/** Without those messages whose events have been read. @param through by sequence @param handoff whose */
export const settled = (outbox: Outbox, handoff: string, through: number): Outbox =>
  outbox.some((one) => handoffOf(one) === handoff && one.doneAs !== null && one.doneAs <= through)
    ? outbox.filter((one) => handoffOf(one) !== handoff || one.doneAs === null || one.doneAs > through)
    : outbox;

/** What a person has said of which no event has been read: to be shown behind all else. */
export function pending(
  outbox: Outbox,
  handoff: string,
  said: readonly { position: number; text: string }[],
): Outgoing[] {
  const taken = new Set<number>();
  return outbox.filter((one) => {
    const { command } = one;
    if ((command.type !== "say" && command.type !== "note") || command.handoff !== handoff) return false;
    // The event may come before the answer does.
    const own = said.find(
      ({ position, text }) => position > one.behind && text === command.text && !taken.has(position),
    );
    if (own === undefined) return true;
    taken.add(own.position);
    return false;
  });
}

const TYPES = [
  "status",
  "take",
  "decline",
  "say",
  "note",
  "transfer",
  "give_back",
  "end",
  "put_canned",
  "remove_canned",
];

/** Whether what was kept is an outbox: an older page may have written it. */
export const isOutbox = (value: unknown): value is Outbox =>
  Array.isArray(value) &&
  value.every(
    (one) =>
      typeof one?.command?.key === "string" &&
      TYPES.includes(one.command.type) &&
      typeof one.behind === "number",
  );
