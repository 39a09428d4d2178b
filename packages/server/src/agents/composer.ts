import { type Attachment, type CallAction, LIMITS, type Suggestion } from "@parley/protocol";
import type { AgentCommand } from "../conversation/agent-commands.ts";
import { Chunker } from "../conversation/chunker.ts";
import type { TurnNote } from "../conversation/turn.ts";
import type { SafePart } from "./parts.ts";

/**
 * Bytes, as JSON, of what one message may carry beside its text. With the text's 64 KB, at worst six times as long in
 * JSON, a message stays well below `LIMITS.serverFrameBytes`.
 */
const EXTRAS_BYTES = 262_144;

/** What is part of a message; a handoff, an end and what a turn notes are not. */
export type MessagePart = Exclude<SafePart, { type: "handoff" | "end" } | TurnNote>;

/**
 * Turns the parts of one answer into commands [protocol section 5]. Messages above `LIMITS.agentMessageBytes` become
 * several, cut where chunks may be cut; attachments and the like stay with the last of them.
 */
export class Composer {
  readonly #turn: number;
  readonly #streaming: boolean;
  /** Reports what had to be left out. */
  readonly #warn: (problem: string) => void;
  /** What may go and was not taken yet. */
  #ready: AgentCommand[] = [];
  #language: string | undefined;

  /** Of the open message: */
  #chunker = new Chunker();
  #isEmpty = true;
  /** The second half of a surrogate pair may come with the next part. */
  #half = "";
  /** Cut text that no command carries yet; only without streaming. */
  #text = "";
  /** UTF-8 bytes of the text that was cut. */
  #bytes = 0;
  #attachments: Attachment[] = [];
  #suggestions: Suggestion[] = [];
  #callActions: CallAction[] = [];
  #extrasBytes = 0;
  #hasSentChunk = false;
  #messages = 0;

  constructor(turn: number, streaming: boolean, warn: (problem: string) => void) {
    this.#turn = turn;
    this.#streaming = streaming;
    this.#warn = warn;
  }

  /** Whether the first chunk of the open message is still to come: it goes at once. */
  get awaitsFirstChunk(): boolean {
    return this.#streaming && !this.#isEmpty && !this.#hasSentChunk;
  }

  /** How many messages are whole. */
  get messages(): number {
    return this.#messages;
  }

  /** Whether `take` may have something to give. */
  get hasWork(): boolean {
    return this.#ready.length > 0 || (this.#streaming && !this.#isEmpty);
  }

  add(part: MessagePart): void {
    switch (part.type) {
      case "text":
        this.#addText(part.text);
        break;
      case "attachments":
        this.#addExtras(this.#attachments, part.attachments);
        break;
      case "suggestions":
        this.#addExtras(this.#suggestions, part.suggestions);
        break;
      case "call_actions":
        this.#addExtras(this.#callActions, part.actions);
        break;
      case "language":
        // It comes before the message in which it holds, so a message that has begun is over.
        if (!this.#isEmpty) this.#endMessage();
        this.#language = part.language;
        break;
      case "message_end":
        this.#endMessage();
        break;
    }
  }

  /** What may go now: whole messages and, in a session that streams, what may be cut off the open one. */
  take(): AgentCommand[] {
    if (this.#streaming) for (const piece of this.#chunker.take()) this.#place(piece);
    return this.takeWhole();
  }

  /** Whole messages alone; the open one is left as it is. */
  takeWhole(): AgentCommand[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  /** The answer is over: all that is left. */
  finish(): AgentCommand[] {
    this.#endMessage();
    if (this.#language !== undefined) this.#warn("a language with no message after it is left out");
    return this.takeWhole();
  }

  #addText(text: string): void {
    if (text === "") return;
    this.#isEmpty = false;
    const whole = this.#half + text;
    const last = whole.charCodeAt(whole.length - 1);
    const end = last >= 0xd800 && last <= 0xdbff ? whole.length - 1 : whole.length;
    this.#half = whole.slice(end);
    this.#chunker.push(whole.slice(0, end).toWellFormed());
    if (!this.#streaming) for (const piece of this.#chunker.take()) this.#place(piece);
  }

  #addExtras<T>(list: T[], items: readonly T[]): void {
    for (const item of items) {
      const bytes = Buffer.byteLength(JSON.stringify(item));
      if (this.#extrasBytes + bytes > EXTRAS_BYTES) {
        this.#warn(`a message carries at most ${EXTRAS_BYTES} bytes beside its text; the rest is left out`);
        return;
      }
      this.#extrasBytes += bytes;
      list.push(item);
    }
  }

  /** A piece of text that is not the message's last. */
  #place(text: string): void {
    this.#makeRoom(text);
    this.#bytes += Buffer.byteLength(text);
    if (!this.#streaming) {
      this.#text += text;
      return;
    }
    this.#hasSentChunk = true;
    this.#ready.push({ kind: "agent_chunk", turn: this.#turn, text, ...this.#takeLanguage() });
  }

  /** Ends the message where the text does not fit into it any more; what follows is another one. */
  #makeRoom(text: string): void {
    if (this.#bytes + Buffer.byteLength(text) <= LIMITS.agentMessageBytes) return;
    this.#close(this.#text, [], [], []);
    this.#text = "";
    this.#bytes = 0;
  }

  #endMessage(): void {
    if (this.#isEmpty && this.#extrasBytes === 0) return;
    if (this.#half !== "") this.#chunker.push(this.#half.toWellFormed());
    const pieces = this.#chunker.finish();
    // Models like to end with a line break; white space alone is not a message.
    const isBlank =
      !this.#hasSentChunk && this.#extrasBytes === 0 && (this.#text + pieces.join("")).trim() === "";
    if (!isBlank) {
      const last = pieces.pop() ?? "";
      for (const piece of pieces) this.#place(piece);
      this.#makeRoom(last);
      this.#close(this.#text + last, this.#attachments, this.#suggestions, this.#callActions);
    }

    this.#chunker = new Chunker();
    this.#isEmpty = true;
    this.#half = this.#text = "";
    this.#bytes = this.#extrasBytes = 0;
    this.#attachments = [];
    this.#suggestions = [];
    this.#callActions = [];
    this.#hasSentChunk = false;
  }

  #close(
    text: string,
    attachments: Attachment[],
    suggestions: Suggestion[],
    callActions: CallAction[],
  ): void {
    const turn = this.#turn;
    const language = this.#takeLanguage();
    this.#messages += 1;
    this.#ready.push({
      kind: "agent_message",
      turn,
      text,
      attachments,
      suggestions,
      callActions,
      ...language,
    });
  }

  #takeLanguage(): { language?: string } {
    const language = this.#language;
    this.#language = undefined;
    return language === undefined ? {} : { language };
  }
}
