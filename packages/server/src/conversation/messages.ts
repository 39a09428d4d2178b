import { EVENT, invalidPayload, LIMITS, SYSTEM_MESSAGES } from "@parley/protocol";
import type { UserCommand } from "./commands.ts";
import type { Draft } from "./draft.ts";
import { asksForPerson, handOverByRule } from "./handoffs.ts";
import { digest, messageKey, nameOf } from "./keys.ts";
import { isUnattended, keptBytes } from "./state.ts";
import { interruptTurn, startOwedTurn, startTurn } from "./turns.ts";

/** The user says something [protocol section 4]. */
export function userMessage(draft: Draft, message: Extract<UserCommand, { kind: "message" }>): void {
  const { text, custom } = message;
  const key = messageKey(custom);
  const earlier = key && draft.state.keys.find(nameOf(key), draft.state.sequence);
  if (key && earlier) {
    if (earlier.digest === digest(text)) draft.effect({ kind: "repeat", sequence: earlier.at });
    else
      draft.refuse(
        "error",
        invalidPayload(EVENT.USER_MESSAGE, `${key.field} was used for another text`),
        custom,
      );
    return;
  }
  if (message.throttled || !hasRoom(draft, text, custom)) {
    draft.refuse("warning", SYSTEM_MESSAGES.rateLimited, custom);
    return;
  }
  const isForPerson = asksForPerson(draft, text);
  const interrupted = isForPerson ? null : interruptTurn(draft);
  draft.event(EVENT.USER_MESSAGE, { message_id: draft.context.newId(), text }, custom);
  if (draft.state.speaker === "nobody") draft.effect({ kind: "await_join" });
  if (isForPerson) handOverByRule(draft, "The user asks for a person.");
  else if (interrupted === null) startOwedTurn(draft);
  else startTurn(draft, "messages", interrupted);
}

function hasRoom(draft: Draft, text: string, custom: object | undefined): boolean {
  const { state } = draft;
  if (state.messages >= LIMITS.messagesPerSession) return false;
  if (!isUnattended(state)) return true;
  const { messages, bytes } = state.kept;
  return messages < LIMITS.keptMessages && bytes + keptBytes(text, custom) <= LIMITS.keptBytes;
}
