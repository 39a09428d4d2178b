import type { Conversation, Snapshot } from "@parley/client";

/** Waits until something is true of what a conversation shows. */
export function until(conversation: Conversation, condition: (snapshot: Snapshot) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!condition(conversation.getSnapshot())) return;
      stop();
      resolve();
    };
    const stop = conversation.subscribe(look);
    look();
  });
}
