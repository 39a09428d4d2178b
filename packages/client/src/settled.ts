import type { Conversation } from "./conversation.ts";
import type { Message } from "./view.ts";

/** Waits until a message was sent or has failed. @returns undefined for one that the conversation does not have */
export function settled(conversation: Conversation, id: string): Promise<Message | undefined> {
  return new Promise((resolve) => {
    const look = () => {
      const message = conversation.getSnapshot().messages.find((one) => one.id === id);
      if (message?.state === "sending") return;
      stop();
      resolve(message);
    };
    const stop = conversation.subscribe(look);
    look();
  });
}
