import { EVENT } from "@parley/protocol";
import type { KeptCommand } from "../conversation/commands.ts";
import type { Person } from "../conversation/handoff.ts";
import { judgeCommand } from "../conversation/live.ts";
import { ConversationDriver } from "./conversation-driver.ts";

export const grace: Person = { id: "p1", name: "Grace", avatarUrl: "https://example.com/grace.png" };
export const alan: Person = { id: "p2", name: "Alan", avatarUrl: "" };

/** A user who has asked for a person, in a session without streaming. */
export const waiting = () => {
  const chat = new ConversationDriver({ streaming: false }).joined();
  chat.say("human");
  chat.agent({
    kind: "agent_handoff",
    handoff: { managed: "server", reason: "asked", summary: "All of it." },
  });
  return chat;
};

/** A user with whom Grace talks. */
export const talking = () => {
  const chat = waiting();
  chat.provider({ kind: "join", person: grace });
  return chat;
};

/** Why a provider's command is not carried out; null where it is. */
export const refusal = (chat: ConversationDriver, command: KeptCommand, key: string | null = null) => {
  const verdict = judgeCommand(chat.state, { handoff: chat.state.handoff?.id ?? "", key, command });
  return typeof verdict === "object" && "refusal" in verdict ? verdict.refusal : null;
};

/** What the user has written that the running turn is to answer. */
export const owed = ({ events, state }: ConversationDriver) =>
  events.flatMap((event) =>
    event.type === EVENT.USER_MESSAGE &&
    event.sequence > state.answered &&
    event.sequence <= (state.turn?.through ?? 0)
      ? [event.payload.text]
      : [],
  );
