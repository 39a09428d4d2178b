import type { HandoffAnswer, HandoffCommand } from "../conversation/handoff.ts";
import { judgeCommand, judgePerson } from "../conversation/live.ts";
import type { Session } from "./session.ts";

/**
 * Carries out what a provider does with a handoff. Resolves when it is on disk; rejects when it is not.
 *
 * @param id the handoff's
 * @param key see `HandoffDoor`
 */
export async function carryOut(
  session: Session,
  id: string,
  command: HandoffCommand,
  key: string | null,
): Promise<HandoffAnswer> {
  if (command.kind === "typing") return await type(session, id, command);
  const given = { handoff: id, key, command };
  const verdict = judgeCommand(session.state, given);
  if (verdict !== "new") {
    // The first of two equal commands may still be on its way to the disk.
    if (!("refusal" in verdict)) await session.pending;
    return verdict;
  }
  const handled = session.handle([{ kind: "handoff", ...given }]);
  // Looked at as soon as it is decided: a message is the last event that it leads to.
  const sequence = command.kind === "message" ? session.state.sequence : null;
  await handled;
  return { sequence, isRepeat: false };
}

/** Behind all that is on its way to the disk, so that nobody types before sockets have heard that they have joined. */
async function type(
  session: Session,
  id: string,
  { isTyping, person }: Extract<HandoffCommand, { kind: "typing" }>,
): Promise<HandoffAnswer> {
  for (let { pending } = session; pending !== null; pending = session.pending) await pending;
  const refusal = judgePerson(session.state, id, person);
  if (refusal !== null) return { refusal };
  session.personTypes(isTyping);
  return { sequence: null, isRepeat: false };
}
