import { LIMITS } from "@parley/protocol";
import { type Agent, type AgentPart, disposeAgents, type Turn } from "./agent.ts";

/**
 * Sees a text before it goes out, and gives what goes out in its place. It must be a function of the text alone: the same
 * words are shown to it several times, in windows that grow. What it throws fails the turn, and nothing more goes out.
 */
export type TextFilter = (text: string, turn: Turn) => string | Promise<string>;

export interface FilterAgentOptions {
  agent: Agent;
  filter: TextFilter;
  /**
   * UTF-16 units that are held back until more is known: what is to be found is found up to this length, however it comes
   * in. 200 by default. `Infinity` holds back whole messages, and shows each to the filter once.
   */
  lookBehind?: number;
}

/** Cuts that are tried before more text is waited for. */
const TRIES = 4;
/** So many look-behinds are held at most, where the filter finds something that does not end. */
const MOST_HELD = 8;

/** An agent whose every text passes a filter: moderation, redaction. What goes beside a message passes it too. */
export function filterAgent({ agent, filter, lookBehind = 200 }: FilterAgentOptions): Agent {
  if (!(lookBehind >= 0)) throw new RangeError("lookBehind must be a number of characters");
  return {
    name: agent.name,
    avatarUrl: agent.avatarUrl,
    async *respond(turn, signal) {
      const see = async (text: string) => filter(text, turn);
      const window = new Window(see, lookBehind);
      try {
        for await (const part of agent.respond(turn, signal)) {
          if (part?.type === "text" && typeof part.text === "string") {
            yield* texts(window.add(part.text));
            continue;
          }
          if (endsText(part)) yield* texts(window.finish());
          yield await filtered(part, see);
        }
      } catch (error) {
        if (!window.failed) yield* texts(window.finish());
        throw error;
      }
      yield* texts(window.finish());
    },
    [Symbol.asyncDispose]: () => disposeAgents([agent]),
  };
}

/** A filter that replaces what patterns find, one after the other. Patterns without the flag `g` find the first alone. */
export const redact =
  (...rules: readonly (readonly [pattern: RegExp, replacement: string])[]): TextFilter =>
  (text) =>
    rules.reduce((left, [pattern, replacement]) => left.replace(pattern, replacement), text);

async function* texts(pieces: AsyncIterable<string>): AsyncGenerator<AgentPart> {
  for await (const text of pieces) if (text !== "") yield { type: "text", text };
}

/**
 * The end of a message that is coming in. Text leaves it where a cut changes nothing: where the filter makes of both sides
 * what it makes of the whole.
 */
class Window {
  readonly #see: (text: string) => Promise<string>;
  readonly #lookBehind: number;
  readonly #most: number;
  #held = "";
  /** Whether the filter itself threw. */
  failed = false;

  constructor(see: (text: string) => Promise<string>, lookBehind: number) {
    this.#see = see;
    this.#lookBehind = lookBehind;
    this.#most = Math.min(Math.max(lookBehind, 1) * MOST_HELD, LIMITS.agentMessageBytes);
  }

  /** @returns what may go out */
  async *add(text: string): AsyncGenerator<string> {
    for (let start = 0; start < text.length; ) {
      const piece = text.slice(start, start + this.#most - this.#held.length);
      start += piece.length;
      this.#held += piece;
      yield await this.#leave();
      // Without a place to cut it goes as it stands, so that what is held is bounded.
      if (this.#held.length >= this.#most) yield* this.finish();
    }
  }

  /** The message is over. */
  async *finish(): AsyncGenerator<string> {
    const held = this.#held;
    this.#held = "";
    if (held !== "") yield await this.#filter(held);
  }

  async #leave(): Promise<string> {
    const most = this.#held.length - this.#lookBehind;
    if (most <= 0) return "";
    let whole: string | undefined;
    let cut = most;
    for (let tries = 0; tries < TRIES && cut > 0; tries += 1) {
      cut = lastBreak(this.#held, cut);
      whole ??= await this.#filter(this.#held);
      const before = await this.#filter(this.#held.slice(0, cut));
      if (before + (await this.#filter(this.#held.slice(cut))) === whole) {
        this.#held = this.#held.slice(cut);
        return before;
      }
      cut -= 1;
    }
    return "";
  }

  async #filter(text: string): Promise<string> {
    try {
      return await this.#see(text);
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }
}

/** Behind the last white space at or before a position; where there is none, between two characters. */
function lastBreak(text: string, position: number): number {
  for (let at = position; at > 0; at -= 1) if (/\s/.test(text.charAt(at - 1))) return at;
  const before = text.charCodeAt(position - 1);
  return before >= 0xd800 && before <= 0xdbff ? position - 1 : position;
}

const endsText = ({ type }: AgentPart): boolean =>
  type === "message_end" || type === "language" || type === "handoff" || type === "end";

/** What goes beside a message is whole, so each text of it is seen alone. */
async function filtered(part: AgentPart, see: (text: string) => Promise<string>): Promise<AgentPart> {
  switch (part?.type) {
    case "suggestions": {
      const suggestions = await Promise.all(
        part.suggestions.map(async (one) => ({ ...one, message_text: await see(one.message_text) })),
      );
      return { ...part, suggestions };
    }
    case "attachments": {
      const attachments = await Promise.all(
        part.attachments.map(async (one) => ({
          ...one,
          title: await see(one.title),
          call_to_action_text: await see(one.call_to_action_text),
        })),
      );
      return { ...part, attachments };
    }
    case "call_actions": {
      const actions = await Promise.all(
        part.actions.map(async (one) => ({ ...one, title: await see(one.title) })),
      );
      return { ...part, actions };
    }
    default:
      return part;
  }
}
