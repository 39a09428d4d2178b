import type { Conversation, Snapshot } from "@parley/client";

/** Waits for a snapshot for which something is true. */
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
