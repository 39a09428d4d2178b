import type { ChatTransport, UIMessage, UIMessageChunk } from "ai";
import { type Clock, systemClock } from "../clock.ts";
import { Conversation, type ConversationOptions } from "../conversation.ts";
import { ParleyError } from "../errors.ts";
import { report } from "../report.ts";
import { toUIMessage } from "./messages.ts";
import { Reply } from "./reply.ts";

/** An answer is over when nothing more came for so long: phone calls, and the rest of a long answer, follow directly. */
const SETTLE_MS = 300;

export interface ParleyTransportOptions {
  /**
   * Gets what comes without having been asked for, for `setMessages`: the greeting, what a person writes, and what was
   * said before the page was loaded or is said in another tab.
   */
  onMessage?: (message: UIMessage) => void;
}

/**
 * Lets the AI SDK's `useChat` talk to a server of this protocol:
 * `useChat({ transport: new ParleyTransport(options) })`. One transport is one conversation, whatever the chat's id.
 */
export class ParleyTransport implements ChatTransport<UIMessage> {
  /** The conversation beneath, for what `useChat` has no word for: suggestions, handoffs, typing, the end. */
  readonly conversation: Conversation;
  onMessage: ((message: UIMessage) => void) | undefined;
  readonly #clock: Clock;
  readonly #replies = new Set<Reply>();
  /** Messages that were handed on, in an answer or on their own. */
  readonly #known = new Set<string>();

  /** @param source options, or a conversation that the application starts and stops itself */
  constructor(source: ConversationOptions | Conversation, { onMessage }: ParleyTransportOptions = {}) {
    this.onMessage = onMessage;
    this.conversation = source instanceof Conversation ? source : new Conversation(source);
    this.#clock = (!(source instanceof Conversation) && source.environment?.clock) || systemClock;
    this.conversation.subscribe(() => this.#look());
    if (!(source instanceof Conversation)) this.conversation.start();
  }

  async sendMessages(
    options: Parameters<ChatTransport<UIMessage>["sendMessages"]>[0],
  ): Promise<ReadableStream<UIMessageChunk>> {
    const last = options.messages.findLast(({ role }) => role === "user");
    const text = (last?.parts ?? []).flatMap((part) => (part.type === "text" ? part.text : [])).join("");
    if (text === "") throw new ParleyError("invalid_message", "a message needs a text");
    const id = this.conversation.send(text);
    // `useChat` has it already.
    this.#known.add(id);
    return this.#stream(id, options.abortSignal);
  }

  /** The answer that is under way, or null. */
  async reconnectToStream({
    abortSignal,
  }: Parameters<
    ChatTransport<UIMessage>["reconnectToStream"]
  >[0]): Promise<ReadableStream<UIMessageChunk> | null> {
    const { messages } = this.conversation.getSnapshot();
    return messages.some(({ state }) => state === "streaming") ? this.#stream(null, abortSignal) : null;
  }

  /** What was said so far, as `useChat` keeps it: for its `messages`, after a page was loaded again. */
  history(): UIMessage[] {
    const { messages } = this.conversation.getSnapshot();
    for (const { id, state } of messages) if (state === "complete" || state === "sent") this.#known.add(id);
    return messages.filter(({ state }) => state === "sent" || state === "complete").map(toUIMessage);
  }

  /** Disconnects; the conversation itself stays. */
  close(): void {
    this.conversation.stop();
  }

  #stream(after: string | null, signal: AbortSignal | undefined): ReadableStream<UIMessageChunk> {
    let finish = () => {};
    return new ReadableStream({
      start: (controller) => {
        const { conversation } = this;
        const reply = new Reply(after, conversation.getSnapshot(), (chunk) => controller.enqueue(chunk));
        this.#replies.add(reply);
        let stopTimer = () => {};
        let isOver = false;
        const leave = (isAborted: boolean) => {
          if (isOver) return;
          isOver = true;
          stopTimer();
          stop();
          signal?.removeEventListener("abort", abort);
          for (const { id } of conversation.getSnapshot().messages) if (reply.has(id)) this.#known.add(id);
          this.#replies.delete(reply);
          controller.enqueue(isAborted ? { type: "abort" } : { type: "finish" });
          controller.close();
          // What is not of this answer has waited for its end.
          this.#look();
        };
        const abort = () => leave(true);
        const look = () => {
          const state = reply.update(conversation.getSnapshot());
          stopTimer();
          if (state === "over") leave(false);
          else if (state === "settling") stopTimer = this.#clock.after(SETTLE_MS, () => leave(false));
        };
        const stop = conversation.subscribe(look);
        signal?.addEventListener("abort", abort);
        finish = () => {
          isOver = true;
          stopTimer();
          stop();
          this.#replies.delete(reply);
        };
        look();
      },
      cancel: () => finish(),
    });
  }

  /** What is whole, and neither `useChat` nor an answer has: it came by itself. */
  #look(): void {
    for (const message of this.conversation.getSnapshot().messages) {
      const isThere = message.state === "complete" || message.state === "sent";
      if (!isThere || this.#known.has(message.id) || this.#replies.size > 0) continue;
      this.#known.add(message.id);
      try {
        this.onMessage?.(toUIMessage(message));
      } catch (error) {
        report(error);
      }
    }
  }
}
