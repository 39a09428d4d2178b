import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { Conversation, type ConversationOptions } from "./conversation.ts";
import type { Snapshot } from "./snapshot.ts";

/** What `useConversation` gives: all that is to be shown, and all that a user does. */
export type UseConversation = Snapshot &
  Pick<Conversation, "send" | "typing" | "end" | "retry" | "restart"> & {
    readonly conversation: Conversation;
  };

/**
 * A conversation that runs while the component is there. On the server it is idle and empty.
 * @param source options, of which the first ones count; or a conversation that several components share, which then is
 * started and stopped by whoever made it
 */
export function useConversation(source: ConversationOptions | Conversation): UseConversation {
  const [own] = useState(() => (source instanceof Conversation ? null : new Conversation(source)));
  const conversation = source instanceof Conversation ? source : (own as Conversation);
  const { subscribe, getSnapshot } = conversation;
  const snapshot = useSyncExternalStore(subscribe, getSnapshot, getSnapshot);
  useEffect(() => {
    own?.start();
    return () => own?.stop();
  }, [own]);
  const actions = useMemo(
    () => ({
      conversation,
      send: conversation.send.bind(conversation),
      typing: conversation.typing.bind(conversation),
      end: conversation.end.bind(conversation),
      retry: conversation.retry.bind(conversation),
      restart: conversation.restart.bind(conversation),
    }),
    [conversation],
  );
  return { ...snapshot, ...actions };
}
