import type { Conversation, Snapshot } from "@parley/client";
import { useEffect, useState } from "preact/hooks";

/** What is to be shown of a conversation, as it changes. */
export function useConversation(conversation: Conversation): Snapshot {
  const [snapshot, show] = useState(conversation.getSnapshot);
  useEffect(() => {
    const update = () => show(conversation.getSnapshot());
    update();
    return conversation.subscribe(update);
  }, [conversation]);
  return snapshot;
}
