import type { Clock } from "../../../clock.ts";
import type { Workbench } from "../../../development/workbench.ts";
import type { SessionRecord } from "../../../journal/journal.ts";
import type { Session } from "../../../session/session.ts";
import { sessionView } from "../list-sessions.ts";

/** A session as a builder sees it: what it is, what it has in memory (null while it sleeps), and its faults. */
export function stateView(record: SessionRecord, workbench: Workbench, clock: Clock) {
  const session = workbench.awake(record.id);
  return {
    ...sessionView(record),
    ...(session !== undefined && session.state.ended !== null && { status: "ended" }),
    connections: workbench.connections(record.id),
    state: session === undefined ? null : inMemory(session, clock),
    faults: workbench.active(record.id),
  };
}

function inMemory({ state, deadline }: Session, clock: Clock) {
  const { speaker, sequence, agent, turn, stream, messages, asked, answered, language, failure, context } =
    state;
  return {
    speaker,
    sequence,
    agent: agent?.name ?? null,
    turn: turn && { turn: turn.number, attempt: turn.attempt, reason: turn.reason },
    streaming_message_id: stream?.messageId ?? null,
    user_messages: messages,
    owes_answer: asked > answered,
    language,
    failure: failure?.kind ?? null,
    context: context?.values ?? null,
    memory: state.memory,
    idle_at: state.ended !== null ? null : new Date(clock.now() + deadline - clock.monotonic()).toISOString(),
  };
}
