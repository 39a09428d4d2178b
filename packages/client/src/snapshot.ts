import type { ConnectionStatus } from "./connection.ts";
import type { Outbox } from "./outbox.ts";
import type { Happening, Message, View } from "./view.ts";

/** All that a user interface shows. Immutable. */
export interface Snapshot extends View {
  readonly connection: ConnectionStatus;
  /** Null before there is a session. */
  readonly sessionId: string | null;
  /** The messages of the timeline alone. */
  readonly messages: readonly Message[];
  /** The user has ended the conversation, and the server has not yet heard it. */
  readonly isEnding: boolean;
}

/** What the server has, and what it does not have yet, as one. */
export function compose(
  view: View,
  outbox: Pick<Outbox, "entries" | "isBusy">,
  isEnding: boolean,
  connection: { readonly status: ConnectionStatus; readonly session: { readonly id: string } | null },
): Snapshot {
  const timeline: (Message | Happening)[] = [...view.timeline];
  for (const { message, behind } of outbox.entries) {
    // A message on its way stands last. One that failed keeps its place: the conversation has gone on without it.
    const at = message.state === "failed" ? timeline.findLastIndex(({ id }) => id === behind) : -1;
    timeline.splice(at < 0 ? timeline.length : at + 1, 0, message);
  }
  return {
    ...view,
    timeline,
    messages: timeline.filter((item) => item.kind === "message"),
    suggestions: outbox.isBusy ? [] : view.suggestions,
    isEnding,
    connection: connection.status,
    sessionId: connection.session?.id ?? null,
  };
}
